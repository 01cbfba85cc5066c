//! What one upload writes takes as many steps of SQLite's machine in a large library as in a small one. Of a statement that reads
//! all pictures nobody sees anything in a test, and everybody at home.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use catalogue::Connection;
use catalogue::table::picture;
use catalogue::table::upload::{self, NewUpload, Origin, Outcome};

use crate::support::{catalogue, image, put, write};

/// How many pictures the small library has.
const FEW: u32 = 100;

/// And the large one.
const MANY: u32 = 4_000;

/// How many pictures come in at a time.
const AT_ONCE: u32 = 20;

fn row(number: u32) -> NewUpload {
    NewUpload {
        origin: Origin::File,
        given: format!("/pictures/IMG_{number:04}.jpg"),
        name: format!("IMG_{number:04}.jpg"),
        shown_source: "/pictures".into(),
        path: Some(format!("/pictures/IMG_{number:04}.jpg").into_bytes()),
        album: None,
        describe: false,
        size: 1000,
        modified_ns: None,
        failure: None,
        found: false,
    }
}

/// From the rows of the queue to pictures in the library.
fn upload(conn: &Connection, first: u32) -> Result<(), rusqlite::Error> {
    let rows: Vec<NewUpload> = (first..first + AT_ONCE).map(row).collect();
    upload::insert(conn, &rows, None)?;
    let claimed = upload::claim(conn, "worker", None, AT_ONCE as usize)?;
    let mut ends = Vec::new();
    for (row, number) in claimed.iter().zip(first..) {
        let image = image(number);
        let picture = picture::upsert(conn, &image)?.id;
        upload::could_replace(conn, row.id, picture)?;
        ends.push((row.id, Outcome::Verified { image_id: image.id, picture: Some(picture), owes_thumbnail: false }));
    }
    let landed = upload::finish(conn, "worker", &ends)?;
    assert_eq!(landed.len(), AT_ONCE as usize);
    upload::settle_failed(conn, &landed).map(drop)
}

/// Steps of uploading some pictures into a library of so many.
fn steps(pictures: u32) -> u64 {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, (1..=pictures).map(image).collect());
    // Once before, so that what is prepared and made at the first time is there.
    write(&catalogue, move |conn| upload(conn, pictures + 1));
    write(&catalogue, move |conn| {
        let steps = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&steps);
        conn.progress_handler(
            1,
            Some(move || {
                counted.fetch_add(1, Ordering::Relaxed);
                false
            }),
        )?;
        upload(conn, pictures + 1 + AT_ONCE)?;
        conn.progress_handler(1, None::<fn() -> bool>)?;
        Ok(steps.load(Ordering::Relaxed))
    })
}

#[test]
fn an_upload_takes_no_longer_in_a_large_library() {
    let (few, many) = (steps(FEW), steps(MANY));
    assert!(few > 0 && many <= few + few / 10, "{few} steps among {FEW} pictures, {many} among {MANY}");
}
