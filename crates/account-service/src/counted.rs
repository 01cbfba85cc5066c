//! Numbers in sentences.

/// So many things of a name that takes an s: `1 byte`, `2 bytes`.
pub fn counted(count: impl TryInto<u64>, one: &str) -> String {
    match count.try_into().unwrap_or_default() {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_one_and_all_others_are_several() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "byte")), ["0 bytes", "1 byte", "2 bytes"]);
        assert_eq!(counted(1_i64, "picture"), "1 picture");
        assert_eq!(counted(20_usize, "picture"), "20 pictures");
    }
}
