//! Sizes for people.

/// A size for people.
pub fn in_words(bytes: u64) -> String {
    let mut amount = bytes as f64;
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
        if amount < 1024.0 {
            return match (unit, bytes) {
                ("bytes", 1) => "1 byte".to_owned(),
                ("bytes", bytes) => format!("{bytes} bytes"),
                _ => format!("{amount:.1} {unit}"),
            };
        }
        amount /= 1024.0;
    }
    format!("{amount:.1} TiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_words() {
        let said = [0, 1, 1023, 1024, 10 * 1024 * 1024 * 1024].map(in_words);
        assert_eq!(said, ["0 bytes", "1 byte", "1023 bytes", "1.0 KiB", "10.0 GiB"]);
    }
}
