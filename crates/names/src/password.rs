//! Passwords, which keyboards and systems spell in several ways: `é` may arrive as one character or as `e` with an accent
//! behind it, and is the same letter to whoever typed it.

use unicode_normalization::UnicodeNormalization;

/// A password as it is hashed or makes a key (after RFC 8265): composed, and each blank of whatever width as a plain one.
pub fn password(typed: &str) -> String {
    let blank = |c: char| if c.is_whitespace() && !c.is_control() { ' ' } else { c };
    typed.chars().map(blank).nfc().collect()
}

/// The spellings in which a password may have been used: today's first, then those of versions that used what came.
pub fn passwords(typed: &str) -> Vec<String> {
    let mut kept = Vec::new();
    for spelling in [password(typed), typed.to_owned(), typed.nfc().collect(), typed.nfd().collect()] {
        if !kept.contains(&spelling) {
            kept.push(spelling);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_password_however_it_is_spelt() {
        assert_eq!(passwords("correct horse").len(), 1);
        assert_eq!(password("gru\u{308}n\u{3000}Gras"), "grün Gras");
        assert!(passwords("grün").contains(&"gru\u{308}n".to_owned()));
    }
}
