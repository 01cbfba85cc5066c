//! File paths as bytes, without loss: not every file name is Unicode.

use std::path::{Path, PathBuf};

/// The path as the ledger keeps it: its bytes on Unix, UTF-16 (little endian) on Windows.
#[cfg(unix)]
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// The path as the ledger keeps it: its bytes on Unix, UTF-16 (little endian) on Windows.
#[cfg(windows)]
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
}

/// The path that [`to_bytes`] was given.
#[cfg(unix)]
pub(crate) fn from_bytes(bytes: &[u8]) -> PathBuf {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// The path that [`to_bytes`] was given.
#[cfg(windows)]
pub(crate) fn from_bytes(bytes: &[u8]) -> PathBuf {
    use std::ffi::OsString;
    use std::os::windows::ffi::OsStringExt;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    PathBuf::from(OsString::from_wide(&units))
}

/// The last part of a path, for people and as the picture's name; the whole path when it has none.
pub(in crate::upload) fn name_of(path: &Path) -> String {
    let name = path.file_name().map_or_else(|| path.display().to_string(), text_of);
    names::visible_name(&name)
}

/// Not every name is Unicode; one of an older disk is in another encoding.
#[cfg(unix)]
fn text_of(name: &std::ffi::OsStr) -> String {
    use std::os::unix::ffi::OsStrExt;
    names::decoded(name.as_bytes())
}

#[cfg(windows)]
fn text_of(name: &std::ffi::OsStr) -> String {
    name.to_string_lossy().into_owned()
}

/// The folder of a path, for people.
pub(in crate::upload) fn folder_of(path: &Path) -> String {
    path.parent().map(|folder| folder.display().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_unicode_survive() {
        use std::os::unix::ffi::OsStrExt;
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(b"/photos/caf\xe9.jpg"));
        assert_eq!(from_bytes(&to_bytes(&path)), path);
        assert_eq!(name_of(&path), "café.jpg");
    }

    #[test]
    fn any_unicode_survives() {
        let path = PathBuf::from("/photos/日本 🎑.jpg");
        assert_eq!(from_bytes(&to_bytes(&path)), path);
        assert_eq!(folder_of(&path), "/photos");
    }
}
