//! What a service lets an account have open at once.

use engine::view::UploadStatus;
use testkit::photos;

use super::bucket::Store;
use super::once::assert_each_once;
use super::stage::Stage;

/// Others have to end first, and then it goes on by itself: no file fails.
#[tokio::test(flavor = "multi_thread")]
async fn files_beyond_the_bound_wait_and_all_of_them_land() {
    let stage = Stage::configured(Store::Embedded, |config| config.limits.open_uploads = 3).await;
    let anna = stage.anna().await;
    let pictures: Vec<Vec<u8>> = (1..=8).map(|n| photos::bmp(40, 30, n)).collect();
    let files = pictures.iter().enumerate().map(|(n, bytes)| stage.file(&format!("{n}.bmp"), bytes));
    let ids = anna.drop_files(files).await;
    anna.engine.start();
    let rows = anna.finished(&ids).await;
    assert!(rows.iter().all(|row| row.status == UploadStatus::Verified), "{rows:#?}");
    assert_each_once(&stage, &anna, &pictures.iter().map(Vec::as_slice).collect::<Vec<_>>()).await;
}
