//! Names as people order and look for them.

/// A key by which `IMG_9` comes before `IMG_10` and `b` after `A`: lower case, and each number written with its length
/// first, so that plain text comparison orders numbers by value.
pub(super) fn name_key(name: &str) -> String {
    let folded = names::key(name);
    let mut key = String::with_capacity(folded.len() + 8);
    let mut rest = folded.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (text, tail) = rest.split_at(start);
        key.push_str(text);
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(end);
        let number = number.trim_start_matches('0');
        // A letter for the length keeps it sortable up to 25 digits, which is longer than any counter.
        key.push('0');
        key.push(char::from(b'a' + u8::try_from(number.len().min(25)).unwrap_or(25)));
        key.push_str(number);
        rest = tail;
    }
    key.push_str(rest);
    key
}

#[cfg(test)]
mod tests {
    use super::name_key;

    #[test]
    fn numbers_are_ordered_by_value() {
        let mut names = ["img_10.jpg", "IMG_9.jpg", "IMG_0009b.jpg", "a.png", "img.jpg", "IMG_123456789.jpg", "Ä.png"];
        names.sort_by_key(|name| name_key(name));
        assert_eq!(
            names,
            ["a.png", "img.jpg", "IMG_9.jpg", "IMG_0009b.jpg", "img_10.jpg", "IMG_123456789.jpg", "Ä.png"]
        );
    }
}
