//! Prints what is found in picture files, how long it takes, and how that compares with decoding them whole:
//! `cargo run --release -p pictures --example examine -- [--thumbnails FOLDER] FILE…`

#![allow(clippy::print_stdout)]

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pictures::{Limits, examine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let mut folder = None;
    if arguments.peek().is_some_and(|first| first == "--thumbnails") {
        arguments.next();
        folder = arguments.next().map(PathBuf::from);
    }
    for path in arguments {
        let bytes = std::fs::read(&path)?;
        let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        match examine(&bytes, &Limits::default()) {
            Err(error) => println!("{name:28} refused ({}): {error}", error.code()),
            Ok(picture) => {
                let size = picture.width.zip(picture.height).map_or("?".into(), |(w, h)| format!("{w} × {h}"));
                let took = fastest(|| drop(examine(&bytes, &Limits::default())));
                let whole = fastest(|| {
                    let reader = image::ImageReader::new(Cursor::new(&bytes)).with_guessed_format();
                    drop(reader.map(|reader| reader.decode()));
                });
                let small = picture.thumbnail.as_ref().map_or("-".into(), |small| {
                    format!("{} × {} {} {} B", small.width, small.height, small.mime, small.bytes.len())
                });
                println!(
                    "{name:28} {:10} {size:12} {:6.1} ms ({:.2} of whole)  {small}  {:?} {:?} {:?}  {}",
                    picture.format.label(),
                    took.as_secs_f64() * 1e3,
                    took.as_secs_f64() / whole.as_secs_f64(),
                    picture.taken_at,
                    picture.camera,
                    picture.facts,
                    picture.remark.map(|remark| remark.to_string()).unwrap_or_default(),
                );
                if let (Some(folder), Some(small)) = (&folder, &picture.thumbnail) {
                    let extension = if small.mime == "image/png" { "png" } else { "jpg" };
                    std::fs::write(folder.join(format!("{name}.{extension}")), &small.bytes)?;
                }
            }
        }
    }
    Ok(())
}

/// The fastest of five runs.
fn fastest(mut run: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        run();
        best = best.min(begun.elapsed());
    }
    best
}
