//! Values of fields, as people type them. All functions take folded text and give `None` for what is no such value.

use std::ops::Range;

use super::condition::Condition;

const DAY_MS: i64 = 86_400_000;

/// `png`, `jpg`, `image/webp`.
pub(super) fn format(text: &str) -> Option<Condition> {
    let name = text.strip_prefix("image/").unwrap_or(text);
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let name = match name {
        "jpg" | "jpe" => "jpeg",
        "tif" => "tiff",
        "heif" => "heic",
        "svgz" => "svg",
        "j2k" | "j2c" | "jpc" | "jpx" => "jp2",
        "cur" | "icon" => "ico",
        "psb" | "photoshop" => "psd",
        "targa" => "tga",
        "pbm" | "pgm" | "ppm" | "pam" | "pfm" | "netpbm" => "pnm",
        "rgbe" => "hdr",
        "openexr" => "exr",
        "postscript" => "eps",
        "dng" | "cr2" | "cr3" | "crw" | "nef" | "nrw" | "arw" | "sr2" | "orf" | "rw2" | "raf" | "pef" | "srw"
        | "3fr" | "iiq" | "x3f" => "raw",
        other => other,
    };
    Some(Condition::Format(name.to_owned()))
}

/// `4000`, `>4000`, `<=4000px`.
pub(super) fn number(text: &str) -> Option<Range<i64>> {
    let (comparison, rest) = comparison(text);
    let digits = rest.strip_suffix("px").unwrap_or(rest).trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().unwrap_or(i64::MAX - 1).min(i64::MAX - 1);
    Some(comparison.range(number..number + 1))
}

/// `>5mb`, `<=1.5 GB`, `800kb`, `1234`. Without a comparison what would be shown so: `5mb` is all that is nearer to 5 than
/// to 4 or 6. Units are powers of 1,000, as the app shows them; `MiB` and the like are powers of 1,024.
pub(super) fn bytes(text: &str) -> Option<Range<i64>> {
    let (comparison, rest) = comparison(text);
    let split = rest.find(|c: char| c.is_alphabetic()).unwrap_or(rest.len());
    let (digits, unit) = (rest[..split].trim().replace(',', "."), rest[split..].trim());
    let unit: f64 = match unit {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        "tib" => 1_099_511_627_776.0,
        _ => return None,
    };
    let written = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let value: f64 = digits.parse().ok().filter(|_| written)?;
    // Casts of floats saturate.
    let exactly = (value * unit).round().min(9e18) as i64;
    if comparison != Comparison::Equal {
        return Some(comparison.range(exactly..exactly + 1));
    }
    let places = digits.split_once('.').map_or(0, |(_, after)| after.len().min(9));
    let half = unit / 10_f64.powi(places as i32) / 2.0;
    let from = (value * unit - half).ceil().clamp(0.0, 9e18) as i64;
    let to = (value * unit + half).ceil().min(9e18) as i64;
    Some(from..to.max(from + 1))
}

/// `2024`, `2024-05`, `2024-05-06`, also with slashes or points: the span in milliseconds since 1970.
pub(super) fn date(text: &str) -> Option<Range<i64>> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let digits = |part: &str, most: usize| -> Option<i64> {
        let fits = !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
        if fits { part.parse().ok() } else { None }
    };
    let year = digits(parts[0], 4).filter(|_| parts[0].len() == 4)?;
    let month = parts.get(1).map(|part| digits(part, 2).filter(|month| (1..=12).contains(month)));
    let day = parts.get(2).map(|part| digits(part, 2));
    let (from, to) = match (month, day, parts.len()) {
        (None, None, 1) => (days(year, 1, 1), days(year + 1, 1, 1)),
        (Some(month), None, 2) => (days(year, month?, 1), days_after_month(year, month?)),
        (Some(month), Some(day), 3) => {
            let (month, day) = (month?, day?);
            let first = days(year, month, 1);
            let from = first + day - 1;
            if day < 1 || from >= days_after_month(year, month) {
                return None;
            }
            (from, from + 1)
        }
        _ => return None,
    };
    Some(from * DAY_MS..to * DAY_MS)
}

fn days_after_month(year: i64, month: i64) -> i64 {
    if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) }
}

/// Days since 1970-01-01 of the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
/// algorithms", `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Comparison {
    /// What lies so to a span.
    fn range(self, span: Range<i64>) -> Range<i64> {
        match self {
            Self::Equal => span,
            Self::Less => i64::MIN..span.start,
            Self::AtMost => i64::MIN..span.end,
            Self::More => span.end..i64::MAX,
            Self::AtLeast => span.start..i64::MAX,
        }
    }
}

fn comparison(text: &str) -> (Comparison, &str) {
    for (sign, comparison) in [
        (">=", Comparison::AtLeast),
        ("≥", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("≤", Comparison::AtMost),
        (">", Comparison::More),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (comparison, rest.trim_start());
        }
    }
    (Comparison::Equal, text)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("5mb", Some(4_500_000..5_500_000))]
    #[case("1.5mb", Some(1_450_000..1_550_000))]
    #[case("1,5mb", Some(1_450_000..1_550_000))]
    #[case(">5mb", Some(5_000_001..i64::MAX))]
    #[case(">=5mb", Some(5_000_000..i64::MAX))]
    #[case("<1 kib", Some(i64::MIN..1024))]
    #[case("1234", Some(1234..1235))]
    #[case("0", Some(0..1))]
    #[case("large", None)]
    #[case("5 apples", None)]
    #[case("1.2.3mb", None)]
    #[case("-5mb", None)]
    #[case("infb", None)]
    #[case("", None)]
    #[case(">", None)]
    fn sizes(#[case] text: &str, #[case] expected: Option<Range<i64>>) {
        assert_eq!(bytes(text), expected);
    }

    #[rstest]
    #[case("2024", Some((19_723, 20_089)))]
    #[case("2024-02", Some((19_754, 19_783)))]
    #[case("2024-12", Some((20_058, 20_089)))]
    #[case("2024-02-29", Some((19_782, 19_783)))]
    #[case("2024/2/29", Some((19_782, 19_783)))]
    #[case("1969", Some((-365, 0)))]
    #[case("2023-02-29", None)]
    #[case("2024-13", None)]
    #[case("2024-00-01", None)]
    #[case("2024-01-00", None)]
    #[case("24", None)]
    #[case("2024-", None)]
    #[case("2024-1-1-1", None)]
    #[case("may", None)]
    fn dates(#[case] text: &str, #[case] expected: Option<(i64, i64)>) {
        assert_eq!(date(text), expected.map(|(from, to)| from * DAY_MS..to * DAY_MS));
    }

    #[rstest]
    #[case(">4000", Some(4001..i64::MAX))]
    #[case("<=4000px", Some(i64::MIN..4001))]
    #[case("99999999999999999999", Some(i64::MAX - 1..i64::MAX))]
    #[case("4k", None)]
    fn numbers(#[case] text: &str, #[case] expected: Option<Range<i64>>) {
        assert_eq!(number(text), expected);
    }

    #[rstest]
    #[case("jpg", Some("jpeg"))]
    #[case("image/webp", Some("webp"))]
    #[case("ppm", Some("pnm"))]
    #[case("nef", Some("raw"))]
    #[case("a b", None)]
    fn formats(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(format(text), expected.map(|name| Condition::Format(name.to_owned())));
    }
}
