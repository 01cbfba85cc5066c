//! Key files that are damaged are no keys, and nothing is written over them.

use account_service::embedded::EmbeddedStorage;
use rstest::rstest;

use crate::app::{Db, png};
use crate::process::Setup;
use crate::rebuild::Computer;

const KEYS: [&str; 4] = ["signing.key", "sealing.key", "store-key-id.key", "store-secret.key"];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_service_does_not_start_with_a_damaged_key(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let mut setup = Setup::on(db, None).await;
    setup.set("LISTEN", "127.0.0.1:0");
    let (status, log) = setup.serve().await.end("TERM").await;
    assert!(status.success(), "{log}");
    for name in KEYS {
        let file = setup.data().join(name);
        let whole = std::fs::read(&file).unwrap();
        for damaged in [&b"x"[..], b"", &whole[..42]] {
            std::fs::write(&file, damaged).unwrap();
            let ran = setup.run(&["serve"]);
            assert_eq!(ran.code, Some(1), "{name}: {ran:?}");
            let told = format!("{}{}", ran.out, ran.err);
            assert!(told.contains(name) && told.contains("damaged") && told.contains("remove it"), "{told}");
            assert_eq!(std::fs::read(&file).unwrap(), damaged, "{name} is as it was");
        }
        std::fs::write(&file, whole).unwrap();
    }
    setup.serve().await;
}

#[tokio::test]
async fn at_ones_own_computer_nothing_is_lost_with_a_key() {
    let computer = Computer::new().await;
    let image = computer.upload("a.png", png(1)).await;
    let Computer { service, dir, .. } = computer;
    service.shutdown().await;
    drop(service);
    for name in KEYS {
        std::fs::write(dir.path().join(name), b"x").unwrap();
    }
    let computer = Computer::with(dir, EmbeddedStorage::ThisComputer).await;
    assert_eq!(computer.service.lost(), None);
    assert_eq!(computer.bytes(&image.id).await, png(1));
    for name in KEYS {
        let aside = computer.dir.path().join(name.replace(".key", ".damaged"));
        assert_eq!(std::fs::read(aside).unwrap(), b"x", "{name} is kept aside");
        assert_eq!(std::fs::read(computer.dir.path().join(name)).unwrap().len(), 43);
    }
}
