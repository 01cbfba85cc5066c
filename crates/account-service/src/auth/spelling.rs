//! One spelling of what keyboards and systems spell in several ways: `é` may arrive as one character or as `e` with an
//! accent behind it, and is the same letter to whoever typed it. Names are compared in one form, passwords are hashed in
//! one form (after RFC 8265), and what earlier versions kept as it came is still found.

pub use names::key;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

/// A user name or an e-mail address as it is kept and shown: composed, without blanks around it.
pub(super) fn shown(name: &str) -> String {
    name.trim().nfc().collect()
}

/// The keys under which an account of this name may be kept, with those of versions that compared names as they came; the
/// likeliest first.
pub(super) fn keys(name: &str) -> Vec<String> {
    let as_typed = name.trim().to_lowercase();
    let (composed, decomposed) = (as_typed.nfc().collect(), as_typed.nfd().collect());
    distinct([as_typed, key(name), composed, decomposed])
}

/// A password as it is hashed.
pub(super) fn password(typed: &SecretString) -> SecretString {
    SecretString::from(names::password(typed.expose_secret()))
}

/// The spellings in which a password may have been hashed, today's first.
pub(super) fn passwords(typed: &SecretString) -> Vec<SecretString> {
    names::passwords(typed.expose_secret()).into_iter().map(SecretString::from).collect()
}

fn distinct(spellings: [String; 4]) -> Vec<String> {
    let mut kept = Vec::with_capacity(spellings.len());
    for spelling in spellings {
        if !kept.contains(&spelling) {
            kept.push(spelling);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Zoe\u{308}", "zoë")]
    #[case("  ZOË ", "zoë")]
    #[case("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한글")]
    #[case("か\u{3099}く", "がく")]
    #[case("ａｎｎａ", "anna")]
    fn a_name_has_one_key(#[case] typed: &str, #[case] wanted: &str) {
        assert_eq!(key(typed), wanted);
        assert!(keys(typed).contains(&wanted.to_owned()));
        assert_eq!(key(&key(typed)), wanted);
    }
}
