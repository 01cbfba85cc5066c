//! How long it takes, and how much memory, to want something done for very many pictures. Run by
//! `cargo xtask bench jobs`.

#![allow(clippy::print_stdout, reason = "a measurement for the terminal")]

use std::time::Instant;

use account_api::Image;
use catalogue::table::job::{self, Kind};
use catalogue::table::picture;
use catalogue::{Catalogue, CatalogueError};
use futures::executor::block_on;

/// Pictures that are written in one transaction.
const TOGETHER: u32 = 2000;

fn main() -> Result<(), CatalogueError> {
    let many = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let catalogue = Catalogue::open(folder.path())?.catalogue;
    let mut ids = Vec::new();
    for first in (0..many).step_by(TOGETHER as usize) {
        let written = catalogue.write(move |conn| {
            (first..many.min(first + TOGETHER)).map(|number| Ok(picture::upsert(conn, &image(number))?.id)).collect()
        });
        ids.extend(block_on::<_>(written).map(|ids: Vec<u32>| ids)?);
    }

    // From here on the peak is that of the jobs; elsewhere than on Linux there is no such number.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:");
    let begun = Instant::now();
    let wanted = block_on(catalogue.write(move |conn| job::want(conn, Kind::Describe, &ids, None)))?;
    let took = begun.elapsed();
    let grown = memory("VmHWM:").zip(before).map(|(peak, before)| peak.saturating_sub(before) as f64 / 1024.0);
    let grown = grown.map_or("unknown".to_owned(), |mib| format!("{mib:.1} MiB"));
    println!("{} jobs: {:.2} s, memory {grown}", wanted.len(), took.as_secs_f64());
    Ok(())
}

/// A picture with a number for everything that has to differ.
fn image(number: u32) -> Image {
    Image {
        id: format!("image-{number:08}"),
        revision: 1,
        name: format!("IMG_{number:06}.jpg"),
        format: "jpeg".into(),
        content_type: "image/jpeg".into(),
        size: 1,
        sha256: format!("{number:064x}"),
        created_at: "2026-03-01T12:00:00.000Z".into(),
        updated_at: "2026-03-01T12:00:00.000Z".into(),
        ..Image::default()
    }
}

/// A figure of this process, in KiB.
fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name)?.trim().trim_end_matches(" kB").parse().ok())
}
