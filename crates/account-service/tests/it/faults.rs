//! What the service stands on breaks, and comes back: answers have the right code, nothing is half-written, and nobody has
//! to restart anything.

use std::path::PathBuf;
use std::process::Command;

use account_api::{
    AuthResponse, ErrorCode, Image, ImageResponse, LoginRequest, MessageResponse, RegisterRequest, route,
};
use account_service::config::StoreConfig;
use reqwest::Method;
use rstest::rstest;
use testkit::garage::GarageServer;
use testkit::postgres::Cluster;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::garage::bucket_of;
use crate::process::{PROGRAM, Process, Setup};
use crate::uploads::{announcement, put, single, verified};

async fn form(person: &Person<'_>, name: &str, bytes: Vec<u8>) -> Answer {
    let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new().part("image", part);
    Answer::of(person.request(Method::POST, route::IMAGES).multipart(form)).await
}

/// 503, and when to try again.
#[track_caller]
fn out_of_reach(answer: &Answer, code: ErrorCode) {
    assert_eq!((answer.status.as_u16(), answer.code()), (503, code));
    let seconds: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_restarts_is_waited_for() {
    let cluster = Cluster::start().await;
    let url = cluster.database().await;
    let app = TestApp::start_with(Db::Sqlite, |config| config.database_url = Some(url.into())).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let grant = anna.grant(announcement("b.png", &png(2))).await;
    put(&anna, single(&grant), &png(2)).await;

    tokio::task::block_in_place(|| cluster.stop());
    let one = path(route::IMAGE, &image.id);
    let nobody = app.nobody();
    // All at once, because each waits for a while whether the database comes back.
    let complete = account_api::CompleteRequest {
        uploads: vec![account_api::CompleteItem { upload_id: grant.upload_id.clone(), parts: Vec::new() }],
    };
    let (list, delete, complete, upload, ready) = tokio::join!(
        anna.get(route::IMAGES),
        anna.delete(&one),
        anna.post(route::COMPLETE, &complete),
        form(&anna, "c.png", png(3)),
        nobody.get(route::READYZ),
    );
    for answer in [list, delete, complete, upload, ready] {
        out_of_reach(&answer, ErrorCode::DatabaseUnavailable);
    }
    let _: MessageResponse = nobody.get(route::HEALTHZ).await.ok();

    tokio::task::block_in_place(|| cluster.restart());
    let _: MessageResponse = nobody.get(route::READYZ).await.ok();
    assert_eq!(anna.images().await.len(), 1);
    verified(anna.finish(&grant.upload_id).await);
    form(&anna, "c.png", png(3)).await.ok::<ImageResponse>();
    let _: Image = anna.get(&one).await.ok();
    assert_eq!(anna.images().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_restart_of_the_database_is_not_noticed() {
    let cluster = Cluster::start().await;
    let url = cluster.database().await;
    let app = TestApp::start_with(Db::Sqlite, |config| config.database_url = Some(url.into())).await;
    let anna = app.register("anna").await;
    for seed in 0..3 {
        anna.upload("a.png", &png(seed)).await;
        tokio::task::block_in_place(|| cluster.restart());
        assert_eq!(anna.images().await.len(), seed as usize + 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_out_of_reach_is_said_to_be(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let server = GarageServer::start().await;
    let bucket = bucket_of(&server.bucket().await);
    let app = TestApp::start_with(db, |config| config.store = StoreConfig::Bucket(bucket)).await;
    let anna = app.register("anna").await;
    let kept = form(&anna, "kept.png", png(1)).await.ok::<ImageResponse>().image;

    server.stop();
    let large = account_api::GrantRequest { files: vec![announcement("large.png", &vec![7; 17 * 1024 * 1024])] };
    let nobody = app.nobody();
    let (upload, ready) = tokio::join!(form(&anna, "b.png", png(2)), nobody.get(route::READYZ));
    out_of_reach(&upload, ErrorCode::StorageUnavailable);
    out_of_reach(&ready, ErrorCode::StorageUnavailable);
    let grants: account_api::GrantResponse = anna.post(route::UPLOADS, &large).await.ok();
    let account_api::GrantOutcome::Refused { error } = &grants.results[0].outcome else { panic!("{grants:?}") };
    assert_eq!(error.code, ErrorCode::StorageUnavailable);
    // What needs no store goes on.
    assert_eq!(anna.images().await.len(), 1);
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &kept.id)).await.ok();
    let _: ImageResponse = anna.post(&path(route::RESTORE, &kept.id), &()).await.ok();
    let _: MessageResponse = nobody.get(route::HEALTHZ).await.ok();
    let in_transit = || std::fs::read_dir(app.dir.path().join("transit")).unwrap().count();
    assert_eq!(in_transit(), 0, "what came for the store is not left behind");

    server.restart().await;
    let _: MessageResponse = nobody.get(route::READYZ).await.ok();
    let image = form(&anna, "b.png", png(2)).await.ok::<ImageResponse>().image;
    let bytes = Answer::of(app.http.get(image.url.unwrap())).await.body;
    assert!(bytes == png(2) && anna.images().await.len() == 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_is_not_waited_for_for_ever() {
    let server = GarageServer::start().await;
    let bucket = bucket_of(&server.bucket().await);
    let app = TestApp::start_with(Db::Sqlite, |config| config.store = StoreConfig::Bucket(bucket)).await;
    server.freeze();
    out_of_reach(&app.nobody().get(route::READYZ).await, ErrorCode::StorageUnavailable);
    server.thaw();
    let _: MessageResponse = app.nobody().get(route::READYZ).await.ok();
}

/// The service with its data folder on a disk of this many MiB, which only it sees. None where this process may not
/// mount one.
async fn on_small_disk(mebibytes: u32) -> Option<(Setup, Process)> {
    let unshare = |command: &mut Command| {
        // A user namespace of its own for whoever isn't root.
        command.args(["--mount", "--map-root-user", "--"]);
    };
    let mut trial = Command::new("unshare");
    unshare(&mut trial);
    trial.args(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/tmp"]);
    if !trial.status().is_ok_and(|status| status.success()) {
        return None;
    }
    let setup = Setup::on(Db::Sqlite, None).await;
    std::fs::create_dir(setup.data()).unwrap();
    let mut command = setup.command("unshare");
    unshare(&mut command);
    command.args(["sh", "-c", r#"mount -t tmpfs -o "size=$1" tmpfs "$DATA_DIR" && exec "$2" serve"#, "sh"]);
    command.arg(format!("{mebibytes}m")).arg(PROGRAM);
    let process = setup.serve_as(command).await;
    Some((setup, process))
}

/// A PNG of noise, which takes about 3 MiB.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let picture = image::RgbImage::from_fn(1024, 1024, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        image::Rgb([state as u8, (state >> 8) as u8, (state >> 16) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

// Says when it was left out.
#[allow(clippy::print_stdout)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_takes_nothing_and_loses_nothing() {
    let Some((setup, service)) = on_small_disk(24).await else {
        println!("NOT TESTED: this process may not mount a file system, which a disk that fills up takes.");
        return;
    };
    let inside = PathBuf::from(format!("/proc/{}/root", service.pid())).join(setup.data().strip_prefix("/").unwrap());
    // Somebody else's, which goes when somebody makes room.
    let ballast = inside.join("ballast");
    std::fs::write(&ballast, vec![1; 4 * 1024 * 1024]).unwrap();
    let anna = service.register("anna").await;
    let mut stored = Vec::new();
    let full = loop {
        let answer = form(&anna, "noise.png", noise(stored.len() as u64)).await;
        match answer.status.as_u16() {
            201 => stored.push(answer.ok::<ImageResponse>().image),
            _ => break answer,
        }
        assert!(stored.len() < 12, "the disk doesn’t fill up");
    };
    // The store and SQLite share the disk: either may be the first to find it full.
    let code = full.code();
    assert!(matches!(code, ErrorCode::StorageUnavailable | ErrorCode::DatabaseUnavailable), "{code:?}");
    out_of_reach(&full, code);
    assert!(stored.len() > 1);
    // Somebody else takes the rest, to the last byte.
    let mut greedy = std::fs::File::create(inside.join("greedy")).unwrap();
    while std::io::Write::write(&mut greedy, &[1; 4096]).is_ok() {}
    for seed in 0..4 {
        let refused = form(&anna, "more.png", noise(50 + seed)).await;
        out_of_reach(&refused, refused.code());
        let said = String::from_utf8(refused.body).unwrap();
        assert!(said.contains("disk"), "{said}");
    }
    let ready = service.nobody().get(route::READYZ).await;
    out_of_reach(&ready, ready.code());
    let _: MessageResponse = service.nobody().get(route::HEALTHZ).await.ok();

    // Without any room people sign in, look, and delete, into the trash and for good.
    let again = LoginRequest {
        username: "anna".to_owned(),
        password: "a long enough password".to_owned(),
        ..LoginRequest::default()
    };
    let _: AuthResponse = service.nobody().post(route::LOGIN, &again).await.ok();
    let last = stored.pop().unwrap();
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &last.id)).await.ok();
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &last.id))).await.ok();
    // With room it goes on at once, and by itself.
    drop(greedy);
    std::fs::remove_file(inside.join("greedy")).unwrap();
    std::fs::remove_file(ballast).unwrap();
    let _: MessageResponse = service.nobody().get(route::READYZ).await.ok();

    // Everything that was confirmed is there, and whole; nothing else is.
    let images = anna.images().await;
    assert_eq!(images.len(), stored.len());
    for (seed, image) in stored.iter().enumerate() {
        let now: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
        assert!(Answer::of(service.http.get(now.url.unwrap())).await.body == noise(seed as u64));
    }
    for leftover in ["transit", "store/arriving"] {
        assert_eq!(std::fs::read_dir(inside.join(leftover)).unwrap().count(), 0, "{leftover}");
    }
    // With room there is a way on.
    let gone = format!("{}?permanent=true", path(route::IMAGE, &stored[0].id));
    let _: MessageResponse = anna.delete(&gone).await.ok();
    let image = form(&anna, "late.png", noise(99)).await.ok::<ImageResponse>().image;
    assert!(Answer::of(service.http.get(image.url.unwrap())).await.body == noise(99));
}

/// What somebody sends who wants an account.
fn wish(name: String) -> RegisterRequest {
    let email = format!("{name}@example.com");
    RegisterRequest {
        username: name,
        email,
        password: "a long enough password".to_owned(),
        device_name: None,
        invitation: None,
    }
}

/// Every write of a file beyond a bound fails in this process, until the bound is lifted: what a full disk is like, without
/// one, for tests that everybody can run.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn writes_that_failed_keep_nobody_from_writing_once_there_is_room() {
    let setup = Setup::on(Db::Sqlite, None).await;
    let mut command = setup.command("sh");
    // In blocks of 512 bytes. Without the trap the first such write would end the process.
    command.args(["-c", r#"trap "" XFSZ; ulimit -S -f 2048; exec "$1" serve"#, "sh", PROGRAM]);
    let service = setup.serve_as(command).await;
    let _: MessageResponse = service.nobody().get(route::READYZ).await.ok();
    let mut failed = 0;
    for number in 0.. {
        assert!(number < 1000, "there is no bound");
        let answer = service.nobody().post(route::REGISTER, &wish(format!("person{number}"))).await;
        if answer.status.as_u16() != 201 {
            out_of_reach(&answer, ErrorCode::DatabaseUnavailable);
            let said = String::from_utf8(answer.body).unwrap();
            assert!(said.contains("disk") && !said.contains("database is"), "{said}");
            failed += 1;
        }
        // More often than there are connections: one that broke must not be used again.
        if failed > 20 {
            break;
        }
    }
    // What is left is less than an account takes, and each try takes a page of it.
    let unready = loop {
        let ready = service.nobody().get(route::READYZ).await;
        if !ready.status.is_success() {
            break ready;
        }
    };
    out_of_reach(&unready, ErrorCode::DatabaseUnavailable);
    let lifted = Command::new("prlimit").args(["--fsize=unlimited", "--pid", &service.pid().to_string()]).status();
    assert!(lifted.unwrap().success());
    let _: MessageResponse = service.nobody().get(route::READYZ).await.ok();
    let all = futures::future::join_all((0..20).map(|number| {
        let nobody = service.nobody();
        async move { nobody.post(route::REGISTER, &wish(format!("late{number}"))).await }
    }));
    assert!(all.await.iter().all(|answer| answer.status.as_u16() == 201));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_only_reads_is_not_ready() {
    use sea_orm::ConnectionTrait;
    use secrecy::ExposeSecret;
    let app = TestApp::start(Db::Postgres).await;
    let _: MessageResponse = app.nobody().get(route::READYZ).await.ok();
    let url = url::Url::parse(app.config.database_url.as_ref().unwrap().expose_secret()).unwrap();
    let name = url.path().trim_start_matches('/').to_owned();
    let mut beside = url.clone();
    beside.set_path("postgres");
    let admin = sea_orm::Database::connect(beside.as_str()).await.unwrap();
    let only_reads = async |what: &str| {
        let setting = format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = {what}");
        admin.execute_unprepared(&setting).await.unwrap();
        // It holds for connections that are made from now on.
        let others = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        admin.execute_unprepared(&others).await.unwrap();
    };
    only_reads("on").await;
    out_of_reach(&app.nobody().get(route::READYZ).await, ErrorCode::DatabaseUnavailable);
    only_reads("off").await;
    let _: MessageResponse = app.nobody().get(route::READYZ).await.ok();
    admin.close().await.unwrap();
}
