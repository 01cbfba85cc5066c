//! The app's service without its database: damaged, emptied, or gone. It comes back from the store, and nothing is deleted.

use std::collections::BTreeMap;
use std::path::Path;

use account_api::{Image, ImagePatch};
use account_service::embedded::EmbeddedStorage;
use account_service::rebuild::{Progress, RebuildError, Report};
use rstest::rstest;

use crate::app::png;
use crate::garage::bucket_of;
use crate::rebuild::Computer;

impl Computer {
    /// Ends it, does something to its folder, and starts it again.
    async fn after(self, storage: EmbeddedStorage, change: impl FnOnce(&Path)) -> Self {
        let Self { service, dir, .. } = self;
        service.shutdown().await;
        drop(service);
        change(dir.path());
        Self::with(dir, storage).await
    }

    async fn bring_back(&self) -> Result<Report, RebuildError> {
        self.service.bring_back(&|_: Progress| {}).await
    }

    async fn person(&self) -> String {
        self.service.local_session().await.unwrap().user.id
    }
}

fn zeros_in_the_middle(database: &Path) {
    let mut bytes = std::fs::read(database).unwrap();
    let pages = bytes.len() / 4096;
    for page in 2..pages {
        bytes[page * 4096..page * 4096 + 200].fill(0);
    }
    std::fs::write(database, bytes).unwrap();
}

#[rstest]
#[case::gone(|database: &Path| std::fs::remove_file(database).unwrap())]
#[case::empty(|database: &Path| std::fs::write(database, b"").unwrap())]
#[case::other(|database: &Path| std::fs::write(database, [7; 10_000]).unwrap())]
#[case::cut(|database: &Path| {
    let bytes = std::fs::read(database).unwrap();
    std::fs::write(database, &bytes[..bytes.len() / 2 / 4096 * 4096]).unwrap();
})]
#[case::holed(zeros_in_the_middle)]
#[tokio::test]
async fn it_comes_back_from_the_store_and_the_journal(#[case] lose: fn(&Path)) {
    let computer = Computer::new().await;
    computer.lived_in().await;
    let (before, person) = (computer.library().await, computer.person().await);
    let computer = computer.after(EmbeddedStorage::ThisComputer, |dir| lose(&dir.join("account.db"))).await;
    let lost = computer.service.lost().expect("it is noticed");
    assert!(computer.library().await.is_empty(), "nothing is called anything before it is back");

    let report = computer.bring_back().await.unwrap();
    assert_eq!((report.from_journal, report.not_proven), (3, 0), "{report:?}");
    assert_eq!((computer.library().await, computer.person().await), (before.clone(), person));
    assert_eq!(computer.service.lost(), None);
    assert!(lost.aside.is_none_or(|aside| aside.join("account.db").exists()), "nothing is deleted");

    let computer = computer.after(EmbeddedStorage::ThisComputer, |_| {}).await;
    assert_eq!(computer.service.lost(), None, "the next start is one like any other");
    assert_eq!(computer.library().await, before);
}

#[tokio::test]
async fn broken_off_it_is_done_again_and_a_first_start_has_lost_nothing() {
    let computer = Computer::new().await;
    assert_eq!(computer.service.lost(), None);
    computer.upload("a.png", png(1)).await;
    let remove = |dir: &Path| std::fs::remove_file(dir.join("account.db")).unwrap();
    let computer = computer.after(EmbeddedStorage::ThisComputer, remove).await;
    assert!(computer.service.lost().is_some());
    let computer = computer.after(EmbeddedStorage::ThisComputer, |_| {}).await;
    assert!(computer.service.lost().is_some(), "it is not back yet");
    assert_eq!(computer.bring_back().await.unwrap().from_journal, 1);
    assert_eq!(computer.bring_back().await.unwrap(), Report::default(), "there is nothing left to do");
}

#[tokio::test]
async fn of_a_bucket_that_others_use_the_library_that_was_in_use_here_comes_back() {
    let garage = testkit::garage::bucket().await;
    let bucket = bucket_of(&garage);
    let storage = || EmbeddedStorage::Bucket(bucket.clone());
    let other = Computer::on(&bucket).await;
    for n in 0..3 {
        other.upload(&format!("{n}.png"), png(n)).await;
    }
    other.service.shutdown().await;
    let computer = Computer::on(&bucket).await;
    assert_eq!(computer.service.lost(), None, "a bucket that holds a library is offered, not taken");
    computer.upload("mine.png", png(9)).await;
    let (before, person) = (computer.library().await, computer.person().await);
    let computer = computer.after(storage(), |dir| std::fs::write(dir.join("account.db"), b"spoilt").unwrap()).await;
    assert!(computer.service.lost().is_some());
    computer.bring_back().await.unwrap();
    assert_eq!((computer.library().await, computer.person().await), (before, person));
}

fn copy_database(from: &Path, to: &Path) {
    for file in ["account.db", "account.db-wal", "account.db-shm"] {
        let _ = std::fs::remove_file(to.join(file));
        if from.join(file).exists() {
            std::fs::copy(from.join(file), to.join(file)).unwrap();
        }
    }
}

#[tokio::test]
async fn one_put_back_from_an_older_copy_takes_up_what_the_journal_knows() {
    let garage = testkit::garage::bucket().await;
    for storage in [EmbeddedStorage::ThisComputer, EmbeddedStorage::Bucket(bucket_of(&garage))] {
        let is_bucket = matches!(storage, EmbeddedStorage::Bucket(_));
        let computer = Computer::with(tempfile::tempdir().unwrap(), storage.clone()).await;
        let first = computer.upload("first.png", png(8)).await;
        let copy = tempfile::tempdir().unwrap();
        let computer = computer.after(storage.clone(), |dir| copy_database(dir, copy.path())).await;
        assert!(!computer.service.is_older().await.unwrap());
        computer.lived_in().await;
        let patch = ImagePatch { name: Some("later.png".to_owned()), favourite: Some(true), ..ImagePatch::default() };
        computer.patch(&first.id, patch).await;
        let before = computer.library().await;

        let computer = computer.after(storage.clone(), |dir| copy_database(copy.path(), dir)).await;
        assert_eq!(computer.service.lost().is_some_and(|lost| lost.older), !is_bucket, "a bucket is asked for it");
        assert!(computer.service.is_older().await.unwrap());
        let report = computer.bring_back().await.unwrap();
        assert_eq!((report.from_journal, report.learned), (3, 1), "{report:?}");
        let untimed = |library: BTreeMap<String, Image>| -> Vec<Image> {
            library.into_values().map(|image| Image { updated_at: String::new(), ..image }).collect()
        };
        assert_eq!(untimed(computer.library().await), untimed(before));
        assert_eq!((computer.service.lost(), computer.service.is_older().await.unwrap()), (None, false));
    }
}
