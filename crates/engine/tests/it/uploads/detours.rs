//! What isn't done twice, and what isn't asked for one by one; counted.

use engine::Event;
use engine::view::{AiSettingsChange, SettingsChange};
use engine::{ResultStatus, Source};
use testkit::ai::{AiStandIn, KEY};
use testkit::photos;

use super::bucket::Store;
use super::stage::{Computer, Stage};

/// Calls of the service since a moment, without those that stay open.
fn calls(stage: &Stage, since: usize) -> Vec<String> {
    let calls = stage.service.exchanges();
    let calls = calls[since..].iter().map(|call| format!("{} {}", call.method, call.target));
    calls.filter(|call| !call.ends_with("/api/changes/stream")).collect()
}

/// Downloads of pictures from the store.
fn downloads(stage: &Stage) -> usize {
    let get = |call: &&testkit::proxy::Exchange| call.method == "GET" && call.target.contains("/pictures/pictures/");
    stage.store.exchanges().iter().filter(get).count()
}

/// How often something that is shown was written.
fn generation(computer: &Computer) -> i64 {
    let mut libraries = std::fs::read_dir(computer.data_dir().join("libraries")).unwrap();
    let catalogue = libraries.next().unwrap().unwrap().path().join("catalogue.db");
    let conn = catalogue::Connection::open(catalogue).unwrap();
    catalogue::table::state::generation(&conn).unwrap()
}

fn library_events(computer: &Computer) -> usize {
    computer.window.events.lock().unwrap().iter().filter(|event| matches!(event, Event::LibraryChanged)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_small_files_take_six_calls_of_the_service() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    let folder = stage.folder.path().join("many");
    photos::sample_folder(&folder, 60);
    let since = stage.service.exchanges().len();
    let ids = anna.drop_files([folder]).await;
    let results = anna.engine.finish_uploads(&ids, |_| ()).await.unwrap();
    assert!(results.iter().all(|result| result.status == ResultStatus::Uploaded && result.link.is_some()));
    let calls = calls(&stage, since);
    assert!(calls.len() <= 6, "{calls:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_small_files_take_six_calls_of_a_window_that_listens_too() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    anna.engine.start();
    anna.engine.sync().await.unwrap();
    let folder = stage.folder.path().join("many");
    photos::sample_folder(&folder, 60);
    let since = stage.service.exchanges().len();
    let ids = anna.drop_files([folder]).await;
    anna.finished(&ids).await;
    anna.engine.shutdown().await;
    let calls = calls(&stage, since);
    assert!(calls.len() <= 6, "{calls:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_computer_uploads_is_written_once_and_told_once() {
    let stage = Stage::with(Store::Embedded).await;
    let first = stage.anna().await;
    first.engine.sync().await.unwrap();
    first.engine.shutdown().await;
    // What was said of the new place itself was said to the first one; that a library was opened is said once.
    let anna = first.again().await;
    super::stage::until(|| library_events(&anna) == 1).await;
    let before = generation(&anna);
    let ids = anna.drop_files([stage.file("a.jpg", &photos::jpeg(640, 480, 1))]).await;
    anna.engine.finish_uploads(&ids, |_| ()).await.unwrap();
    super::stage::until(|| library_events(&anna) > 1).await;
    let written = generation(&anna);
    assert_eq!(written, before + 1);
    // What comes back by the feed, with the thumbnail that the store has by now, is nothing new.
    anna.engine.sync().await.unwrap();
    assert_eq!(generation(&anna), written);
    let picture = anna.pictures().await[0];
    anna.engine.shutdown().await;
    assert_eq!(library_events(&anna), 2);
    // Nor after a restart.
    let again = anna.again().await;
    again.engine.sync().await.unwrap();
    assert_eq!((generation(&again), again.pictures().await), (written, vec![picture]));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_on_this_disk_are_not_downloaded() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    let bytes = photos::jpeg(640, 480, 1);
    let file = stage.file("a.jpg", &bytes);
    let ids = anna.drop_files([file.clone()]).await;
    anna.engine.finish_uploads(&ids, |_| ()).await.unwrap();
    let id = anna.pictures().await[0];
    let ai = AiStandIn::start();
    let change = AiSettingsChange {
        key: Some(KEY.into()),
        base_url: Some(ai.base_url().to_string()),
        ..AiSettingsChange::default()
    };
    anna.engine.change_ai(change).await.unwrap();

    let since = stage.service.exchanges().len();
    assert_eq!(anna.engine.preview(id).await.unwrap().bytes, bytes);
    anna.engine.describe_one(id, None).await.unwrap();
    assert_eq!((downloads(&stage), calls(&stage, since)), (0, Vec::new()));

    // A file that was changed since is no source, also when it has the same size.
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&file, other).unwrap();
    assert_eq!(anna.engine.preview(id).await.unwrap().bytes, bytes);
    assert_eq!(downloads(&stage), 1);
    assert_eq!(anna.engine.preview(id).await.unwrap().bytes, bytes);
    anna.engine.describe_one(id, None).await.unwrap();
    assert_eq!(downloads(&stage), 1, "then it is in the cache");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_of_anothers_thumbnails_is_asked_for_at_once() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    let folder = stage.folder.path().join("many");
    photos::sample_folder(&folder, 60);
    let ids = anna.drop_files([folder]).await;
    anna.engine.finish_uploads(&ids, |_| ()).await.unwrap();
    let other = stage.annas_other("other").await;
    other.engine.sync().await.unwrap();
    let pictures = other.pictures().await;
    assert_eq!(pictures.len(), 60);

    let since = stage.service.exchanges().len();
    let shown = futures::future::join_all(pictures.iter().map(|id| other.engine.thumbnail(*id))).await;
    assert!(shown.iter().all(|shown| matches!(shown, Ok(Some(_)))), "{shown:?}");
    let calls = calls(&stage, since);
    assert!(calls.len() <= 2, "{calls:#?}");
    assert_eq!(downloads(&stage), 0, "thumbnails only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quick_upload_asks_for_its_links_once() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    let change = SettingsChange { describe_new: Some(false), ..SettingsChange::default() };
    anna.engine.change_settings(change).await.unwrap();
    let files = [1, 2, 3].map(|n| Source::Path(stage.file(&format!("{n}.png"), &photos::png(64, 48, n))));
    let since = stage.service.exchanges().len();
    let quick = anna.engine.quick_upload(files.to_vec()).await.unwrap();
    assert_eq!(quick.results.len(), 3);
    let links = quick.links.unwrap();
    let shown = reqwest::get(&links[1].text).await.unwrap().bytes().await.unwrap();
    assert_eq!((links.len(), &shown[..]), (3, &photos::png(64, 48, 2)[..]));
    let asked = calls(&stage, since).into_iter().filter(|call| call.ends_with("/api/links")).count();
    assert_eq!(asked, 1);
}
