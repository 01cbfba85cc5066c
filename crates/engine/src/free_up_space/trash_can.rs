//! The system's trash, the one place where files are taken out of people's folders.

use std::path::Path;

/// Where files go that are not needed any more, and can be taken back from.
pub trait TrashCan: Send + Sync + 'static {
    /// Moves a file there. Never deletes it.
    ///
    /// # Errors
    /// Why not, in words; the file is then where it was.
    fn put(&self, file: &Path) -> Result<(), String>;
}

/// The trash of the desktop: the XDG one, the Finder's, or the recycle bin.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemTrash;

impl TrashCan for SystemTrash {
    fn put(&self, file: &Path) -> Result<(), String> {
        // There Windows would delete for good, and ask nobody.
        if cfg!(windows) && is_on_the_network(file) {
            return Err(messages::Free::NetworkDrive.to_string());
        }
        let why = |error| match error {
            trash::Error::Os { description, .. } => description,
            trash::Error::Unknown { description } => description,
            #[cfg(all(unix, not(target_os = "macos")))]
            trash::Error::FileSystem { path, source } => format!("{}: {source}", path.display()),
            other => other.to_string(),
        };
        trash::delete(file).map_err(|error| machine::in_words(&why(error)))
    }
}

/// `\\server\share\…`, in plain or in verbatim spelling.
fn is_on_the_network(file: &Path) -> bool {
    let text = file.to_string_lossy();
    text.starts_with(r"\\?\UNC\") || (text.starts_with(r"\\") && !text.starts_with(r"\\?\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_drives_are_known_by_their_names() {
        for file in [r"\\server\share\a.jpg", r"\\?\UNC\server\share\a.jpg"] {
            assert!(is_on_the_network(Path::new(file)), "{file}");
        }
        for file in [r"C:\a.jpg", r"\\?\C:\a.jpg", "/home/anna/a.jpg"] {
            assert!(!is_on_the_network(Path::new(file)), "{file}");
        }
    }
}
