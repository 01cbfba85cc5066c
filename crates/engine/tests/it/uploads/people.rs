//! What people do to the queue: pause, resume, cancel, retry, clear.

use engine::view::{UploadRow, UploadStatus};
use testkit::photos;
use testkit::proxy::{Fault, When};

use super::stage::{Stage, failure, large_png, until};

fn pictures() -> When {
    When::method("PUT").containing("/pictures/")
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_stops_a_transfer_at_once_and_nothing_is_left_in_the_store() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.times(4, pictures(), Fault::StallAfter { bytes: 100_000 });
    let large = stage.file("large.png", &large_png(20 << 20, 1));
    let ids = anna.drop_files([large]).await;
    anna.engine.start();
    stage.store.stalled(1).await;
    anna.engine.cancel_upload(ids[0]).await.unwrap();
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Cancelled);

    // What comes after goes on, and the service is told to forget what was sent.
    let next = anna.drop_files([stage.file("next.jpg", &photos::jpeg(64, 64, 9))]).await;
    assert_eq!(anna.finished(&next).await[0].status, UploadStatus::Verified);
    until(|| stage.service.exchanges().iter().any(|call| call.method == "DELETE" && call.status == Some(200))).await;
    assert_eq!(anna.pictures().await.len(), 1);

    // Wanted after all.
    stage.store.clear();
    anna.engine.retry_upload(ids[0]).await.unwrap();
    anna.until(&ids, |row| row.status == UploadStatus::Verified).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pausing_stops_at_once_survives_a_restart_and_resuming_goes_on() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.times(1, pictures(), Fault::StallAfter { bytes: 1000 });
    let bytes = photos::bmp(400, 300, 4);
    let ids = anna.drop_files([stage.file("a.bmp", &bytes)]).await;
    anna.engine.start();
    stage.store.stalled(1).await;
    anna.engine.pause_uploads().await.unwrap();
    let snapshot = anna.snapshot().await;
    assert!(snapshot.summary.paused && snapshot.summary.active);
    assert_eq!(snapshot.rows[0].status, UploadStatus::Queued);
    anna.engine.shutdown().await;

    let restarted = anna.again().await;
    restarted.engine.start();
    restarted.until(&ids, |row| row.status == UploadStatus::Queued).await;
    assert!(stage.taken().is_empty());
    restarted.engine.resume_uploads().await.unwrap();
    let row = restarted.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    restarted.assert_stored(row.picture.unwrap(), &bytes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_all_clearing_and_retrying() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let folder = stage.folder.path().join("many");
    photos::sample_folder(&folder, 5);
    let mut ids = anna.drop_files([folder]).await;
    ids.extend(anna.drop_files([stage.file("notes.txt", b"no")]).await);
    let cancelled = anna.engine.cancel_uploads().await.unwrap();
    assert_eq!(cancelled.uploads, 6);
    let all = |rows: &[UploadRow], status| rows.iter().all(|row| row.status == status);
    assert_eq!(anna.engine.uncancel_uploads(cancelled.number).await.unwrap(), 6);
    let rows = anna.snapshot().await.rows;
    assert!(all(&rows, UploadStatus::Queued), "{rows:?}");
    anna.engine.cancel_uploads().await.unwrap();
    assert_eq!(anna.engine.retry_cancelled_uploads().await.unwrap(), 6);
    anna.engine.cancel_uploads().await.unwrap();
    anna.engine.start();
    let rows = anna.snapshot().await.rows;
    assert!(all(&rows, UploadStatus::Cancelled), "{rows:?}");
    anna.engine.clear_finished_uploads().await.unwrap();
    assert!(anna.snapshot().await.rows.is_empty());

    // A file that can't be read is tried again when the person says so.
    let path = stage.folder.path().join("pictures/late.jpg");
    let late = anna.drop_files([path]).await;
    let row = anna.finished(&late).await.remove(0);
    assert_eq!(failure(&row).0, "unreadable");
    stage.file("late.jpg", &photos::jpeg(50, 50, 2));
    anna.engine.retry_failed_uploads().await.unwrap();
    anna.until(&late, |row| row.status == UploadStatus::Verified).await;
    assert_eq!(anna.pictures().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_first_of_two_equal_files_is_cancelled_the_second_is_sent() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.next_when(pictures(), Fault::StallAfter { bytes: 100 });
    let bytes = photos::png(60, 60, 6);
    let ids = anna.drop_files([stage.file("first.png", &bytes), stage.file("second.png", &bytes)]).await;
    anna.engine.start();
    stage.store.stalled(1).await;
    let rows = anna.snapshot().await.rows;
    let first = rows.iter().find(|row| row.status == UploadStatus::Sending).unwrap().id;
    anna.engine.cancel_upload(first).await.unwrap();
    let rows = anna.finished(&ids).await;
    for row in rows {
        let expected = if row.id == first { UploadStatus::Cancelled } else { UploadStatus::Verified };
        assert_eq!(row.status, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_a_large_drop_is_told_and_refused_ones_keep_nobody() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let folder = stage.folder.path().join("many");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..1500 {
        std::fs::write(folder.join(format!("{number:04}.txt")), b"no picture").unwrap();
    }
    std::fs::write(folder.join("picture.png"), photos::png(40, 40, 1)).unwrap();
    let ids = anna.drop_files([folder]).await;
    assert_eq!(ids.len(), 1501);
    assert!(anna.snapshot().await.rows.len() <= 500, "a window that opens is not told everything at once");
    anna.engine.start();
    let rows = anna.finished(&ids).await;
    assert_eq!(rows[1500].status, UploadStatus::Verified);
    let summary = anna.snapshot().await.summary;
    assert_eq!((summary.total, summary.left_alone, summary.failed, summary.verified), (1501, 1500, 0, 1));
}
