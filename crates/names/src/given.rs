//! Names that people and programs give to pictures and albums: one rule, for the app and for the service.

use std::fmt;

use crate::{LONGEST, has_visible};

/// Why a name can't be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// There is nothing to be seen of it.
    Invisible,
    /// It stands for a folder.
    Folder,
    /// It has more than [`LONGEST`] characters.
    Long,
    /// It has slashes.
    Slashes,
    /// It has control characters.
    Controls,
}

/// A sentence about names.
impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invisible => f.write_str("a name needs at least one character that can be seen."),
            Self::Folder => f.write_str("“.” and “..” stand for folders."),
            Self::Long => write!(f, "at most {LONGEST} characters."),
            Self::Slashes => f.write_str("a name has no slashes."),
            Self::Controls => f.write_str("a name has no line breaks and no control characters."),
        }
    }
}

/// A name for a picture, without the blanks around it.
///
/// # Errors
/// What is wrong with it.
pub fn picture_name(name: &str) -> Result<&str, NameFault> {
    let name = album_name(name)?;
    match name {
        "." | ".." => Err(NameFault::Folder),
        name if name.contains(['/', '\\']) => Err(NameFault::Slashes),
        name => Ok(name),
    }
}

/// A name for an album, without the blanks around it.
///
/// # Errors
/// What is wrong with it.
pub fn album_name(name: &str) -> Result<&str, NameFault> {
    let name = name.trim();
    if name.chars().any(char::is_control) {
        return Err(NameFault::Controls);
    }
    if !has_visible(name) {
        return Err(NameFault::Invisible);
    }
    if name.chars().count() > LONGEST { Err(NameFault::Long) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(" a.png ", Ok("a.png"))]
    #[case("...", Ok("..."))]
    #[case("👨\u{200d}👩\u{200d}👧", Ok("👨\u{200d}👩\u{200d}👧"))]
    #[case("می\u{200c}خواهم", Ok("می\u{200c}خواهم"))]
    #[case("\u{2801}", Ok("\u{2801}"))]
    #[case("", Err(NameFault::Invisible))]
    #[case(" \u{a0}\u{3000}", Err(NameFault::Invisible))]
    #[case("\u{202e}", Err(NameFault::Invisible))]
    #[case("\u{200b}\u{200c}\u{200d}\u{feff}", Err(NameFault::Invisible))]
    #[case("\u{2800}\u{2800}", Err(NameFault::Invisible))]
    #[case("\u{3164}", Err(NameFault::Invisible))]
    #[case("\u{115f}\u{1160}\u{ffa0}", Err(NameFault::Invisible))]
    #[case("\u{fe0f}\u{e0061}\u{34f}", Err(NameFault::Invisible))]
    #[case(".", Err(NameFault::Folder))]
    #[case(" .. ", Err(NameFault::Folder))]
    #[case("a/b", Err(NameFault::Slashes))]
    #[case("a\\b", Err(NameFault::Slashes))]
    #[case("a\nb", Err(NameFault::Controls))]
    fn names_of_pictures(#[case] given: &str, #[case] wanted: Result<&str, NameFault>) {
        assert_eq!(picture_name(given), wanted);
    }

    #[test]
    fn albums_may_have_slashes_and_nobody_may_have_too_much() {
        assert_eq!(album_name(" 2023/24 "), Ok("2023/24"));
        assert_eq!(album_name("\u{2800}"), Err(NameFault::Invisible));
        let long = "ä".repeat(LONGEST);
        assert_eq!(picture_name(&long), Ok(&*long));
        assert_eq!(picture_name(&format!("{long}a")), Err(NameFault::Long));
    }
}
