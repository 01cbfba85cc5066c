//! Where the app's own log goes: a file beside the library, and the terminal for whoever asks with `RUST_LOG`.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use machine::files;
use machine::log::{WithoutSecrets, without_inner_life};
use tracing_subscriber::filter::{EnvFilter, FilterExt, LevelFilter};
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
        let writer = WithoutSecrets(Mutex::new(file));
        fmt::layer().with_ansi(false).with_writer(writer).with_filter(filter.and(without_inner_life()))
    });
    let terminal = std::env::var_os("RUST_LOG")
        .map(|_| EnvFilter::from_default_env().and(without_inner_life()))
        .map(|filter| fmt::layer().with_writer(WithoutSecrets(io::stderr)).with_filter(filter));
    // A second start in one process (tests) keeps the first one's log.
    let _ = tracing_subscriber::registry().with(file).with(terminal).try_init();
}

/// Two processes may append to the same log at once. It is its owner's only: it names pictures.
fn open(data_dir: &Path) -> io::Result<File> {
    files::folder(data_dir)?;
    let (path, old) = (data_dir.join(FILE), data_dir.join("image-manager.old.log"));
    if fs::metadata(&path).is_ok_and(|meta| meta.len() > LIMIT) {
        fs::rename(&path, &old)?;
    }
    [&path, &old].into_iter().for_each(|log| files::tighten(log));
    files::options().create(true).append(true).open(path)
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

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_the_log() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        fs::write(&path, b"before\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        open(dir.path()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
