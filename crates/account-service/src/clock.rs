//! Time: milliseconds since 1970 in the database, RFC 3339 on the wire.

use account_api::Timestamp;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const WIRE: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// Now.
pub fn now() -> Millis {
    (OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000) as Millis
}

/// As it stands on the wire.
pub fn wire(at: Millis) -> Timestamp {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(WIRE)
        .unwrap_or_default()
}

/// What stands on the wire, read back.
pub fn read(text: &str) -> Option<Millis> {
    let at = OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    Some((at.unix_timestamp_nanos() / 1_000_000) as Millis)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_wire_form_has_milliseconds_and_is_utc() {
        assert_eq!(super::wire(1_772_366_400_000), "2026-03-01T12:00:00.000Z");
        assert_eq!(super::wire(1_772_366_400_007), "2026-03-01T12:00:00.007Z");
        assert_eq!(super::read("2026-03-01T12:00:00.007Z"), Some(1_772_366_400_007));
        assert_eq!(super::read("yesterday"), None);
    }
}
