//! Dates as files have them: by the clock of whoever wrote them, with an offset only if one is stated.

/// `2026-03-01T12:00:00`, with an offset such as `+01:00` only if it is stated, of a date in any form that is in use: that of
/// Exif (`2026:03:01 12:00:00`), ISO 8601 with and without separators, mails (`Sun, 1 Mar 2026 12:00:00 +0100`), C's `ctime`
/// (`Sun Mar  1 12:00:00 2026`), with the day or, between slashes, the month first. Without a time it is midnight. `None` for
/// what can't be, such as the zeros and blanks of a clock that was never set.
pub(super) fn any(text: &str) -> Option<String> {
    let text = text.trim();
    let (date, rest) =
        year_first(text).or_else(|| compact(text)).or_else(|| month_by_name(text)).or_else(|| year_last(text))?;
    let has_time = rest.contains(|c: char| c.is_ascii_digit());
    let ((hour, minute, second), rest) = if has_time { time(rest)? } else { ((0, 0, 0), rest) };
    let hour = twelve_hours(hour, rest)?;
    let (year, month, day) = date;
    let offset = offset(rest).unwrap_or_default();
    (is_day(date) && hour < 24 && minute < 60 && second < 60)
        .then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{offset}"))
}

/// A date with an offset that is stated apart from it, which only that form has: `+01:00`.
pub(super) fn with_offset(date: &str, stated: Option<&str>) -> Option<String> {
    let date = any(date)?;
    let apart = stated.and_then(offset).filter(|_| date.len() == LENGTH).unwrap_or_default();
    Some(date + &apart)
}

/// How many minutes a date is ahead of UTC, if it says so.
pub(crate) fn offset_minutes(date: &str) -> Option<i32> {
    let offset = date.get(LENGTH..)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let minutes = hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?;
    Some(if offset.starts_with('-') { -minutes } else { minutes })
}

/// Of a date without an offset.
const LENGTH: usize = "2026-03-01T12:00:00".len();

type Day = (u32, u32, u32);

fn is_day((year, month, day): Day) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1800..=9999).contains(&year) && (1..=days).contains(&day)
}

/// Up to `most` digits at the beginning, and what is behind them.
fn number(text: &str, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

/// What is behind separators, of which there is one at least.
fn behind<'a>(text: &'a str, separators: &[char]) -> Option<&'a str> {
    let rest = text.trim_start_matches(separators);
    (rest.len() < text.len()).then_some(rest)
}

const SEPARATORS: [char; 5] = [':', '-', '/', '.', ' '];

/// `2026:03:01`
fn year_first(text: &str) -> Option<(Day, &str)> {
    let (year, rest) = number(text, 4).filter(|(year, _)| *year >= 1000)?;
    let (month, rest) = number(behind(rest, &SEPARATORS)?, 2)?;
    let (day, rest) = number(behind(rest, &SEPARATORS)?, 2)?;
    Some(((year, month, day), rest))
}

/// `20260301`
fn compact(text: &str) -> Option<(Day, &str)> {
    text.get(..8).filter(|day| day.bytes().all(|b| b.is_ascii_digit()))?;
    let ((year, rest), day) = (number(text, 4)?, &text[6..]);
    Some(((year, number(rest, 2)?.0, number(day, 2)?.0), &text[8..]))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `1 Mar 2026`, `March 1, 2026`, `Sun Mar  1 12:00:00 2026`.
fn month_by_name(text: &str) -> Option<(Day, &str)> {
    // The day of the week tells nothing new.
    let is_month = |word: &str| {
        let begin = word.get(..3)?.to_ascii_lowercase();
        MONTHS.iter().position(|month| *month == begin).map(|at| at as u32 + 1)
    };
    let word = text.split(|c: char| !c.is_alphabetic()).find(|word| is_month(word).is_some())?;
    let month = is_month(word)?;
    let at = word.as_ptr() as usize - text.as_ptr() as usize;
    let (before, rest) = (&text[..at], &text[at + word.len()..]);
    let blanks = [' ', ',', '.', '-', '/'];
    let before = before.trim_end_matches(blanks);
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let (day, _) = number(&before[before.len() - digits..], 2)?;
        let (year, rest) = number(rest.trim_start_matches(blanks), 4)?;
        return Some(((year, month, day), rest));
    }
    let (day, rest) = number(rest.trim_start_matches(blanks), 2)?;
    let rest = rest.trim_start_matches(blanks);
    match number(rest, 4)? {
        (year, behind) if year >= 1000 => Some(((year, month, day), behind)),
        // The time comes first; the year is the last word.
        _ => Some(((number(rest.rsplit(' ').next()?, 4)?.0, month, day), rest.rsplit_once(' ')?.0)),
    }
}

/// `1.3.2026` and `01-03-2026`; between slashes, as in the United States, `3/1/2026`, unless that can't be.
fn year_last(text: &str) -> Option<(Day, &str)> {
    let (first, rest) = number(text, 2)?;
    let slashes = rest.starts_with('/');
    let (second, rest) = number(behind(rest, &SEPARATORS)?, 2)?;
    let (year, rest) = number(behind(rest, &SEPARATORS)?, 4)?;
    let (month, day) = if slashes && first <= 12 { (first, second) } else { (second, first) };
    Some(((year, month, day), rest))
}

/// `12:00:00.5`, `1200`, `12:00`; and what is behind it.
fn time(text: &str) -> Option<((u32, u32, u32), &str)> {
    let text = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let (hour, rest) = number(text, 2)?;
    let part = |rest: &str| rest.trim_start_matches([':', '.']).len();
    let (minute, rest) = number(&rest[rest.len() - part(rest)..], 2)?;
    let next = &rest[rest.len() - part(rest)..];
    let (second, rest) = number(next, 2).unwrap_or((0, rest));
    let fraction = rest.strip_prefix(['.', ',']).map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    Some(((hour, minute, second), fraction.unwrap_or(rest)))
}

/// The hour of the day, where noon and midnight are told by `AM` and `PM`.
fn twelve_hours(hour: u32, rest: &str) -> Option<u32> {
    let mark = rest.trim_start().get(..2).unwrap_or_default().to_ascii_lowercase();
    match &*mark {
        "am" | "pm" if hour == 0 || hour > 12 => (mark == "pm" || hour == 0).then_some(hour),
        "am" => Some(hour % 12),
        "pm" => Some(hour % 12 + 12),
        _ => Some(hour),
    }
}

/// `+01:00`, also of `+0100` and `+1`; `Z` and `GMT` become `+00:00`.
fn offset(text: &str) -> Option<String> {
    let text = text.trim();
    if matches!(text, "Z" | "z" | "GMT" | "UTC" | "UT") {
        return Some("+00:00".to_owned());
    }
    let (sign, rest) = (text.get(..1).filter(|sign| matches!(*sign, "+" | "-"))?, text.get(1..)?);
    let (hours, rest) = number(rest, 2)?;
    let minutes = number(rest.trim_start_matches([':', '\'']), 2).map_or(0, |(minutes, _)| minutes);
    (hours <= 14 && minutes < 60).then(|| format!("{sign}{hours:02}:{minutes:02}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2008:10:22 16:28:39", Some("2008-10-22T16:28:39"))]
    #[case("2024:02:29 00:00:00", Some("2024-02-29T00:00:00"))]
    #[case("2020-01-02T03:04:05", Some("2020-01-02T03:04:05"))]
    #[case("2020-01-02T03:04:05.678+01:00", Some("2020-01-02T03:04:05+01:00"))]
    #[case("2020-01-02T03:04Z", Some("2020-01-02T03:04:00+00:00"))]
    #[case("2020-01-02", Some("2020-01-02T00:00:00"))]
    #[case("2015:03:04", Some("2015-03-04T00:00:00"))]
    #[case("2003:12:14 12:01", Some("2003-12-14T12:01:00"))]
    #[case("2003/12/14 1:02:03 PM", Some("2003-12-14T13:02:03"))]
    #[case("2003:12:14 12:00:00 am", Some("2003-12-14T00:00:00"))]
    #[case("2003:12:14 17:02:03 PM", Some("2003-12-14T17:02:03"))]
    #[case("2003:12:14:09:08:07", Some("2003-12-14T09:08:07"))]
    #[case("20040506", Some("2004-05-06T00:00:00"))]
    #[case("20040506T070809+0200", Some("2004-05-06T07:08:09+02:00"))]
    #[case("20040506070809", Some("2004-05-06T07:08:09"))]
    #[case("Thu, 06 May 2004 07:08:09 +0200", Some("2004-05-06T07:08:09+02:00"))]
    #[case("6 May 2004 07:08:09 GMT", Some("2004-05-06T07:08:09+00:00"))]
    #[case("Thu May  6 07:08:09 2004", Some("2004-05-06T07:08:09"))]
    #[case("May 6, 2004 7:08 AM", Some("2004-05-06T07:08:00"))]
    #[case("6-May-2004", Some("2004-05-06T00:00:00"))]
    #[case("6.5.2004 7:08", Some("2004-05-06T07:08:00"))]
    #[case("5/6/2004 7:08:09", Some("2004-05-06T07:08:09"))]
    #[case("26/5/2004", Some("2004-05-26T00:00:00"))]
    #[case("0000:00:00 00:00:00", None)]
    #[case("    :  :     :  :  ", None)]
    #[case("2023:02:29 00:00:00", None)]
    #[case("2023:01:01 24:00:00", None)]
    #[case("99999999999:01:01 00:00:00", None)]
    #[case("never", None)]
    #[case("Marvellous 2004", None)]
    #[case("", None)]
    #[case("é1ü", None)]
    fn dates(#[case] text: &str, #[case] date: Option<&str>) {
        assert_eq!(any(text).as_deref(), date);
    }

    #[rstest]
    #[case("+03:00", Some("+03:00"))]
    #[case("-5:30", Some("-05:30"))]
    #[case("+0545", Some("+05:45"))]
    #[case("Z", Some("+00:00"))]
    #[case("   :  ", None)]
    #[case("+99:00", None)]
    #[case("é", None)]
    fn offsets(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(offset(text).as_deref(), expected);
    }

    #[test]
    fn offsets_are_of_the_date_or_apart_from_it() {
        assert_eq!(with_offset("2004:05:06 07:08:09", Some("+02:00")).as_deref(), Some("2004-05-06T07:08:09+02:00"));
        assert_eq!(with_offset("2004-05-06T07:08:09Z", Some("+02:00")).as_deref(), Some("2004-05-06T07:08:09+00:00"));
        assert_eq!(offset_minutes("2004-05-06T07:08:09-05:30"), Some(-330));
        assert_eq!(offset_minutes("2004-05-06T07:08:09"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[0-9 :/.TZ+apm-]{0,30}|\\PC{0,40}") {
            if let Some(date) = any(&text) {
                proptest::prop_assert!(date.len() == LENGTH || offset_minutes(&date).is_some(), "{}", date);
            }
        }
    }
}
