//! Memory doesn't grow with the number of files: counted by the allocator, not timed.

use std::path::Path;
use std::sync::Arc;

use engine::view::UploadList;
use engine::{Engine, EngineConfig, Event, EventSink, ResultStatus, Role, Source, UploadOptions};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One at a time: they share the allocator.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

struct Nobody;

impl EventSink for Nobody {
    fn emit(&self, _: Event) {}
}

async fn engine(data_dir: &Path, role: Role) -> Engine {
    let engine = Engine::open(EngineConfig {
        data_dir: data_dir.to_owned(),
        role,
        passphrase: Some("correct horse".to_owned().into()),
        events: Arc::new(Nobody),
        version: "test".to_owned(),
        device_name: "test".to_owned(),
    })
    .await
    .unwrap();
    engine.choose_this_computer().await.unwrap();
    engine
}

/// The smallest PNG of one pixel, each of another colour.
fn picture(number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let colour = number.to_le_bytes();
    let pixel = image::RgbImage::from_pixel(1, 1, image::Rgb([colour[0], colour[1], colour[2]]));
    pixel.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A folder of folders with 250 files each.
fn folder(root: &Path, files: u32) {
    for number in 0..files {
        let folder = root.join(format!("{:04}", number / 250));
        if number.is_multiple_of(250) {
            std::fs::create_dir_all(&folder).unwrap();
        }
        std::fs::write(
            folder.join(format!("a picture with a name of some length, number {number:06}.png")),
            picture(number),
        )
        .unwrap();
    }
}

/// The most bytes at a time, beyond those before, that `work` takes, and what it gives.
async fn most<T>(work: impl Future<Output = T>) -> (usize, T) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let given = work.await;
    (MEMORY.peak_usage().saturating_sub(before), given)
}

#[tokio::test(flavor = "multi_thread")]
async fn queueing_ten_times_as_many_files_takes_no_more_memory() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let mut taken = Vec::new();
    for files in [2_000u32, 20_000] {
        let home = tempfile::tempdir().unwrap();
        let dropped = home.path().join("dropped");
        folder(&dropped, files);
        let engine = engine(&home.path().join("data"), Role::CommandLine).await;
        let (bytes, ids) = most(engine.upload(vec![Source::Path(dropped)], UploadOptions::default())).await;
        assert_eq!(ids.unwrap().len(), files as usize);
        let (shown, snapshot) = most(engine.uploads()).await;
        assert!(snapshot.unwrap().rows.len() <= 1000);
        let page = engine.uploads_page(UploadList::Open, files - 10, 50).await.unwrap();
        assert_eq!((page.rows.len(), page.total), (10, files));
        assert!(page.rows[9].name.ends_with(&format!("number {:06}.png", files - 1)), "the order is kept");
        taken.push((bytes, shown));
    }
    let [(few, few_shown), (many, many_shown)] = taken[..] else { unreachable!() };
    // The rows' numbers are given back: four bytes each, in a list that doubles. What else is held is as much as is under way at a
    // time, which is left to chance; one file remembered by its path alone would be over 100 bytes.
    assert!(many < 2 * few + 20_000 * 20, "{few} bytes for 2,000 files, {many} for 20,000");
    assert!(many_shown < few_shown * 2, "{few_shown} bytes to show 2,000 files, {many_shown} for 20,000");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploading_four_times_as_many_files_takes_no_more_memory() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let mut taken = Vec::new();
    for files in [600u32, 2_400] {
        let home = tempfile::tempdir().unwrap();
        let dropped = home.path().join("dropped");
        folder(&dropped, files);
        let engine = engine(&home.path().join("data"), Role::CommandLine).await;
        let ids = engine.upload(vec![Source::Path(dropped)], UploadOptions::default()).await.unwrap();
        let mut told = 0;
        let (bytes, finished) = most(engine.finish_uploads_by_page(
            &ids,
            |_| (),
            |page| {
                for result in page {
                    assert_eq!(result.status, ResultStatus::Uploaded, "{result:?}");
                    assert!(result.path.ends_with(&format!("number {told:06}.png")), "in order: {}", result.path);
                    assert!(result.link.is_some());
                    told += 1;
                }
            },
        ))
        .await;
        finished.unwrap();
        assert_eq!(told, files);
        taken.push(bytes);
    }
    let [few, many] = taken[..] else { unreachable!() };
    // How much is under way at a time is left to chance; with every file remembered it would be four times as much.
    assert!(many < 2 * few, "{few} bytes for 600 files, {many} for 2,400");
}
