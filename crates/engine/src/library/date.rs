//! A date taken, as people type it.

use time::PrimitiveDateTime;
use time::UtcOffset;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::refusal::invalid;
use crate::Result;

const SECONDS: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
const OFFSET: &[BorrowedFormatItem<'_>] = format_description!("[offset_hour sign:mandatory]:[offset_minute]");

/// `2024-05-06T07:08` or `2024-05-06T07:08:09`, a blank in place of the T, with an offset such as `+01:00` or `Z` only if it is
/// known; as it is on the wire.
pub(super) fn taken_at(text: &str) -> Result<String> {
    let text = text.trim().replacen(' ', "T", 1);
    let (time, offset) = match text.find(['+', 'Z']).or_else(|| text.rfind('-').filter(|at| *at > 10)) {
        Some(at) => text.split_at(at),
        None => (text.as_str(), ""),
    };
    let time = if time.len() == "2024-05-06T07:08".len() { format!("{time}:00") } else { time.to_owned() };
    // There was no year 0: whoever wrote it has no date.
    let valid = PrimitiveDateTime::parse(&time, SECONDS).is_ok_and(|time| time.year() > 0)
        && (matches!(offset, "" | "Z") || UtcOffset::parse(offset, OFFSET).is_ok());
    if valid {
        return Ok(format!("{time}{offset}"));
    }
    Err(invalid(messages::Edit::NoDate { text: text.to_string() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_taken_as_people_type_them() {
        for (typed, meant) in [
            ("2024-05-06T07:08", "2024-05-06T07:08:00"),
            (" 2024-05-06 07:08:09 ", "2024-05-06T07:08:09"),
            ("2024-05-06T07:08+01:00", "2024-05-06T07:08:00+01:00"),
            ("2024-05-06T07:08:09-11:30", "2024-05-06T07:08:09-11:30"),
            ("2024-05-06T07:08Z", "2024-05-06T07:08:00Z"),
        ] {
            assert_eq!(taken_at(typed).unwrap(), meant);
        }
        for wrong in [
            "",
            "2024",
            "2024-05-06",
            "2024-02-30T07:08",
            "2024-05-06T25:00",
            "2024-05-06T07:08+1",
            "yesterday",
            "0000-01-01T00:00",
        ] {
            assert!(taken_at(wrong).is_err(), "{wrong}");
        }
    }
}
