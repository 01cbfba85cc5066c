//! Names of pictures as a library keeps them.

use crate::{has_visible, without_escapes, without_hidden};

/// The longest name of a picture, in characters.
pub const LONGEST: usize = 255;

/// What is kept of a name that came from elsewhere: the last part of a path, without control and format characters and
/// without blanks around it, at most [`LONGEST`] characters with its extension. Letters stay as they are composed. `None`
/// when nothing is left that can be seen.
pub fn kept(name: &str) -> Option<String> {
    let name = without_escapes(name);
    let last = name.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(&name);
    let blanks: String = last.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let clean: String = without_hidden(&blanks).chars().filter(|c| !c.is_control()).collect();
    let clean = clean.trim();
    if matches!(clean, "." | "..") || !has_visible(clean) {
        return None;
    }
    if clean.chars().count() <= LONGEST {
        return Some(clean.to_owned());
    }
    // The end of a name tells its kind.
    let ending = clean.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= 10);
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    Some(clean.chars().take(LONGEST - ending.chars().count()).collect::<String>() + &ending)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(" photo.jpg ", Some("photo.jpg"))]
    #[case("C:\\Users\\anna\\photo.jpg", Some("photo.jpg"))]
    #[case("../../etc/passwd", Some("passwd"))]
    #[case("folder/", Some("folder"))]
    #[case("a\u{7}b\nc\u{202e}gpj.exe", Some("ab cgpj.exe"))]
    #[case("a\u{1b}[31mb\u{e0041}.png", Some("ab.png"))]
    #[case(
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png",
        Some("\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png")
    )]
    #[case("..", None)]
    #[case("/", None)]
    #[case(" \u{200b}", None)]
    #[case("\u{2800}", None)]
    #[case("folder/\u{3164}\u{200d}", None)]
    #[case("Stra\u{df}e e\u{301}.png", Some("Stra\u{df}e e\u{301}.png"))]
    fn names(#[case] given: &str, #[case] wanted: Option<&str>) {
        assert_eq!(kept(given).as_deref(), wanted);
    }

    #[test]
    fn long_names_keep_their_end() {
        let long = kept(&format!("{}.jpeg", "ä".repeat(400))).unwrap();
        assert_eq!((long.chars().count(), long.ends_with("ä.jpeg")), (LONGEST, true));
    }
}
