//! Pictures from a file to the store and back, on each database and each store.

use engine::upload::ResultStatus;
use engine::view::Proof;
use engine::{ErrorKind, Role};
use rstest::rstest;
use sha2::{Digest, Sha256};
use testkit::photos;

use crate::world::{Database, Hosted, Person, Store};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_verified_and_its_bytes_come_back(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Store::Embedded, Store::Garage)] store: Store,
) {
    let hosted = Hosted::start(database, store).await;
    let anna = hosted.person("anna").await;
    let bytes = photos::jpeg(900, 600, 1);
    let path = anna.file("holiday.jpg", &bytes);

    let results = anna.upload(&[path]).await;
    assert_eq!(results[0].status, ResultStatus::Uploaded, "{results:?}");
    let sha256 = hex(&Sha256::digest(&bytes));
    assert_eq!(results[0].sha256.as_deref(), Some(sha256.as_str()));

    let id = anna.engine.resolve(results[0].id.as_deref().unwrap()).await.unwrap();
    let picture = anna.engine.picture(id).await.unwrap();
    assert_eq!((picture.width, picture.height, picture.size), (Some(900), Some(600), bytes.len() as u64));
    assert_eq!((picture.name.as_str(), picture.sha256.as_str()), ("holiday.jpg", sha256.as_str()));
    assert!(picture.verified_at.is_some() && picture.proof == Proof::Checksum);
    assert_eq!(anna.read_back(id).await, bytes);

    let link = results[0].link.as_deref().expect("an uploaded picture has a link");
    let linked = reqwest::get(link).await.unwrap().error_for_status().unwrap();
    assert_eq!(linked.headers()["content-type"], "image/jpeg");
    assert_eq!(linked.bytes().await.unwrap(), bytes);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_multipart_upload_comes_back_whole(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Store::Embedded, Store::Garage)] store: Store,
) {
    let hosted = Hosted::start(database, store).await;
    let anna = hosted.person("anna").await;
    // An uncompressed picture of about 27 MB goes in parts.
    let bytes = photos::bmp(3000, 3000, 2);
    assert!(bytes.len() > 24 << 20);
    let path = anna.file("large.bmp", &bytes);
    let id = anna.upload_one(&path).await;
    assert!(anna.read_back(id).await == bytes, "the bytes differ");
    let thumbnail = anna.engine.thumbnail(id).await.unwrap().expect("a BMP has a thumbnail");
    let thumbnail = image::load_from_memory(&thumbnail.bytes).unwrap();
    assert_eq!((thumbnail.width(), thumbnail.height()), (512, 512));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_thumbnail_reaches_another_computer(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Store::Embedded, Store::Garage)] store: Store,
) {
    let hosted = Hosted::start(database, store).await;
    let anna = hosted.person("anna").await;
    let path = anna.file("turned.jpg", &photos::jpeg_with_exif(6, None, Some("2024:05:06 07:08:09")));
    let id = anna.upload_one(&path).await;
    let here = anna.engine.thumbnail(id).await.unwrap().unwrap();

    let elsewhere = Person::new(Role::CommandLine).await;
    elsewhere.sign_in(&hosted, "anna").await;
    elsewhere.engine.sync().await.unwrap();
    assert_eq!(elsewhere.count().await, 1);
    let there = elsewhere.engine.layout(Default::default()).await.unwrap()[0].id;
    let detail = elsewhere.engine.picture(there).await.unwrap();
    assert_eq!(detail.taken_at.as_deref().map(|at| &at[..19]), Some("2024-05-06T07:08:09"));
    assert_eq!(elsewhere.engine.thumbnail(there).await.unwrap().unwrap().bytes, here.bytes);
    let (width, height) = (detail.width.unwrap(), detail.height.unwrap());
    let thumbnail = image::load_from_memory(&here.bytes).unwrap();
    assert_eq!(thumbnail.width() > thumbnail.height(), width > height, "the thumbnail is oriented like the picture");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_bytes_are_here_already(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Store::Embedded, Store::Garage)] store: Store,
) {
    let hosted = Hosted::start(database, store).await;
    let anna = hosted.person("anna").await;
    let bytes = photos::png(64, 48, 3);
    let first = anna.file("first.png", &bytes);
    let renamed = anna.file("renamed.png", &bytes);
    let results = anna.upload(&[first.clone(), renamed]).await;
    // They are read side by side: either may come first, but only one of them is sent.
    let sent = results.iter().filter(|result| result.status == ResultStatus::Uploaded).count();
    let here = results.iter().filter(|result| result.status == ResultStatus::Duplicate).count();
    assert_eq!((sent, here), (1, 1), "{results:?}");
    assert_eq!(results[0].id, results[1].id);
    let again = anna.upload(&[first]).await;
    assert_eq!(again[0].status, ResultStatus::Duplicate);
    assert!(again[0].link.is_some(), "what is here already has a link, too");
    assert_eq!(anna.count().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_file_is_refused_with_its_reason_and_the_others_go_on() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let anna = hosted.person("anna").await;
    let good = photos::jpeg(300, 200, 4);
    let mut cut = photos::jpeg(800, 600, 5);
    cut.truncate(cut.len() / 2);
    let paths = vec![
        anna.file("empty.jpg", b""),
        anna.file("words.jpg", b"These are words, not a picture."),
        anna.file("good.jpg", &good),
        anna.file("cut.jpg", &cut),
        anna.file("gone.jpg", b"x"),
        anna.file("drawing.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 30 20\"/>"),
    ];
    std::fs::remove_file(&paths[4]).unwrap();
    let results = anna.upload(&paths).await;
    let outcome: Vec<_> = results.iter().map(|result| (result.status, result.error.as_ref().map(|e| e.code))).collect();
    assert_eq!(
        outcome,
        [
            (ResultStatus::Failed, Some(ErrorKind::EmptyFile)),
            (ResultStatus::Failed, Some(ErrorKind::NotAPicture)),
            (ResultStatus::Uploaded, None),
            (ResultStatus::Uploaded, None),
            (ResultStatus::Failed, Some(ErrorKind::Unreadable)),
            (ResultStatus::Uploaded, None),
        ],
        "{results:#?}"
    );
    for (result, name) in results.iter().zip(["empty.jpg", "words.jpg", "", "", "gone.jpg", ""]) {
        if let Some(error) = &result.error {
            assert!(error.message.contains(name) && error.message.ends_with('.'), "{}", error.message);
        }
    }
    // What is damaged is kept, and told.
    let remarks: Vec<_> =
        results.iter().map(|result| result.remark.as_ref().map(|remark| remark.code.as_str())).collect();
    assert_eq!(remarks, [None, None, None, Some("truncated"), None, None]);
    assert_eq!(anna.count().await, 3);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
