//! The queue in the person's hands: files on hold, files moved, from the window and from a terminal; and what uploads may
//! use of the network.

use engine::view::{SettingsChange, UploadList, UploadMove, UploadStatus};
use engine::{ErrorKind, ResultStatus};
use testkit::photos;
use testkit::proxy::{Fault, When};

use super::bucket::Store;
use super::stage::{Computer, Stage, failure, large_png};

fn pictures() -> When {
    When::method("PUT").containing("/pictures/")
}

async fn open(computer: &Computer) -> Vec<u32> {
    let page = computer.engine.uploads_page(UploadList::Open, 0, 100).await.unwrap();
    page.rows.iter().map(|row| row.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_is_on_hold_while_the_others_go_on_also_after_a_restart() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.times(1, pictures(), Fault::StallAfter { bytes: 1000 });
    let bytes = photos::bmp(400, 300, 4);
    let held = anna.drop_files([stage.file("a.bmp", &bytes)]).await;
    anna.engine.start();
    stage.store.stalled(1).await;
    anna.engine.hold_uploads(held.clone()).await.unwrap();
    anna.until(&held, |row| row.status == UploadStatus::Paused).await;
    let other = anna.drop_files([stage.file("b.jpg", &photos::jpeg(64, 64, 1))]).await;
    assert_eq!(anna.finished(&other).await[0].status, UploadStatus::Verified);
    let summary = anna.snapshot().await.summary;
    assert_eq!((summary.held, summary.paused, summary.active), (1, false, true));
    anna.engine.shutdown().await;

    let restarted = anna.again().await;
    restarted.engine.start();
    let next = restarted.drop_files([stage.file("c.jpg", &photos::jpeg(64, 64, 2))]).await;
    assert_eq!(restarted.finished(&next).await[0].status, UploadStatus::Verified);
    restarted.until(&held, |row| row.status == UploadStatus::Paused).await;
    restarted.engine.unhold_uploads(held.clone()).await.unwrap();
    let row = restarted.finished(&held).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    restarted.assert_stored(row.picture.unwrap(), &bytes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_on_hold_goes_on_with_the_missing_parts() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.always(pictures().containing("partNumber=2&"), Fault::StallAfter { bytes: 1000 });
    let bytes = large_png((20 << 20) + 3, 6);
    let ids = anna.drop_files([stage.file("large.png", &bytes)]).await;
    anna.engine.start();
    stage.store.stalled(1).await;
    super::stage::until(|| stage.taken().len() == 2).await;
    anna.engine.hold_uploads(ids.clone()).await.unwrap();
    anna.until(&ids, |row| row.status == UploadStatus::Paused).await;
    stage.store.clear();
    anna.engine.unhold_uploads(ids.clone()).await.unwrap();
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    anna.assert_stored(row.picture.unwrap(), &bytes).await;
    assert_eq!(stage.taken().len(), 3, "each part once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_that_a_person_made_survives_a_restart() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.pause_uploads().await.unwrap();
    let files = (0..4).map(|n| stage.file(&format!("{n}.jpg"), &photos::jpeg(64, 64, n)));
    let ids = anna.drop_files(files.collect::<Vec<_>>()).await;
    let to = |to| anna.engine.move_uploads(vec![ids[3]], to);
    to(UploadMove::First).await.unwrap();
    to(UploadMove::Down).await.unwrap();
    anna.engine.move_uploads(vec![ids[0]], UploadMove::Last).await.unwrap();
    let order = [ids[3], ids[1], ids[2], ids[0]];
    assert_eq!(open(&anna).await, order);
    anna.engine.shutdown().await;

    let restarted = anna.again().await;
    restarted.engine.start();
    assert_eq!(open(&restarted).await, order);
    assert!(restarted.snapshot().await.summary.paused);
    restarted.engine.resume_uploads().await.unwrap();
    assert!(restarted.finished(&ids).await.iter().all(|row| row.status == UploadStatus::Verified));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_holds_cancels_and_pauses_what_a_window_works_on() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.always(pictures(), Fault::StallAfter { bytes: 1000 });
    let files =
        ["a.bmp", "b.bmp", "c.bmp"].iter().zip(1..).map(|(name, n)| stage.file(name, &photos::bmp(400, 300, n)));
    let ids = anna.drop_files(files.collect::<Vec<_>>()).await;
    anna.engine.start();
    stage.store.stalled(3).await;
    let command = anna.command().await;
    command.engine.hold_uploads(vec![ids[0]]).await.unwrap();
    anna.until(&ids[..1], |row| row.status == UploadStatus::Paused).await;
    command.engine.cancel_upload(ids[1]).await.unwrap();
    anna.until(&ids[1..2], |row| row.status == UploadStatus::Cancelled).await;
    command.engine.pause_uploads().await.unwrap();
    anna.until(&ids[2..], |row| row.status == UploadStatus::Queued).await;

    stage.store.clear();
    command.engine.resume_uploads().await.unwrap();
    assert_eq!(anna.finished(&ids[2..]).await[0].status, UploadStatus::Verified);
    let rows = anna.engine.upload_rows(ids[..1].to_vec()).await.unwrap();
    assert_eq!(rows[0].status, UploadStatus::Paused, "what was paused for itself goes on for itself");
    assert_eq!(command.engine.resume_held_uploads().await.unwrap(), 1);
    assert_eq!(anna.finished(&ids[..1]).await[0].status, UploadStatus::Verified);
    assert_eq!(anna.pictures().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_works_on_is_held_cancelled_and_paused_by_others() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    stage.store.always(pictures(), Fault::StallAfter { bytes: 1000 });
    let files =
        ["a.bmp", "b.bmp", "c.bmp"].iter().zip(1..).map(|(name, n)| stage.file(name, &photos::bmp(400, 300, n)));
    let ids = anna.drop_files(files.collect::<Vec<_>>()).await;
    let command = anna.command().await;
    let (said, mut says) = tokio::sync::watch::channel(None);
    let (engine, rows) = (command.engine.clone(), ids.clone());
    let working = tokio::spawn(async move {
        let tell = |change: &engine::view::UploadsChange| drop(said.send_replace(change.summary.waiting.clone()));
        engine.finish_uploads(&rows, tell).await.unwrap()
    });
    stage.store.stalled(3).await;
    let seen = anna.engine.upload_rows(ids.clone()).await.unwrap();
    assert!(seen.iter().all(|row| row.status == UploadStatus::Sending && row.elsewhere), "{seen:?}");
    anna.engine.hold_uploads(vec![ids[0]]).await.unwrap();
    anna.engine.cancel_upload(ids[1]).await.unwrap();
    anna.engine.pause_uploads().await.unwrap();
    let words = says.wait_for(Option::is_some).await.unwrap().clone().unwrap();
    assert!(words.starts_with("Uploads were paused meanwhile"), "{words}");
    let seen = anna.engine.upload_rows(ids.clone()).await.unwrap();
    let states: Vec<_> = seen.iter().map(|row| row.status.clone()).collect();
    assert_eq!(states, [UploadStatus::Paused, UploadStatus::Cancelled, UploadStatus::Queued]);
    assert!(!working.is_finished(), "it waits until it may go on");

    stage.store.clear();
    anna.engine.resume_uploads().await.unwrap();
    let results = working.await.unwrap();
    let code = |result: &engine::UploadResult| result.error.as_ref().map(|error| error.code);
    let came: Vec<_> = results.iter().map(|result| (result.status, code(result))).collect();
    let paused = (ResultStatus::Failed, Some(ErrorKind::Paused));
    let cancelled = (ResultStatus::Failed, Some(ErrorKind::Cancelled));
    assert_eq!(came, [paused, cancelled, (ResultStatus::Uploaded, None)]);
    assert_eq!(anna.engine.resume_held_uploads().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_keeps_to_a_limit_that_is_set_while_it_sends() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    // One kilobyte a second: the file would take hours.
    let limit = |limit| SettingsChange { upload_limit: Some(limit), ..SettingsChange::default() };
    anna.engine.change_settings(limit(1)).await.unwrap();
    let ids = anna.drop_files([stage.file("large.png", &large_png(9 << 20, 3))]).await;
    let command = anna.command().await;
    let (engine, rows) = (command.engine.clone(), ids.clone());
    let (sent, mut sends) = tokio::sync::watch::channel(0);
    let working = tokio::spawn(async move {
        let tell = |change: &engine::view::UploadsChange| _ = sent.send_replace(change.summary.bytes_sent);
        engine.finish_uploads(&rows, tell).await.unwrap()
    });
    sends.wait_for(|sent| *sent > 0).await.unwrap();
    anna.engine.change_settings(limit(0)).await.unwrap();
    assert_eq!(working.await.unwrap()[0].status, ResultStatus::Uploaded);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_told_by_their_reason_and_tried_again_together() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let denied = testkit::proxy::CannedAnswer::s3(403, "AccessDenied", "Access Denied");
    stage.store.always(pictures(), Fault::Answer(denied));
    let files = (0..12).map(|n| stage.file(&format!("photo-{n}.jpg"), &photos::jpeg(64, 64, n)));
    let mut ids = anna.drop_files(files.collect::<Vec<_>>()).await;
    ids.extend(anna.drop_files([stage.file("words-1.jpg", b"words"), stage.file("words-2.jpg", b"words, too")]).await);
    anna.engine.start();
    anna.finished(&ids).await;
    let failures = anna.engine.upload_failures().await.unwrap();
    let told: Vec<_> = failures.iter().map(|group| (group.files, group.retryable, &*group.message)).collect();
    assert_eq!((told[0].0, told[0].1), (12, 12));
    assert!(told[0].2.contains("403 AccessDenied: Access Denied"), "{told:?}");
    assert!(told[0].2.contains("may write to the bucket"), "{told:?}");
    assert_eq!((told.len(), told[1].0, told[1].1), (2, 2, 0));
    assert!(told[1].2.starts_with("For example: words-") && told[1].2.contains("is not a picture"), "{told:?}");

    stage.store.clear();
    let group = &failures[0];
    anna.engine.retry_upload_group(group.code.clone(), group.reason.clone()).await.unwrap();
    let rows = anna.until(&ids[..12], |row| row.status == UploadStatus::Verified).await;
    assert_eq!(rows.len(), 12);
    assert_eq!(anna.engine.upload_failures().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bandwidth_limit_applies_at_once_to_what_is_under_way() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let limit = |kilobytes| {
        anna.engine.change_settings(SettingsChange { upload_limit: Some(kilobytes), ..SettingsChange::default() })
    };
    // It would take most of an hour, far longer than a test waits.
    assert_eq!(limit(1).await.unwrap().upload_limit, Some(1));
    let bytes = large_png(3 << 20, 8);
    let ids = anna.drop_files([stage.file("large.png", &bytes)]).await;
    anna.engine.start();
    anna.until(&ids, |row| row.status == UploadStatus::Sending && row.sent > 0 && row.sent < row.size).await;
    assert_eq!(limit(0).await.unwrap().upload_limit, None);
    let row = anna.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    anna.assert_stored(row.picture.unwrap(), &bytes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_cut_while_it_is_sent_is_told_as_that_and_goes_up_when_it_is_whole() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    let limit = |kilobytes| {
        anna.engine.change_settings(SettingsChange { upload_limit: Some(kilobytes), ..SettingsChange::default() })
    };
    limit(1).await.unwrap();
    // Larger than what is kept in memory.
    let bytes = large_png(6 << 20, 9);
    let path = stage.file("large.png", &bytes);
    let ids = anna.drop_files([path.clone()]).await;
    anna.engine.start();
    anna.until(&ids, |row| row.status == UploadStatus::Sending && row.sent > 0 && row.sent < row.size).await;
    std::fs::File::options().write(true).open(&path).unwrap().set_len(1 << 20).unwrap();
    limit(0).await.unwrap();
    let row = anna.finished(&ids).await.remove(0);
    let (code, message) = failure(&row);
    assert_eq!(code, "file_changed", "{message}");
    assert!(message.starts_with("large.png was cut or changed while it was being uploaded"), "{message}");
    assert!(anna.pictures().await.is_empty());

    std::fs::write(&path, &bytes).unwrap();
    anna.engine.retry_upload(ids[0]).await.unwrap();
    let row = anna.until(&ids, |row| row.status == UploadStatus::Verified).await.remove(0);
    anna.assert_stored(row.picture.unwrap(), &bytes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_with_the_same_bytes_at_once_make_one_picture() {
    let stage = Stage::new().await;
    let (anna, desktop) = (stage.anna().await, stage.annas_other("desktop").await);
    let files: Vec<Vec<u8>> = (0..6).map(|n| photos::jpeg(200, 100, n)).chain([large_png(18 << 20, 4)]).collect();
    let paths = |folder: &str| -> Vec<_> {
        files.iter().enumerate().map(|(n, bytes)| stage.file(&format!("{folder}/{n}.jpg"), bytes)).collect()
    };
    let (here, there) = (paths("laptop"), paths("desktop"));
    let (mine, theirs) = (anna.drop_files(here).await, desktop.drop_files(there).await);
    anna.engine.start();
    desktop.engine.start();
    let (mine, theirs) = tokio::join!(anna.finished(&mine), desktop.finished(&theirs));
    for (mine, theirs) in mine.iter().zip(&theirs) {
        let landed = [&mine.status, &theirs.status];
        assert!(landed.iter().all(|s| matches!(s, UploadStatus::Verified | UploadStatus::Duplicate)), "{landed:?}");
    }
    anna.engine.sync().await.unwrap();
    assert_eq!(anna.pictures().await.len(), files.len());
    for (row, bytes) in mine.iter().zip(&files) {
        anna.assert_stored(row.picture.unwrap(), bytes).await;
    }
}
