//! What a system says of its errors, in words for people: its numbers are for nobody.

use std::io;

/// Before a number, in what Rust makes of a system's error.
const NUMBER: &str = " (os error ";

/// What systems say, and what people call it.
const PLAIN: [(&str, &str); 5] = [
    ("No space left on device", "the disk is full"),
    ("There is not enough space on the disk.", "the disk is full"),
    ("Disk quota exceeded", "your share of the disk is used up"),
    ("Read-only file system", "the disk can only be read"),
    ("Too many open files", "too many files are open"),
];

/// Why something failed, for the middle of a sentence: `permission denied`.
pub fn why(error: &io::Error) -> String {
    let said = in_words(&error.to_string());
    let said = said.trim_end_matches('.');
    let mut letters = said.chars();
    match (letters.next(), said.chars().nth(1)) {
        (None, _) => "it failed".to_owned(),
        // Not "JPEG", nor "I/O".
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => said.to_owned(),
    }
}

/// A text that may hold what a system says, without its numbers and in words that people know.
pub fn in_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(NUMBER) {
        words.push_str(before);
        rest = match after.split_once(')') {
            Some((number, after)) if number.parse::<i32>().is_ok() => after,
            _ => {
                words.push_str(NUMBER);
                after
            }
        };
    }
    words.push_str(rest);
    for (system, people) in PLAIN {
        if words.contains(system) {
            words = words.replace(system, people);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_left_out_wherever_they_stand() {
        assert_eq!(in_words("no bus: Connection refused (os error 111)"), "no bus: Connection refused");
        assert_eq!(in_words("a (os error 2), then b (os error -5). End"), "a, then b. End");
        assert_eq!(in_words("“Notes (os error message).png” is kept"), "“Notes (os error message).png” is kept");
        assert_eq!(in_words("nothing of that kind"), "nothing of that kind");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_people_know_has_the_name_that_they_know() {
        let said = |number| why(&io::Error::from_raw_os_error(number));
        assert_eq!(said(28), "the disk is full");
        assert_eq!(said(122), "your share of the disk is used up");
        assert_eq!(said(30), "the disk can only be read");
        assert_eq!(said(5), "input/output error");
        assert_eq!(said(13), "permission denied");
        assert_eq!(why(&io::Error::other("PNG is odd")), "PNG is odd");
        assert_eq!(why(&io::Error::other("")), "it failed");
    }
}
