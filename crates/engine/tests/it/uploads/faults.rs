//! Networks, services and stores that break.

use engine::view::UploadStatus;
use rstest::rstest;
use testkit::photos;
use testkit::proxy::{CannedAnswer, Fault, When};

use super::stage::{Stage, failure, large_png};

fn pictures() -> When {
    When::method("PUT").containing("/pictures/")
}

#[rstest]
#[case::reset(Fault::ResetAfter { bytes: 5_000 })]
#[case::internal_error(Fault::internal_error())]
#[case::slow_down(Fault::slow_down(Some(1)))]
#[case::expired(Fault::expired())]
#[case::expired_in_garage(Fault::expired_in_garage())]
#[case::lost_response(Fault::DropResponse)]
#[case::corrupt(Fault::CorruptRequest { at: 3_000 })]
#[tokio::test(flavor = "multi_thread")]
async fn each_picture_lands_exactly_once(#[case] fault: Fault) {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.times(2, pictures(), fault);
    let pictures = [photos::bmp(200, 100, 1), photos::bmp(100, 200, 2), photos::bmp(150, 150, 3)];
    let paths: Vec<_> = pictures.iter().enumerate().map(|(n, bytes)| stage.file(&format!("{n}.bmp"), bytes)).collect();
    let ids = anna.drop_files(paths).await;
    anna.engine.start();
    let rows = anna.finished(&ids).await;
    for (row, bytes) in rows.iter().zip(&pictures) {
        assert_eq!(row.status, UploadStatus::Verified);
        anna.assert_stored(row.picture.unwrap(), bytes).await;
    }
    assert_eq!(anna.pictures().await.len(), 3);
    let summary = anna.snapshot().await.summary;
    assert_eq!((summary.verified, summary.bytes_sent), (3, summary.bytes_total));
}

#[rstest]
#[case::reset(Fault::ResetAfter { bytes: 3_000_000 })]
#[case::expired(Fault::expired())]
#[case::lost_response(Fault::DropResponse)]
#[case::corrupt(Fault::CorruptRequest { at: 1_000_000 })]
#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_fails_is_sent_again_and_no_other(#[case] fault: Fault) {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.next_when(pictures().containing("partNumber=2"), fault.clone());
    let bytes = large_png(20 << 20, 8);
    let ids = anna.drop_files([stage.file("large.png", &bytes)]).await;
    anna.engine.start();
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    anna.assert_stored(row.picture.unwrap(), &bytes).await;
    let tried = |number: u32| {
        let part = format!("partNumber={number}&");
        stage.store.exchanges().iter().filter(|put| put.method == "PUT" && put.target.contains(&part)).count()
    };
    assert_eq!([tried(1), tried(2), tried(3)], [1, 2, 1]);
}

#[rstest]
#[case::wrong_key(Fault::Answer(CannedAnswer::s3(403, "InvalidAccessKeyId", "No such key")), "access key")]
#[case::clock(Fault::clock_skew("Mon, 01 Jan 2024 00:00:00 GMT"), "clock")]
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_is_told_with_its_reason(#[case] fault: Fault, #[case] advice: &str) {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.always(pictures(), fault);
    let bytes = photos::jpeg(80, 60, 1);
    let ids = anna.drop_files([stage.file("a.jpg", &bytes)]).await;
    anna.engine.start();
    let row = anna.finished(&ids).await.remove(0);
    let (code, message) = failure(&row);
    assert_eq!(code, "store_refused");
    assert!(message.contains(advice), "{message}");

    stage.store.clear();
    anna.engine.retry_upload(ids[0]).await.unwrap();
    anna.until(&ids, |row| row.status == UploadStatus::Verified).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_the_right_to_write_is_told_by_a_real_server() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.garage().allow(true, false).await;
    let ids = anna.drop_files([stage.file("a.jpg", &photos::jpeg(80, 60, 1))]).await;
    anna.engine.start();
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(failure(&row).0, "store_refused");
    assert!(failure(&row).1.contains("may write to the bucket"), "{:?}", row.status);
    stage.garage().allow(true, true).await;
    anna.engine.retry_failed_uploads().await.unwrap();
    anna.until(&ids, |row| row.status == UploadStatus::Verified).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_waits_for_a_service_that_is_down_and_goes_on_by_itself() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.service.down();
    let bytes = photos::png(90, 90, 1);
    let ids = anna.drop_files([stage.file("a.png", &bytes)]).await;
    anna.engine.start();
    let reason = anna.until_waiting().await;
    assert!(reason.contains("127.0.0.1"), "{reason}");
    stage.service.up();
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    assert_eq!(anna.snapshot().await.summary.waiting, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_waits_for_a_store_that_is_down_and_goes_on_by_itself() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.down();
    let paths: Vec<_> = (0..6).map(|n| stage.file(&format!("{n}.png"), &photos::png(90, 90, n))).collect();
    let ids = anna.drop_files(paths).await;
    anna.engine.start();
    let reason = anna.until_waiting().await;
    assert!(reason.contains("can’t be reached"), "{reason}");
    stage.store.up();
    for row in anna.finished(&ids).await {
        assert_eq!(row.status, UploadStatus::Verified);
    }
    // One whose answer came late was sent again; which pictures there are doesn't depend on it.
    assert_eq!(anna.pictures().await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_after_completing_changes_nothing() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.service.next_when(When::method("POST").containing("/api/uploads/complete"), Fault::DropResponse);
    stage.store.next_when(When::method("POST").containing("uploadId="), Fault::DropResponse);
    let (small, large) = (photos::jpeg(70, 70, 1), large_png(17 << 20, 2));
    let ids = anna.drop_files([stage.file("small.jpg", &small), stage.file("large.png", &large)]).await;
    anna.engine.start();
    let rows = anna.finished(&ids).await;
    for (row, bytes) in rows.iter().zip([&small, &large]) {
        assert_eq!(row.status, UploadStatus::Verified);
        anna.assert_stored(row.picture.unwrap(), bytes).await;
    }
    assert_eq!(stage.taken().len(), 1 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_while_it_is_sent_is_told_and_never_stored_half() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.next_when(pictures(), Fault::StallAfter { bytes: 100_000 });
    let ids = anna.drop_files([stage.file("edited.png", &large_png(6 << 20, 1))]).await;
    anna.engine.start();
    stage.store.stalled(1).await;
    let edited = large_png(6 << 20, 2);
    stage.file("edited.png", &edited);
    stage.store.break_connections();
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(failure(&row).0, "file_changed");
    assert!(anna.pictures().await.is_empty());
    anna.engine.retry_failed_uploads().await.unwrap();
    let row = anna.until(&ids, |row| row.status == UploadStatus::Verified).await.remove(0);
    anna.assert_stored(row.picture.unwrap(), &edited).await;
}
