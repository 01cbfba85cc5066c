//! Codes that people write down and type: 80 random bits in four groups.

use rand::random;

/// Crockford's base32: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new one.
pub fn new() -> String {
    encode(random())
}

fn encode(bytes: [u8; 10]) -> String {
    let mut bits = bytes.iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut code = Vec::with_capacity(19);
    for place in 0..16 {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    code.into_iter().collect()
}

/// As people write it down: in capitals, without hyphens, with letters for digits.
pub fn canonical(code: &str) -> String {
    let alphanumeric = code.chars().filter(|c| c.is_ascii_alphanumeric());
    alphanumeric
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_four_groups_without_look_alikes() {
        let code = new();
        let groups: Vec<&str> = code.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4, 4]);
        assert!(code.bytes().all(|byte| byte == b'-' || ALPHABET.contains(&byte)));
        assert_ne!(code, new());
        assert_eq!(encode([0; 10]), "0000-0000-0000-0000");
        assert_eq!(encode([255; 10]), "zzzz-zzzz-zzzz-zzzz");
    }

    #[test]
    fn it_does_not_matter_how_a_code_is_written() {
        assert_eq!(canonical("10ab-cdef-0000-1111"), canonical(" LOABCDEFoooo Iil1 "));
    }
}
