//! The commonest passwords, which are refused: whoever guesses begins with them. Where the list is from stands in
//! `SOURCES` beside it.

use std::cmp::Ordering;

/// One a line, in lower case, sorted by byte, none shorter than the shortest password.
const LIST: &str = include_str!("passwords.txt");

/// Whether this is one of the commonest passwords, without regard to case.
pub fn is_common(password: &str) -> bool {
    let wanted = password.to_lowercase();
    let (mut rest, wanted) = (LIST.as_bytes(), wanted.as_bytes());
    while !rest.is_empty() {
        let (start, end) = line_around(rest, rest.len() / 2);
        match rest[start..end].cmp(wanted) {
            Ordering::Equal => return true,
            Ordering::Less => rest = rest.get(end + 1..).unwrap_or_default(),
            Ordering::Greater => rest = &rest[..start],
        }
    }
    false
}

/// Where the line begins and ends that has this byte or the line break after it.
fn line_around(text: &[u8], at: usize) -> (usize, usize) {
    let start = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
    let end = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |after| at + after);
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::password::MIN_LENGTH;

    #[test]
    fn the_list_is_as_the_search_needs_it() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.len() > 16_000);
        assert!(lines.is_sorted_by(|a, b| a.as_bytes() < b.as_bytes()));
        assert!(lines.iter().all(|line| line.len() >= MIN_LENGTH && line.to_lowercase() == *line));
    }

    #[test]
    fn every_line_is_found_and_its_neighbours_are_not() {
        for line in LIST.lines() {
            assert!(is_common(line), "{line}");
            assert!(!is_common(&format!("{line}\u{1}")), "{line}");
        }
    }

    #[test]
    fn case_makes_no_password_uncommon() {
        for common in ["password", "PassWord", "12345678", "QWERTYUIOP", "iloveyou", "Passw0rd", "trustno1"] {
            assert!(is_common(common), "{common}");
        }
        for fine in ["correct horse", "a long enough password", "", "äöüßéèêë"] {
            assert!(!is_common(fine), "{fine}");
        }
    }
}
