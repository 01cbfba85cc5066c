//! When a picture was taken, as the camera's clock said.

use super::ifd::{Ifd, tag};

/// `2026-03-01T12:00:00`, with an offset only if the picture states one for that date.
pub(super) fn taken_at(photo: &Ifd) -> Option<String> {
    let dates = [(tag::DATE_ORIGINAL, tag::OFFSET_ORIGINAL), (tag::DATE_DIGITISED, tag::OFFSET_DIGITISED)];
    dates.into_iter().find_map(|(date, offset)| {
        let date = local(&photo.text(date)?)?;
        let offset = photo.text(offset).and_then(|offset| self::offset(&offset)).unwrap_or_default();
        Some(date + &offset)
    })
}

/// When the file was changed (`DateTime` in the first directory): what cameras and scanners that know no other date write.
pub(super) fn changed_at(main: &Ifd) -> Option<String> {
    local(&main.text(tag::DATE_CHANGED)?)
}

/// From ISO 8601, as XMP has it: `2026-03-01T12:00:00.5+01:00`, without a time at midnight.
pub(super) fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(end);
    let date = local(&format!("{day} {}", time.split('.').next().unwrap_or_default()))?;
    Some(date + &offset(zone).unwrap_or_default())
}

/// From `2026:03:01 12:00:00` (CIPA DC-008) or near it. `None` for dates that can't be, such as the zeros and blanks of
/// a clock that was never set.
fn local(text: &str) -> Option<String> {
    let numbers: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .take(6)
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let &[year, month, day, hour, minute, ref seconds @ ..] = numbers.as_slice() else { return None };
    let second = seconds.first().copied().unwrap_or(0);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let valid = (1800..=9999).contains(&year) && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    valid.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

/// `+01:00`, from that form only; `Z` becomes `+00:00`.
fn offset(text: &str) -> Option<String> {
    let text = text.trim();
    if text == "Z" {
        return Some("+00:00".to_owned());
    }
    let (sign, rest) = (text.get(..1).filter(|sign| matches!(*sign, "+" | "-"))?, text.get(1..)?);
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then(|| format!("{sign}{hours:02}:{minutes:02}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("2008:10:22 16:28:39", Some("2008-10-22T16:28:39"))]
    #[case("2024:02:29 00:00:00", Some("2024-02-29T00:00:00"))]
    #[case("2020-01-02T03:04:05", Some("2020-01-02T03:04:05"))]
    #[case("2003:12:14 12:01", Some("2003-12-14T12:01:00"))]
    #[case("0000:00:00 00:00:00", None)]
    #[case("    :  :     :  :  ", None)]
    #[case("2023:02:29 00:00:00", None)]
    #[case("2023:01:01 24:00:00", None)]
    #[case("99999999999:01:01 00:00:00", None)]
    fn dates(#[case] text: &str, #[case] date: Option<&str>) {
        assert_eq!(super::local(text).as_deref(), date);
    }

    #[rstest]
    #[case("+03:00", Some("+03:00"))]
    #[case("-5:30", Some("-05:30"))]
    #[case("Z", Some("+00:00"))]
    #[case("   :  ", None)]
    #[case("+99:00", None)]
    #[case("é", None)]
    fn offsets(#[case] text: &str, #[case] offset: Option<&str>) {
        assert_eq!(super::offset(text).as_deref(), offset);
    }
}
