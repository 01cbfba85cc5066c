//! What the window says of the connection is what uploads and the viewer know.

use engine::ErrorKind;
use engine::view::{Connection, UploadStatus};
use testkit::photos;
use testkit::proxy::{CannedAnswer, Fault, When};

use super::bucket::Store;
use super::stage::Stage;

fn store_is_offline(connection: &Connection) -> bool {
    matches!(connection, Connection::StoreOffline { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_store_is_told_until_uploads_get_through_again() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    anna.engine.start();
    anna.until_connection("online", |now| *now == Connection::Online).await;
    stage.store.down();
    let ids = anna.drop_files([stage.file("a.jpg", &photos::jpeg(300, 200, 1))]).await;
    let Connection::StoreOffline { reason } = anna.until_connection("store offline", store_is_offline).await else {
        unreachable!()
    };
    assert!(reason.contains("go on by themselves") && !reason.contains("os error"), "{reason}");
    // The service answers all the while: that alone is not "online".
    anna.engine.sync().await.unwrap();
    assert!(store_is_offline(&anna.engine.state().connection), "{:?}", anna.engine.state().connection);
    assert_eq!(anna.snapshot().await.summary.unfinished(), 1);

    stage.store.up();
    let rows = anna.finished(&ids).await;
    assert_eq!(rows[0].status, UploadStatus::Verified);
    anna.until_connection("online", |now| *now == Connection::Online).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_viewer_tells_of_a_dead_store_and_of_one_that_is_back() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    let ids = anna.drop_files([stage.file("a.jpg", &photos::jpeg(300, 200, 1))]).await;
    let results = anna.engine.finish_uploads(&ids, |_| {}).await.unwrap();
    let picture = anna.engine.resolve(results[0].id.as_deref().unwrap()).await.unwrap();
    assert_eq!(anna.engine.state().connection, Connection::Connecting, "nobody has asked yet");
    anna.engine.sync().await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let download = || anna.engine.download(picture, folder.path().to_owned());
    stage.store.down();
    assert_eq!(download().await.unwrap_err().code, ErrorKind::StoreUnreachable);
    assert!(store_is_offline(&anna.engine.state().connection), "{:?}", anna.engine.state().connection);
    stage.store.up();
    download().await.unwrap();
    assert_eq!(anna.engine.state().connection, Connection::Online);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_the_key_is_told_as_that() {
    let stage = Stage::with(Store::Embedded).await;
    let anna = stage.anna().await;
    anna.engine.sync().await.unwrap();
    stage.store.always(
        When::method("PUT"),
        Fault::Answer(CannedAnswer::s3(403, "InvalidAccessKeyId", "The key was withdrawn.")),
    );
    let ids = anna.drop_files([stage.file("a.jpg", &photos::jpeg(300, 200, 1))]).await;
    anna.engine.finish_uploads(&ids, |_| {}).await.unwrap();
    let Connection::StoreRefused { reason } = anna.engine.state().connection else {
        panic!("{:?}", anna.engine.state().connection)
    };
    assert!(reason.contains("InvalidAccessKeyId"), "{reason}");
}
