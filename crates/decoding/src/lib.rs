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

use pictures::{Likeness, Limits, Picture, PictureError, Rendition, Thumbnail};

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

/// [`pictures::examine`] with the default limits. Blocks until it is done. Of a picture on which the worker broke there is what
/// its file says, and the remark that it can't be shown.
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
    rendition_of_page(bytes, 0, max_side)
}

/// [`pictures::rendition_of_page`] with the default limits, otherwise as [`rendition`].
///
/// # Errors
/// As `pictures::rendition_of_page`, and as [`rendition`].
pub fn rendition_of_page(bytes: &[u8], page: u32, max_side: u32) -> Result<Rendition, PictureError> {
    match pool() {
        Some(pool) => pool.rendition_of_page(bytes, page, max_side),
        None => pictures::rendition_of_page(bytes, page, max_side, &Limits::default()),
    }
}

/// [`pictures::thumbnail`] with the default limits, otherwise as [`rendition`].
///
/// # Errors
/// As `pictures::thumbnail`, and as [`rendition`].
pub fn thumbnail(bytes: &[u8], side: u32) -> Result<Thumbnail, PictureError> {
    match pool() {
        Some(pool) => pool.thumbnail(bytes, side),
        None => pictures::thumbnail(bytes, side, &Limits::default()),
    }
}

/// [`pictures::likeness`] with the default limits. Blocks until it is done.
///
/// # Errors
/// As `pictures::likeness`; [`PictureError::Undecodable`] when the worker broke on it.
pub fn likeness(bytes: &[u8]) -> Result<Option<Likeness>, PictureError> {
    match pool() {
        Some(pool) => pool.likeness(bytes),
        None => pictures::likeness(bytes, &Limits::default()),
    }
}

/// The workers of this process.
fn pool() -> Option<&'static Pool> {
    static POOL: OnceLock<Pool> = OnceLock::new();
    TAKES_PART.load(Ordering::Acquire).then(|| POOL.get_or_init(Pool::of_this_program))
}
