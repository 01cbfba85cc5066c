//! What somebody means who types, pastes or drops a text: an address, a file's address, or a path.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::upload::Source;

impl Source {
    /// Reads one address or path, as programs and people write them: `https://…` and `HTTP://…` stay byte for byte as they
    /// are, `file:///a%20b.png` is the file, `data:image/png;base64,…` the bytes in it; anything else is a path.
    pub fn from_text(text: &str) -> Source {
        let as_path = || Source::Path(PathBuf::from(text));
        match scheme_of(text) {
            Some("http" | "https") => Source::Url(with_slashes(text)),
            Some("file") => file_of(text).map_or_else(as_path, Source::Path),
            Some("data") => picture_in(text).unwrap_or_else(as_path),
            _ => as_path(),
        }
    }

    /// Bytes that somebody names. A name that can't be one is none.
    pub fn named(name: &str, bytes: Vec<u8>) -> Source {
        match names::kept(name) {
            Some(name) => Source::Bytes { name, bytes },
            None => Source::nameless(bytes),
        }
    }

    /// Bytes that came without a name, such as those of standard input.
    pub fn nameless(bytes: Vec<u8>) -> Source {
        let format = pictures::sniff(&bytes[..bytes.len().min(64 << 10)]);
        let name = format.map_or_else(|| "picture".to_owned(), |format| format!("picture.{}", format.extension()));
        Source::Bytes { name, bytes }
    }

    /// Whether what passes for a path is an address that can't be fetched, such as `ftp://…`.
    pub fn is_other_address(path: &Path) -> bool {
        let text = path.to_string_lossy();
        text.split_once("://").is_some_and(|(scheme, _)| {
            scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        }) && !path.exists()
    }

    /// The same as [`from_text`](Self::from_text) for what passed for a path: a drag from a browser gives an address where a path is expected.
    pub fn from_path(path: PathBuf) -> Source {
        match path.to_str() {
            Some(text) => Source::from_text(text),
            None => Source::Path(path),
        }
    }
}

/// The scheme, in lower case, of one of those that mean something here.
fn scheme_of(text: &str) -> Option<&'static str> {
    let (scheme, _) = text.split_once(':')?;
    ["http", "https", "file", "data"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))
}

/// The address with two slashes behind its scheme: Windows and macOS collapse them while it passes for a path.
fn with_slashes(address: &str) -> String {
    match address.split_once(':') {
        Some((scheme, rest)) if !rest.starts_with("//") => format!("{scheme}://{}", rest.trim_start_matches('/')),
        _ => address.to_owned(),
    }
}

/// The file of a `file:` address. File managers escape what has a meaning in addresses, people who type one don't: there is
/// neither a query nor a fragment.
fn file_of(address: &str) -> Option<PathBuf> {
    let escaped = address.replace('#', "%23").replace('?', "%3F");
    Url::parse(&escaped).ok()?.to_file_path().ok().filter(|path| path != Path::new("/"))
}

/// The picture of a `data:` address (RFC 2397), as pages carry small ones.
fn picture_in(address: &str) -> Option<Source> {
    let (head, data) = address.get("data:".len()..)?.split_once(',')?;
    let head = head.to_ascii_lowercase();
    let bytes: Vec<u8> = percent_decode_str(data).collect();
    let bytes = match head.strip_suffix(";base64") {
        Some(_) => {
            let packed: Vec<u8> = bytes.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(packed).ok()?
        }
        None => bytes,
    };
    pictures::sniff(&bytes[..bytes.len().min(64 << 10)])?;
    Some(Source::nameless(bytes))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://example.com/a%2Fb%20c.png?x=%26", "https://example.com/a%2Fb%20c.png?x=%26")]
    #[case("HTTP://Example.com/A.png", "HTTP://Example.com/A.png")]
    #[case("https:/example.com/a.png", "https://example.com/a.png")]
    fn addresses(#[case] text: &str, #[case] address: &str) {
        assert_eq!(Source::from_text(text), Source::Url(address.to_owned()));
        assert_eq!(Source::from_path(text.into()), Source::Url(address.to_owned()));
    }

    #[cfg(unix)]
    #[rstest]
    #[case("file:///home/a%20b.png", "/home/a b.png")]
    #[case("FILE:///home/a%20b.png", "/home/a b.png")]
    #[case("file://localhost/home/a.png", "/home/a.png")]
    #[case("file:/home/a.png", "/home/a.png")]
    #[case("file:///home/a#1?.png", "/home/a#1?.png")]
    #[case("file:///home/100%.png", "/home/100%.png")]
    #[case("/home/a%20b.png", "/home/a%20b.png")]
    #[case("a:b.png", "a:b.png")]
    #[case("ftp://example.com/a.png", "ftp://example.com/a.png")]
    #[case("C:\\Users\\anna\\a.jpg", "C:\\Users\\anna\\a.jpg")]
    #[case("data:text/plain,hello", "data:text/plain,hello")]
    fn paths(#[case] text: &str, #[case] path: &str) {
        assert_eq!(Source::from_text(text), Source::Path(path.into()));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_whose_name_is_no_unicode() {
        use std::os::unix::ffi::OsStrExt;
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(b"/home/caf\xe9.png"));
        assert_eq!(Source::from_text("file:///home/caf%E9.png"), Source::Path(path.clone()));
        assert_eq!(Source::from_path(path.clone()), Source::Path(path));
    }

    #[test]
    fn a_picture_in_its_address() {
        let gif = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
        match Source::from_text(gif) {
            Source::Bytes { name, bytes } => assert_eq!((&*name, &bytes[..6]), ("picture.gif", &b"GIF89a"[..])),
            other => panic!("{other:?}"),
        }
    }
}
