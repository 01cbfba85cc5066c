//! The trash, and removing for good.

use std::path::Path;
use std::time::Duration;

use account_api::{ErrorCode, GrantOutcome, Image, ImageResponse, ImagesPage, MessageResponse, route};
use rstest::rstest;

use crate::app::{Db, TestApp, path, png};
use crate::uploads::announcement;

fn files_in(dir: &Path) -> usize {
    std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() { files_in(&path) } else { 1 }
        })
        .sum()
}

#[rstest]
#[tokio::test]
async fn a_deleted_picture_is_in_the_trash_and_comes_back(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let one = path(route::IMAGE, &image.id);

    let message: MessageResponse = anna.delete(&one).await.ok();
    assert_eq!(message.message, "Image deleted successfully");
    assert_eq!(anna.get(&one).await.code(), ErrorCode::NotFound);
    assert_eq!(anna.delete(&one).await.code(), ErrorCode::NotFound);
    assert!(anna.images().await.is_empty());
    let trash: ImagesPage = anna.get(&format!("{}?trash=true", route::IMAGES)).await.ok();
    assert_eq!(trash.images.len(), 1);
    assert!(trash.images[0].deleted_at.is_some());

    let response: ImageResponse = anna.post(&path(route::RESTORE, &image.id), &()).await.ok();
    assert!(response.image.deleted_at.is_none());
    let back: Image = anna.get(&one).await.ok();
    assert_eq!(back.sha256, image.sha256);
}

#[rstest]
#[tokio::test]
async fn uploading_again_takes_a_picture_out_of_the_trash(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &image.id)).await.ok();
    let GrantOutcome::Duplicate { image: back } = anna.announce(announcement("a.png", &png(1))).await else {
        panic!("not a duplicate")
    };
    assert_eq!((back.id, back.deleted_at), (image.id, None));
    assert_eq!(anna.images().await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn removing_for_good_takes_the_bytes_along(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let objects = app.dir.path().join("store/objects");
    assert_eq!(files_in(&objects), 1);
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &image.id))).await.ok();
    assert_eq!(files_in(&objects), 0);
    assert_eq!(files_in(&app.dir.path().join("store/facts")), 0);
    assert_eq!(anna.post(&path(route::RESTORE, &image.id), &()).await.code(), ErrorCode::NotFound);
    let anew = anna.upload("a.png", &png(1)).await;
    assert_ne!(anew.id, image.id, "the same bytes are a new picture then");
}

#[rstest]
#[tokio::test]
async fn the_trash_is_emptied_after_its_time(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| config.keep_trash = Duration::ZERO).await;
    let anna = app.register("anna").await;
    let (kept, thrown) = (anna.upload("a.png", &png(1)).await, anna.upload("b.png", &png(2)).await);
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &thrown.id)).await.ok();
    // "Longer than no time" needs the clock to have moved on by a millisecond: uploading something takes longer.
    anna.upload("c.png", &png(3)).await;
    app.housekeeping.once().await;
    let trash: ImagesPage = anna.get(&format!("{}?trash=true", route::IMAGES)).await.ok();
    assert!(trash.images.is_empty());
    let _: Image = anna.get(&path(route::IMAGE, &kept.id)).await.ok();
    assert_eq!(files_in(&app.dir.path().join("store/objects")), 2);
}

#[tokio::test]
async fn the_trash_is_kept_until_then() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &image.id)).await.ok();
    app.housekeeping.once().await;
    let trash: ImagesPage = anna.get(&format!("{}?trash=true", route::IMAGES)).await.ok();
    assert_eq!(trash.images.len(), 1);
}
