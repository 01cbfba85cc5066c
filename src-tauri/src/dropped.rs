//! What is dropped on the window, as it was dragged. The window library hands paths and addresses on with their escapes
//! undone, so that `a%2Fb.png` on some server would become another file, and a name that is no Unicode none at all.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use engine::Source;
use percent_encoding::percent_decode_str;

/// The addresses of the last drag, byte for byte. Clones share them.
#[derive(Clone, Default)]
pub struct Dropped(Arc<Mutex<Vec<String>>>);

impl Dropped {
    /// Notes what is being dragged.
    pub fn note(&self, addresses: Vec<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    /// What a path or an address from the window stands for.
    pub fn source(&self, given: &str) -> Source {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match noted.iter().find(|address| undone(address) == given) {
            Some(address) => Source::from_text(address),
            None => Source::from_path(PathBuf::from(given)),
        }
    }
}

/// What the window library makes of an address.
fn undone(address: &str) -> String {
    let path = address.strip_prefix("file://").unwrap_or(address);
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// Notes from now on what is dragged over a window. Elsewhere than on Linux only files come, and they come as they are.
#[cfg(not(target_os = "linux"))]
pub fn watch(_: &tauri::WebviewWindow, _: Dropped) {}

#[cfg(target_os = "linux")]
pub use crate::dropped_linux::watch;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_fetched_as_it_was_dragged() {
        let dropped = Dropped::default();
        let address = "https://example.com/a%2Fb%20c%25.png?x=%26";
        dropped.note(vec!["https://example.com/other.png".to_owned(), address.to_owned()]);
        assert_eq!(dropped.source("https://example.com/a/b c%.png?x=&"), Source::Url(address.to_owned()));
        let earlier = "https://example.com/another.png";
        assert_eq!(dropped.source(earlier), Source::Url(earlier.to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn files_are_found_whatever_they_are_called() {
        use std::os::unix::ffi::OsStrExt;
        let dropped = Dropped::default();
        dropped.note(vec!["file:///home/caf%E9.png".to_owned(), "file:///home/a%20%25.png".to_owned()]);
        let latin = PathBuf::from(std::ffi::OsStr::from_bytes(b"/home/caf\xe9.png"));
        assert_eq!(dropped.source("/home/caf\u{fffd}.png"), Source::Path(latin));
        assert_eq!(dropped.source("/home/a %.png"), Source::Path("/home/a %.png".into()));
        assert_eq!(dropped.source("/home/a%20b.png"), Source::Path("/home/a%20b.png".into()));
    }
}
