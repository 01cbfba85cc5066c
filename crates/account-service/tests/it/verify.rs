//! `POST /api/images/verify`: what the store still has, and what sending the same bytes again does to what it lost.

use account_api::{
    CheckedBy, ErrorCode, Fault, GrantOutcome, Image, User, VerifyOutcome, VerifyRequest, VerifyResponse, VerifyResult,
    route,
};
use account_service::config::Quotas;
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::uploads::{announcement, put, single, verified};

impl Person<'_> {
    async fn verify(&self, image_ids: &[&str], read_back: bool) -> Vec<VerifyResult> {
        let image_ids = image_ids.iter().map(|id| (*id).to_owned()).collect();
        let response: VerifyResponse =
            self.post(route::VERIFY, &VerifyRequest { image_ids, read_back, proof: false }).await.ok();
        response.results
    }
}

/// The file of a picture in the embedded store.
fn file_of(app: &TestApp, image: &Image) -> std::path::PathBuf {
    let url = reqwest::Url::parse(image.url.as_deref().unwrap()).unwrap();
    let key = url.path().trim_start_matches("/pictures/");
    app.dir.path().join("store/objects").join(key)
}

#[rstest]
#[tokio::test]
async fn the_store_is_asked_and_faults_are_written_down(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let (kept, gone) = (anna.upload("kept.png", &png(1)).await, anna.upload("gone.png", &png(2)).await);
    let results = anna.verify(&[&kept.id, &gone.id, "nonsense"], false).await;
    let sound = VerifyOutcome::Confirmed { checked_by: CheckedBy::SizeAndTag };
    assert_eq!([&results[0].outcome, &results[1].outcome], [&sound, &sound]);
    assert_eq!(results[2].outcome, VerifyOutcome::Unknown);
    assert!(results.iter().all(|result| result.image.is_none()), "nothing is written when nothing is new");
    let by_reading = anna.verify(&[&kept.id], true).await.remove(0).outcome;
    assert_eq!(by_reading, VerifyOutcome::Confirmed { checked_by: CheckedBy::ReadBack });

    std::fs::remove_file(file_of(&app, &gone)).unwrap();
    let result = anna.verify(&[&gone.id], false).await.remove(0);
    assert_eq!(result.outcome, VerifyOutcome::Missing);
    let recorded = result.image.unwrap();
    assert!(recorded.receipt.fault == Some(Fault::Missing) && recorded.revision > gone.revision);
    let shown: Image = anna.get(&path(route::IMAGE, &gone.id)).await.ok();
    assert_eq!(shown.receipt.fault, Some(Fault::Missing));
    assert!(anna.verify(&[&gone.id], false).await[0].image.is_none(), "the same fault is no news");

    // It is back, as after a disk was mounted again.
    std::fs::write(file_of(&app, &gone), png(2)).unwrap();
    let result = anna.verify(&[&gone.id], false).await.remove(0);
    // Its bytes are younger than the store's record of them, so they are read.
    let read = VerifyOutcome::Confirmed { checked_by: CheckedBy::ReadBack };
    assert_eq!((result.outcome, result.image.unwrap().receipt.fault), (read, None));
    assert_eq!(anna.verify(&[&gone.id], false).await.remove(0).outcome, sound, "which mended the record");
}

#[rstest]
#[tokio::test]
async fn the_same_bytes_mend_what_was_lost(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    std::fs::write(file_of(&app, &image), b"something else").unwrap();
    let told = anna.verify(&[&image.id], false).await.remove(0).outcome;
    assert!(matches!(&told, VerifyOutcome::Changed { message } if message.contains("14 bytes")), "{told:?}");
    let again = anna.grant(announcement("a.png", &png(1))).await;
    assert_eq!(put(&anna, single(&again), &png(1)).await.status, 200);
    let mended = verified(anna.finish(&again.upload_id).await);
    let mended = anna.picture(&mended.id).await;
    assert_eq!((&mended.id, mended.receipt.fault), (&image.id, None));
    assert_ne!(file_of(&app, &mended), file_of(&app, &image), "nothing is overwritten");
    assert!(!file_of(&app, &image).exists(), "what was there is removed");
    assert_eq!(Answer::of(app.http.get(mended.url.unwrap())).await.body, png(1));
    assert_eq!(anna.images().await.len(), 1);
    app.addresses_end().await;
    let usage = anna.get(route::ME).await.ok::<User>().usage.unwrap();
    assert_eq!((usage.bytes, usage.pictures), (image.size, 1), "it has the room that it had");
    assert!(matches!(anna.announce(announcement("a.png", &png(1))).await, GrantOutcome::Duplicate { .. }));
}

#[rstest]
#[tokio::test]
async fn an_account_without_room_can_be_mended(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let quotas = Quotas { bytes: None, pictures: Some(1) };
    let app = TestApp::start_with(db, |config| config.quotas = quotas).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    std::fs::remove_file(file_of(&app, &image)).unwrap();
    assert_eq!(anna.verify(&[&image.id], false).await.remove(0).outcome, VerifyOutcome::Missing);
    let again = anna.grant(announcement("a.png", &png(1))).await;
    assert_eq!(put(&anna, single(&again), &png(1)).await.status, 200);
    assert_eq!(verified(anna.finish(&again.upload_id).await).id, image.id);
    app.addresses_end().await;
    let usage = anna.get(route::ME).await.ok::<User>().usage.unwrap();
    assert_eq!((usage.bytes, usage.pictures), (image.size, 1), "it has the room that it had");
}

#[tokio::test]
async fn others_pictures_are_unknown_and_a_batch_has_a_size() {
    let app = TestApp::start(Db::Sqlite).await;
    let (anna, bela) = (app.register("anna").await, app.register("bela").await);
    let image = anna.upload("a.png", &png(1)).await;
    assert_eq!(bela.verify(&[&image.id], false).await[0].outcome, VerifyOutcome::Unknown);
    let request = VerifyRequest { image_ids: vec![image.id], read_back: false, proof: false };
    assert_eq!(app.nobody().post(route::VERIFY, &request).await.code(), ErrorCode::Unauthorized);
    let none = VerifyRequest { image_ids: Vec::new(), read_back: false, proof: false };
    assert_eq!(anna.post(route::VERIFY, &none).await.code(), ErrorCode::InvalidRequest);
}
