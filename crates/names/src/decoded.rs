//! Names that come as bytes, and nobody says in which encoding.

/// A name in UTF-8, else in Windows-1252, as which it makes sense whatever it is: programs of the West wrote it, or Latin-1,
/// which has the same letters.
pub fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_letters() {
        assert_eq!(decoded("é.png".as_bytes()), "é.png");
        assert_eq!(decoded(b"\xe9\x80.png"), "é€.png");
    }
}
