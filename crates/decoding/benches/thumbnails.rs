//! Makes thumbnails of a folder's pictures as the app does, on all cores: `cargo xtask bench thumbnails` runs it beside another
//! program.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

fn main() -> ExitCode {
    if let Some(ended) = decoding::serve_if_asked() {
        return ended;
    }
    let given: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to] = given.as_slice() else { return ExitCode::from(2) };
    let Ok(entries) = std::fs::read_dir(from) else { return ExitCode::from(2) };
    let files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let made = std::fs::read(file).ok().and_then(|bytes| decoding::examine(&bytes).ok()?.thumbnail);
                    let kept = made.zip(file.file_name()).map(|(made, name)| std::fs::write(to.join(name), made.bytes));
                    if !matches!(kept, Some(Ok(()))) {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    if failed.into_inner() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
