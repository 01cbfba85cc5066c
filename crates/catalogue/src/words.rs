//! Texts as the words that they are found by. The full-text index, what is typed, and the question why a picture was found
//! all take their words from here, so that they agree.

use std::fmt::Write as _;

/// Stands before texts, and between the elements of a list such as tags, in the full-text index: a word that nobody types.
pub(crate) const BORDER: char = '\u{e000}';

/// Begins the word that stands for a symbol, such as an emoji.
const SYMBOL: char = '\u{e001}';

/// The words of a text, in order. Of scripts that put no blanks between words each letter is one, so that a part of a
/// sentence is found as letters next to each other; and so is each symbol.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for c in names::fold(text).chars() {
        if is_symbol(c) {
            let mut word = String::from(SYMBOL);
            let _ = write!(word, "{:x}", u32::from(c));
            words.push(word);
            open = false;
        } else if names::is_unspaced(c) {
            words.push(letter(c));
            open = false;
        } else if names::is_of_words(c) {
            match words.last_mut() {
                Some(word) if open => word.push_str(&letter(c)),
                _ => words.push(letter(c)),
            }
            open = true;
        } else {
            open = false;
        }
    }
    words
}

/// The words of a text as the full-text index takes them.
pub(crate) fn indexed(text: &str) -> String {
    words(text).join(" ")
}

/// The same of a text that may be missing: one that isn't begins with a border.
pub(crate) fn indexed_text(text: Option<&str>) -> String {
    match text.map(str::trim) {
        None | Some("") => String::new(),
        Some(text) => format!("{BORDER} {}", indexed(text)),
    }
}

/// The words of a list as the full-text index takes them: each element stands between two borders.
pub(crate) fn indexed_list<T: AsRef<str>>(elements: impl IntoIterator<Item = T>) -> String {
    let mut indexed = String::new();
    for element in elements {
        if indexed.is_empty() {
            indexed.push(BORDER);
        }
        indexed.push(' ');
        indexed.push_str(&self::indexed(element.as_ref()));
        indexed.push(' ');
        indexed.push(BORDER);
    }
    indexed
}

/// SQLite's tables of letters are older than those of the standard library: a letter of the upper planes is spelt out.
fn letter(c: char) -> String {
    if u32::from(c) < 0x1_0000 { c.to_string() } else { format!("{SYMBOL}{:x}", u32::from(c)) }
}

/// Arrows, signs, dingbats, and emoji.
fn is_symbol(c: char) -> bool {
    matches!(u32::from(c), 0xa9 | 0xae | 0x2190..=0x2bff | 0x1f000..=0x1faff)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("IMG_5195 (2).jpg", &["img", "5195", "2", "jpg"])]
    #[case("Cafe\u{301}, 100%", &["cafe", "100"])]
    #[case("茶色cat", &["茶", "色", "cat"])]
    #[case("한국어 사진", &["한국어", "사진"])]
    #[case("हिन्दी", &["हिन्दी"])]
    #[case("a\u{e000}b", &["a", "b"])]
    #[case("- & …", &[])]
    fn of_texts(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(words(text), expected);
    }

    #[test]
    fn symbols_are_words() {
        assert_eq!(words("❤\u{fe0f}🏖").len(), 2);
        assert_ne!(words("❤"), words("🏖"));
    }

    #[test]
    fn elements_have_borders() {
        assert_eq!(indexed_list(["old town", "sea"]), "\u{e000} old town \u{e000} sea \u{e000}");
        assert_eq!(indexed_list::<&str>([]), "");
    }
}
