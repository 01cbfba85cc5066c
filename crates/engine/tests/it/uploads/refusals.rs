//! What doesn't pass: each row fails with a sentence that is true, nothing is left of it, and once the cause is gone a
//! retry lands each picture exactly once.

use engine::view::UploadStatus;
use rstest::rstest;
use testkit::photos;
use testkit::proxy::{CannedAnswer, Fault, When};

use super::bucket::Store;
use super::once::assert_each_once;
use super::stage::{Stage, failure, large_png};

fn answer(status: u16, code: &str, message: &str) -> Fault {
    Fault::Answer(CannedAnswer::s3(status, code, message))
}

#[rstest]
#[case::clock_skew(Fault::clock_skew("Mon, 01 Jan 2024 00:00:00 GMT"), "store_refused", "Set the clocks")]
#[case::expired_from_the_beginning(Fault::expired(), "store_refused", "Set the clocks")]
#[case::expired_in_garage(Fault::expired_in_garage(), "store_refused", "Set the clocks")]
#[case::wrong_key(answer(403, "InvalidAccessKeyId", "No such key"), "store_refused", "access key and secret")]
#[case::wrong_secret(answer(403, "SignatureDoesNotMatch", ""), "store_refused", "access key and secret")]
#[case::no_right(answer(403, "AccessDenied", "Forbidden"), "store_refused", "may write to the bucket")]
#[case::no_bucket(answer(404, "NoSuchBucket", ""), "store_refused", "bucket’s name")]
#[case::other_region(answer(301, "PermanentRedirect", ""), "store_refused", "region and endpoint")]
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_is_told_and_a_retry_lands_each_once(
    #[case] fault: Fault,
    #[case] code: &str,
    #[case] advice: &str,
) {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.always(When::method("PUT").containing("/pictures/"), fault);
    let (small, large) = (photos::jpeg(80, 60, 1), large_png(16 << 20 | 1, 3));
    let ids = anna.drop_files([stage.file("small.jpg", &small), stage.file("large.png", &large)]).await;
    anna.engine.start();
    for row in anna.finished(&ids).await {
        let (said, message) = failure(&row);
        assert_eq!(said, code, "{message}");
        assert!(message.contains(advice), "{message}");
    }
    assert!(anna.pictures().await.is_empty());
    assert!(stage.bucket.objects().await.is_empty());

    stage.store.clear();
    anna.engine.retry_failed_uploads().await.unwrap();
    anna.until(&ids, |row| row.status == UploadStatus::Verified).await;
    assert_each_once(&stage, &anna, &[&small, &large]).await;
}

#[rstest]
#[case::own(answer(503, "StorageFull", "the disk is full"))]
#[case::minio(answer(507, "XMinioStorageFull", ""))]
#[case::others(answer(507, "InsufficientCapacity", ""))]
#[tokio::test(flavor = "multi_thread")]
async fn uploads_to_a_full_store_go_on_by_themselves_once_there_is_room(#[case] fault: Fault) {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.always(When::method("PUT").containing("/pictures/"), fault);
    let (small, large) = (photos::jpeg(80, 60, 1), large_png(16 << 20 | 1, 3));
    let ids = anna.drop_files([stage.file("small.jpg", &small), stage.file("large.png", &large)]).await;
    anna.engine.start();
    let said = anna.until_waiting().await;
    assert!(said.contains("The store has no room") && said.contains("go on by themselves"), "{said}");
    stage.store.clear();
    let rows = anna.finished(&ids).await;
    assert!(rows.iter().all(|row| row.status == UploadStatus::Verified), "{rows:#?}");
    assert_each_once(&stage, &anna, &[&small, &large]).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_always_change_on_the_way_never_land(#[values(Store::Garage, Store::Embedded)] store: Store) {
    let stage = Stage::with(store).await;
    let anna = stage.anna().await;
    stage.store.always(When::method("PUT").containing("/pictures/"), Fault::CorruptRequest { at: 1_000 });
    let (one, two) = (photos::bmp(200, 100, 1), photos::bmp(100, 200, 2));
    let ids = anna.drop_files([stage.file("1.bmp", &one), stage.file("2.bmp", &two)]).await;
    anna.engine.start();
    for row in anna.finished(&ids).await {
        let (code, message) = failure(&row);
        assert_eq!(code, "checksum_mismatch");
        assert!(message.contains("changes or loses bytes"), "{message}");
    }
    assert!(stage.bucket.objects().await.is_empty(), "what is spoilt is not kept");
    stage.store.clear();
    anna.engine.retry_failed_uploads().await.unwrap();
    anna.until(&ids, |row| row.status == UploadStatus::Verified).await;
    assert_each_once(&stage, &anna, &[&one, &two]).await;
}

/// One picture breaks whatever is done, the others go through: it is given up with its reason and delays nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_always_breaks_is_given_up_and_the_others_land() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let bytes: Vec<_> = (0..12).map(|seed| photos::jpeg(90, 60, seed)).collect();
    let bad = large_png(1 << 20, 1);
    let first = anna.drop_files([stage.file("bad.png", &bad)]).await;
    stage.store.always(When::method("PUT").containing(".png"), Fault::ResetAfter { bytes: 500_000 });
    let paths = bytes.iter().enumerate().map(|(number, bytes)| stage.file(&format!("{number}.jpg"), bytes));
    let others = anna.drop_files(paths.collect::<Vec<_>>()).await;
    anna.engine.start();
    let rows = anna.finished(&others).await;
    assert!(rows.iter().all(|row| row.status == UploadStatus::Verified), "{rows:#?}");
    // Whether it is the picture's own trouble shows when others get through meanwhile.
    let mut number = 0;
    let row = loop {
        let more =
            anna.drop_files([stage.file(&format!("more-{number}.jpg"), &photos::jpeg(90, 60, 100 + number))]).await;
        anna.finished(&more).await;
        number += 1;
        let row = anna.until(&first, |_| true).await.remove(0);
        if super::stage::is_finished(&row.status) {
            break row;
        }
    };
    let (code, message) = failure(&row);
    assert_eq!(code, "store_unreachable");
    assert!(message.contains("while other files went through"), "{message}");

    stage.store.clear();
    anna.engine.retry_failed_uploads().await.unwrap();
    anna.until(&first, |row| row.status == UploadStatus::Verified).await;
    let more: Vec<_> = (0..number).map(|number| photos::jpeg(90, 60, 100 + number)).collect();
    let all: Vec<&[u8]> = bytes.iter().chain(&more).chain([&bad]).map(Vec::as_slice).collect();
    assert_each_once(&stage, &anna, &all).await;
}
