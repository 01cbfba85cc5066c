//! IPTC records (IIM 4.2) in Photoshop's resources: the date, which old archives have nowhere else.

use account_api::DateSource;

use super::date;
use super::stated::{Date, Metadata};

/// What Photoshop's resources begin with in a JPEG.
pub(super) const PREFIX: &[u8] = b"Photoshop 3.0\0";

/// The resource that is an IPTC record.
const RECORD: [u8; 2] = [4, 4];

/// Reads Photoshop's image resources: signature, number, name, size, and the record itself.
pub(super) fn in_resources(resources: &[u8]) -> Metadata {
    let mut rest = resources.strip_prefix(PREFIX).unwrap_or(resources);
    let even = |length: usize| length + length % 2;
    while let Some((number, name)) = rest.strip_prefix(b"8BIM").and_then(|rest| rest.split_first_chunk::<2>()) {
        let Some(&length) = name.first() else { break };
        let Some(behind) = name.get(even(usize::from(length) + 1)..) else { break };
        let Some((size, body)) = behind.split_first_chunk::<4>() else { break };
        let size = u32::from_be_bytes(*size) as usize;
        if *number == RECORD {
            return read(&body[..size.min(body.len())]);
        }
        rest = body.get(even(size)..).unwrap_or_default();
    }
    Metadata::default()
}

/// Reads a record, or resources in which there is one.
pub(super) fn read(record: &[u8]) -> Metadata {
    if record.starts_with(b"8BIM") {
        return in_resources(record);
    }
    let text = |number: u8| dataset(record, number).map(|text| String::from_utf8_lossy(text).into_owned());
    // Created, else digitised: a day, and maybe a time of that day.
    let read = |(day, time): (u8, u8)| date::any(&format!("{}T{}", text(day)?, text(time).unwrap_or_default()));
    let at = [(55, 60), (62, 63)].into_iter().find_map(read);
    Metadata { date: at.map(|at| Date { at, source: DateSource::Iptc, is_taken: true }), ..Metadata::default() }
}

/// A dataset of the application record.
fn dataset(record: &[u8], wanted: u8) -> Option<&[u8]> {
    let mut rest = record;
    loop {
        // Some writers fill up with zeros.
        rest = &rest[rest.iter().position(|&byte| byte == 0x1C)?..];
        let &[_, kind, number, high, low, ref body @ ..] = rest else { return None };
        let (set, behind) = body.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
        if (kind, number) == (2, wanted) {
            return Some(set);
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(number: u8, text: &str) -> Vec<u8> {
        [&[0x1C, 2, number, 0, text.len() as u8][..], text.as_bytes()].concat()
    }

    #[test]
    fn dates_with_and_without_a_time() {
        let at = |record: &[u8]| read(record).date.map(|date| date.at);
        let day = [set(5, "A title"), set(55, "20040506")].concat();
        assert_eq!(at(&day).as_deref(), Some("2004-05-06T00:00:00"));
        let whole = [day, set(60, "070809+0200")].concat();
        assert_eq!(at(&whole).as_deref(), Some("2004-05-06T07:08:09+02:00"));
        assert_eq!(at(&[&[0, 0], &whole[..]].concat()).as_deref(), Some("2004-05-06T07:08:09+02:00"));
        let other = b"8BIM\x04\x25\x00\x00\x00\x00\x00\x01x\0";
        let resources = [PREFIX, other, b"8BIM\x04\x04\x00\x00\x00\x00\x00", &[whole.len() as u8], &whole].concat();
        assert_eq!(in_resources(&resources).date.map(|date| date.at).as_deref(), Some("2004-05-06T07:08:09+02:00"));
        for length in 0..resources.len() {
            in_resources(&resources[..length]);
        }
    }
}
