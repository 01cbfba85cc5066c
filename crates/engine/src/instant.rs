//! Moments as the wire has them: RFC 3339 in UTC.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const WIRE: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[day padding:none] [month repr:long] [year]");
const MINUTE: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");

/// What stands on the wire; none when it is no moment.
pub(crate) fn read(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// As it stands on the wire.
pub(crate) fn wire(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(WIRE).unwrap_or_default()
}

/// Some days later.
pub(crate) fn days_after(at: OffsetDateTime, days: u32) -> OffsetDateTime {
    at + Duration::from_secs(u64::from(days) * 24 * 60 * 60)
}

/// "7 December 2026", for people; what is no moment, as it is.
pub fn day(text: &str) -> String {
    said(text, DAY)
}

/// "7 December 2026, 00:12 UTC", for people; what is no moment, as it is.
pub fn minute(text: &str) -> String {
    said(text, MINUTE)
}

fn said(text: &str, format: &[BorrowedFormatItem<'_>]) -> String {
    let at = read(text).map(|at| at.to_offset(time::UtcOffset::UTC));
    at.and_then(|at| at.format(format).ok()).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_days_and_minutes() {
        let text = "2026-12-07T00:12:34.567Z";
        assert_eq!(wire(read(text).unwrap()), text);
        assert_eq!((day(text).as_str(), minute(text).as_str()), ("7 December 2026", "7 December 2026, 00:12 UTC"));
        assert_eq!(minute("2026-12-07T01:12:00+02:00"), "6 December 2026, 23:12 UTC");
        assert_eq!(day("some day"), "some day");
        assert_eq!(wire(days_after(read(text).unwrap(), 30)), "2027-01-06T00:12:34.567Z");
    }
}
