//! Names of pictures as names of files that every system takes.

/// The longest file name in bytes, with room for a number: most file systems end at 255.
const LONGEST: usize = 240;

/// Names that Windows keeps for devices, with any extension.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A file name for a picture. What no file system takes becomes `_`; an extension is added when there is none.
pub(super) fn file_name(name: &str, extension: &str) -> String {
    let safe: String =
        names::without_hidden(name)
            .chars()
            .map(|c| {
                if c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') {
                    '_'
                } else {
                    c
                }
            })
            .collect();
    let safe = safe.trim().trim_end_matches(['.', ' ']);
    let (stem, ext) = split(safe);
    let (stem, ext) = match ext {
        Some(ext) => (stem, ext.to_owned()),
        None => (safe, extension.to_owned()),
    };
    let stem = if stem.is_empty() { "picture" } else { stem };
    let mut end = stem.len().min(LONGEST - ext.len() - 1);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let guard = if is_reserved(stem) { "_" } else { "" };
    format!("{guard}{}.{ext}", &stem[..end])
}

/// The name for the `number`-th file of that name: `name (2).jpg`.
pub(super) fn numbered(name: &str, number: u32) -> String {
    match split(name) {
        (_, _) if number < 2 => name.to_owned(),
        (stem, Some(ext)) => format!("{stem} ({number}).{ext}"),
        (stem, None) => format!("{stem} ({number})"),
    }
}

/// Stem and extension, if what follows the last dot looks like one.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, ext))
            if !stem.is_empty() && (1..=5).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            (stem, Some(ext))
        }
        _ => (name, None),
    }
}

fn is_reserved(stem: &str) -> bool {
    // Windows leaves out blanks at the end, and takes raised digits for digits.
    let first = stem.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let digit = |rest: &str| {
        let mut letters = rest.chars();
        matches!((letters.next(), letters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    };
    let port = |prefix: &str| first.strip_prefix(prefix).is_some_and(digit);
    RESERVED.contains(&first.as_str()) || port("com") || port("lpt")
}

#[cfg(test)]
mod tests {
    use super::{file_name, numbered};

    #[test]
    fn names_stay_in_their_folder_and_on_every_system() {
        assert_eq!(file_name("IMG_1.JPG", "jpg"), "IMG_1.JPG");
        assert_eq!(file_name("Sunset", "png"), "Sunset.png");
        assert_eq!(file_name("v1. final", "png"), "v1. final.png");
        assert_eq!(file_name("../../etc/passwd", "jpg"), ".._.._etc_passwd.jpg");
        assert_eq!(file_name("..", "jpg"), "picture.jpg");
        assert_eq!(file_name("", "jpg"), "picture.jpg");
        assert_eq!(file_name("CON.png", "png"), "_CON.png");
        assert_eq!(file_name("com1", "png"), "_com1.png");
        assert_eq!(file_name("LPT².jpg", "jpg"), "_LPT².jpg");
        assert_eq!(file_name("nul .png", "png"), "_nul .png");
        assert_eq!(file_name("photo\u{202e}gpj.exe", "png"), "photogpj.exe");
        assert_eq!(file_name("a\u{9b}\u{200b}b.png", "png"), "a_b.png");
        assert_eq!(file_name("a:b?.gif", "gif"), "a_b_.gif");
        let long = file_name(&"ä".repeat(300), "jpeg");
        assert!(long.len() <= 240 && long.ends_with("ä.jpeg"), "{long}");
    }

    #[test]
    fn copies_are_numbered_before_the_extension() {
        assert_eq!(numbered("a.jpg", 1), "a.jpg");
        assert_eq!(numbered("a.jpg", 2), "a (2).jpg");
        assert_eq!(numbered("a", 3), "a (3)");
    }
}
