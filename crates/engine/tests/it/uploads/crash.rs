//! Crashes, quits and files that change meanwhile.

use engine::Event;
use engine::view::UploadStatus;
use testkit::photos;
use testkit::proxy::{Fault, When};

use super::stage::{Computer, Crashing, Stage, large_png, until};

fn parts_sent(stage: &Stage) -> Vec<String> {
    let mut parts: Vec<String> = stage
        .taken()
        .iter()
        .filter_map(|put| put.target.split("partNumber=").nth(1)?.split('&').next().map(str::to_owned))
        .collect();
    parts.sort();
    parts
}

/// Starts uploading on threads that then end as in a crash, when the store has taken two parts and holds the others.
async fn crash_in_the_middle(stage: &Stage, anna: &Computer, path: std::path::PathBuf) -> Vec<u32> {
    for part in ["partNumber=3&", "partNumber=4&"] {
        stage.store.next_when(When::method("PUT").containing(part), Fault::StallAfter { bytes: 10_000 });
    }
    let app = Crashing::new();
    let data_dir = anna.data_dir().to_owned();
    anna.engine.shutdown().await;
    let (crashing, ids) = app
        .run(async move {
            let crashing = Computer::new(data_dir, engine::Role::Window).await;
            crashing.engine.start();
            let ids = crashing.drop_files([path]).await;
            (crashing, ids)
        })
        .await;
    stage.store.stalled(2).await;
    until(|| stage.taken().len() == 2).await;
    app.crash();
    drop(crashing);
    stage.store.break_connections();
    stage.store.clear();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_exactly_the_missing_parts_are_sent() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let bytes = large_png((25 << 20) + 1, 4);
    let ids = crash_in_the_middle(&stage, &anna, stage.file("large.png", &bytes)).await;
    assert_eq!(parts_sent(&stage), ["1", "2"]);

    // Nobody sends it now, and a terminal doesn't say that somebody does.
    let terminal = anna.command().await;
    let seen = terminal.engine.upload_rows(ids.clone()).await.unwrap().remove(0);
    assert!(seen.status == UploadStatus::Queued && !seen.elsewhere, "{seen:?}");
    terminal.engine.shutdown().await;

    let restarted = anna.again().await;
    restarted.engine.start();
    let row = restarted.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    assert_eq!(parts_sent(&stage), ["1", "2", "3", "4"]);
    restarted.assert_stored(row.picture.unwrap(), &bytes).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changed_after_a_crash_is_told_and_sent_from_its_beginning() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    let path = stage.file("large.png", &large_png((25 << 20) + 1, 4));
    let ids = crash_in_the_middle(&stage, &anna, path).await;
    let changed = large_png((25 << 20) + 1, 5);
    stage.file("large.png", &changed);

    let restarted = anna.again().await;
    restarted.engine.start();
    let row = restarted.finished(&ids).await.remove(0);
    assert_eq!(row.status, UploadStatus::Verified);
    restarted.assert_stored(row.picture.unwrap(), &changed).await;
    assert_eq!(restarted.pictures().await.len(), 1);
    let told = restarted.window.events.lock().unwrap().iter().any(
        |event| matches!(event, Event::Notice(notice) if notice.message.starts_with("large.png was changed since")),
    );
    assert!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_kept_before_anything_is_sent_and_go_on_after_a_crash() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.shutdown().await;
    let folder = stage.folder.path().join("many");
    let paths = photos::sample_folder(&folder, 40);
    // Three of four transfers hang, so that the others go one by one; after some of them everything hangs.
    let puts = || When::method("PUT").containing("/pictures/");
    stage.store.times(3, puts(), Fault::StallAfter { bytes: 100 });
    let app = Crashing::new();
    let data_dir = anna.data_dir().to_owned();
    let (crashed, ids) = app
        .run(async move {
            let crashing = Computer::new(data_dir, engine::Role::Window).await;
            crashing.engine.start();
            let ids = crashing.drop_files([folder]).await;
            (crashing, ids)
        })
        .await;
    until(|| stage.taken().len() >= 10).await;
    stage.store.always(puts(), Fault::StallAfter { bytes: 0 });
    stage.store.stalled(4).await;
    app.crash();
    // What a process holds, such as its locks, goes with it.
    drop(crashed);
    assert!(stage.taken().len() < 40, "it should have been cut off");
    stage.store.clear();
    stage.store.break_connections();

    let restarted = anna.again().await;
    restarted.engine.start();
    let rows = restarted.finished(&ids).await;
    assert!(rows.iter().all(|row| row.status == UploadStatus::Verified), "{rows:#?}");
    assert_eq!(restarted.pictures().await.len(), 40, "each picture is there once");
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
        let picture = restarted.engine.resolve(&sha256).await.unwrap();
        restarted.assert_stored(picture, &bytes).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_and_a_command_share_the_queue_and_send_nothing_twice() {
    let stage = Stage::new().await;
    let anna = stage.anna().await;
    anna.engine.start();
    let command = anna.command().await;
    let folder = stage.folder.path().join("many");
    photos::sample_folder(&folder, 30);
    let ids = command.drop_files([folder]).await;
    let results = command.engine.finish_uploads(&ids, |_| {}).await.unwrap();
    assert!(results.iter().all(|result| result.status == engine::ResultStatus::Uploaded), "{results:?}");
    assert!(results.iter().all(|result| result.link.is_some()));
    assert_eq!(stage.taken().len(), 30);
    // The window shows what the command did.
    anna.until(&ids, |row| row.status == UploadStatus::Verified).await;
    assert_eq!(anna.pictures().await.len(), 30);
}
