//! The queue through restarts and a service that comes and goes.

use engine::upload::{Source, UploadOptions};
use engine::view::{UploadStatus, UploadsSnapshot};
use engine::{Engine, Event, Role};
use rstest::rstest;
use testkit::photos;

use crate::world::{Database, Hosted, Person, Store};

/// Waits until nothing is left to do.
async fn drained(person: &Person) -> UploadsSnapshot {
    loop {
        let snapshot = person.engine.uploads().await.unwrap();
        if !snapshot.summary.active {
            return snapshot;
        }
        person.events.clear();
        if person.engine.uploads().await.unwrap().summary.active {
            person.events.until("news of the queue", |event| matches!(event, Event::Uploads(_))).await;
        }
    }
}

async fn enqueue(engine: &Engine, person: &Person, count: u64) -> Vec<u32> {
    let sources = (0..count)
        .map(|seed| Source::Path(person.file(&format!("{seed}.jpg"), &photos::jpeg(400, 300, seed))))
        .collect();
    engine.upload(sources, UploadOptions::default()).await.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_goes_on_by_itself_after_a_restart(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Store::Embedded, Store::Garage)] store: Store,
) {
    let hosted = Hosted::start(database, store).await;
    // Queued by a process that ended before it worked on them.
    let anna = hosted.person("anna").await;
    enqueue(&anna.engine, &anna, 12).await;
    let anna = anna.restart(Role::Window).await;
    anna.engine.start();
    let snapshot = drained(&anna).await;
    assert!(snapshot.rows.iter().all(|row| row.status == UploadStatus::Verified), "{snapshot:#?}");
    assert_eq!(anna.count().await, 12);
    anna.engine.shutdown().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_service_down_uploads_wait_and_then_go_on(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let mut hosted = Hosted::start(database, Store::Embedded).await;
    let anna = Person::new(Role::Window).await;
    anna.register(&hosted, "anna").await;
    anna.engine.start();
    hosted.stop().await;
    enqueue(&anna.engine, &anna, 3).await;
    anna.events
        .until(
            "the queue to say that it waits",
            |event| matches!(event, Event::Uploads(change) if change.summary.waiting.is_some()),
        )
        .await;
    let snapshot = anna.engine.uploads().await.unwrap();
    assert!(snapshot.rows.iter().all(|row| !matches!(row.status, UploadStatus::Failed { .. })), "{snapshot:#?}");
    hosted.resume().await;
    let snapshot = drained(&anna).await;
    assert!(snapshot.rows.iter().all(|row| row.status == UploadStatus::Verified), "{snapshot:#?}");
    anna.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_refuses_the_services_key_fails_with_a_reason_and_can_be_retried() {
    let hosted = Hosted::start(Database::Sqlite, Store::Garage).await;
    let anna = Person::new(Role::Window).await;
    anna.register(&hosted, "anna").await;
    anna.engine.start();
    hosted.garage().allow(false, false).await;
    enqueue(&anna.engine, &anna, 1).await;
    anna.events
        .until("a reason", |event| match event {
            Event::Uploads(change) => {
                change.summary.waiting.is_some()
                    || change
                        .changed
                        .iter()
                        .any(|row| matches!(row.status, UploadStatus::Failed { retryable: true, .. }))
            }
            _ => false,
        })
        .await;
    hosted.garage().allow(true, true).await;
    anna.engine.retry_failed_uploads().await.unwrap();
    let snapshot = drained(&anna).await;
    assert_eq!(snapshot.rows[0].status, UploadStatus::Verified, "{snapshot:#?}");
    anna.engine.shutdown().await;
}
