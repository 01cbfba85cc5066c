//! Where the app's own log goes: a file beside the library, and the terminal for whoever asks with `RUST_LOG`.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// The log's name in the app's folder.
const FILE: &str = "image-manager.log";
/// A log longer than this is set aside when the app starts, in place of the one set aside before.
const LIMIT: u64 = 2 * 1024 * 1024;

/// Starts logging. Without a folder that can be written only the terminal is left; that is never a reason to stop.
pub fn start(data_dir: &Path) {
    let file = open(data_dir).ok().map(|file| {
        let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).from_env_lossy();
        fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(filter)
    });
    let terminal = std::env::var_os("RUST_LOG")
        .map(|_| fmt::layer().with_writer(io::stderr).with_filter(EnvFilter::from_default_env()));
    // A second start in one process (tests) keeps the first one's log.
    let _ = tracing_subscriber::registry().with(file).with(terminal).try_init();
}

/// Two processes may append to the same log at once.
fn open(data_dir: &Path) -> io::Result<File> {
    fs::create_dir_all(data_dir)?;
    let path = data_dir.join(FILE);
    if fs::metadata(&path).is_ok_and(|meta| meta.len() > LIMIT) {
        fs::rename(&path, data_dir.join("image-manager.old.log"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), vec![b'x'; LIMIT as usize + 1]).unwrap();
        open(dir.path()).unwrap();
        assert_eq!(fs::metadata(dir.path().join(FILE)).unwrap().len(), 0);
        assert_eq!(fs::metadata(dir.path().join("image-manager.old.log")).unwrap().len(), LIMIT + 1);
    }

    #[test]
    fn a_short_log_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), b"before\n").unwrap();
        open(dir.path()).unwrap();
        assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), b"before\n");
    }
}
