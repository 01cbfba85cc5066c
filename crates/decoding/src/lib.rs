//! Decoding what strangers may have made, in a process of its own: the same program, started again with [`WORKER`], which reads
//! bytes from its standard input and answers on its standard output. It may hang, crash or be killed; then the picture can't be
//! shown, and everything goes on. On Linux it has no network, no files and no other processes ([`confine`]); everywhere its
//! memory and time are bounded as far as the system does that.
//!
//! A program takes part by calling [`serve_if_asked`] first thing in `main`. In one that doesn't, such as a test, pictures are
//! decoded in the process itself.

mod confinement;
mod deadlines;
mod pool;
mod process;
mod protocol;
mod worker;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use pictures::{Limits, Picture, PictureError, Rendition};

pub use confinement::{Confinement, confine};
pub use pool::Pool;
pub use worker::WORKER;

/// Whether this program can be its own worker.
static TAKES_PART: AtomicBool = AtomicBool::new(false);

/// When this process was started as a worker, works until nothing more is asked, and gives what `main` is to return.
/// Otherwise notes that this program can be one.
pub fn serve_if_asked() -> Option<std::process::ExitCode> {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == WORKER) {
        return Some(worker::serve());
    }
    TAKES_PART.store(true, Ordering::Release);
    None
}

/// [`pictures::examine`] with the default limits. Blocks until it is done. Of a picture on which the worker broke there is the
/// format, and the remark that it can't be shown.
///
/// # Errors
/// As `pictures::examine`.
pub fn examine(bytes: &[u8]) -> Result<Picture, PictureError> {
    match pool() {
        Some(pool) => pool.examine(bytes),
        None => pictures::examine(bytes, &Limits::default()),
    }
}

/// [`pictures::examine_named`] with the default limits, otherwise as [`examine`].
///
/// # Errors
/// As `pictures::examine_named`.
pub fn examine_named(bytes: &[u8], name: &str) -> Result<Picture, PictureError> {
    match pool() {
        Some(pool) => pool.examine_named(bytes, name),
        None => pictures::examine_named(bytes, name, &Limits::default()),
    }
}

/// [`pictures::rendition`] with the default limits. Blocks until it is done.
///
/// # Errors
/// As `pictures::rendition`; [`PictureError::Undecodable`] when the worker broke on it.
pub fn rendition(bytes: &[u8], max_side: u32) -> Result<Rendition, PictureError> {
    match pool() {
        Some(pool) => pool.rendition(bytes, max_side),
        None => pictures::rendition(bytes, max_side, &Limits::default()),
    }
}

/// The workers of this process.
fn pool() -> Option<&'static Pool> {
    static POOL: OnceLock<Pool> = OnceLock::new();
    TAKES_PART.load(Ordering::Acquire).then(|| POOL.get_or_init(Pool::of_this_program))
}
