//! XMP packets (ISO 16684-1): properties are looked for by their usual names, as attributes and as elements, without reading
//! the XML around them, which is often broken or cut. Where a packet gives a namespace another prefix, that one is replaced
//! by the usual one first.

use std::borrow::Cow;

use account_api::{DateSource, Facts};

use super::date;
use super::exif::rounded;
use super::stated::{Date, Metadata, possible};

/// In the order in which they are believed.
const DATES: [&str; 5] =
    ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate", "xap:CreateDate", "exif:DateTimeDigitized"];

/// Namespaces with the prefix by which their properties are looked for here.
const NAMESPACES: [(&str, &str); 6] = [
    ("exif", "http://ns.adobe.com/exif/1.0/"),
    ("exifEX", "http://cipa.jp/exif/1.0/"),
    ("aux", "http://ns.adobe.com/exif/1.0/aux/"),
    ("tiff", "http://ns.adobe.com/tiff/1.0/"),
    ("photoshop", "http://ns.adobe.com/photoshop/1.0/"),
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
];

/// Reads a packet.
pub(super) fn read(packet: &[u8]) -> Metadata {
    let packet = String::from_utf8_lossy(packet);
    let packet = NAMESPACES.into_iter().fold(packet, |packet, (usual, uri)| with_prefix(packet, usual, uri));
    let first = |names: &[&str]| names.iter().find_map(|name| property(&packet, name));
    let text = |names: &[&str]| first(names).map(plain).filter(|text| !text.is_empty());
    let number = |names: &[&str]| first(names).and_then(fraction);
    let measure = |names: &[&str]| number(names).filter(|value| *value > 0.0);
    let degrees = |name: &str, negative: char| coordinate(first(&[name])?, negative);
    let place = || possible(degrees("exif:GPSLatitude", 'S')?, degrees("exif:GPSLongitude", 'W')?);
    let (latitude, longitude) = place().unzip();
    let below = first(&["exif:GPSAltitudeRef"]) == Some("1");
    let altitude = number(&["exif:GPSAltitude"]).map(|metres| if below { -metres } else { metres });
    let date = DATES.iter().find_map(|name| date::any(property(&packet, name)?));
    Metadata {
        date: date.map(|at| Date { at, source: DateSource::Xmp, is_taken: true }),
        facts: Facts {
            make: text(&["tiff:Make"]),
            model: text(&["tiff:Model"]),
            lens: text(&["exifEX:LensModel", "aux:Lens"]),
            focal_length_mm: measure(&["exif:FocalLength"]).map(rounded),
            focal_length_35mm: measure(&["exif:FocalLengthIn35mmFilm"]).map(rounded),
            f_number: measure(&["exif:FNumber"]).map(rounded),
            exposure_seconds: measure(&["exif:ExposureTime"]).map(rounded),
            iso: measure(&["exifEX:PhotographicSensitivity", "exif:ISOSpeedRatings"]).map(|iso| iso as u32),
            latitude,
            longitude,
            altitude_metres: altitude.map(rounded),
            colour_space: text(&["photoshop:ICCProfile"]),
            ..Facts::default()
        },
        ..Metadata::default()
    }
}

/// The packet with a namespace's usual prefix in place of the one that it declares.
fn with_prefix<'a>(packet: Cow<'a, str>, usual: &str, uri: &str) -> Cow<'a, str> {
    let Some(declared) = declared(&packet, uri).filter(|declared| *declared != usual) else { return packet };
    let name = format!("{declared}:");
    let mut text = String::with_capacity(packet.len());
    let mut rest = 0;
    for (at, _) in packet.match_indices(&name) {
        // Not the end of a longer prefix, nor a part of some text.
        if packet[..at].ends_with(|before: char| matches!(before, '<' | '/') || before.is_ascii_whitespace()) {
            text.push_str(&packet[rest..at]);
            text.push_str(usual);
            rest = at + declared.len();
        }
    }
    text.push_str(&packet[rest..]);
    Cow::Owned(text)
}

/// The first prefix that stands for a namespace: `ns1` of `xmlns:ns1="http://…"`.
fn declared<'a>(packet: &'a str, uri: &str) -> Option<&'a str> {
    packet.match_indices("xmlns:").find_map(|(at, mark)| {
        let (prefix, value) = packet[at + mark.len()..].split_once('=')?;
        let value = value.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let is_it = value[1..].strip_prefix(uri)?.starts_with(quote);
        let prefix = prefix.trim_end();
        (is_it && !prefix.is_empty()).then_some(prefix)
    })
}

/// The value of a simple property, or the first of a list.
fn property<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.match_indices(name).find_map(|(at, _)| {
        let rest = text[at + name.len()..].trim_start();
        if let Some(rest) = rest.strip_prefix('=') {
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            return rest[1..].split(quote).next();
        }
        let value = rest.strip_prefix('>')?;
        let list = value.trim_start();
        let value = match ["<rdf:Seq", "<rdf:Bag", "<rdf:Alt"].iter().any(|kind| list.starts_with(kind)) {
            true => list.split_once("<rdf:li")?.1.split_once('>')?.1,
            false => value,
        };
        value.split('<').next()
    })
}

/// Without what stands for characters that XML needs itself.
fn plain(text: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    let text = named.iter().fold(text.to_owned(), |text, (name, character)| text.replace(name, character));
    text.trim().to_owned()
}

/// `24/10`, `2.4`.
fn fraction(text: &str) -> Option<f64> {
    let text = text.trim();
    let value = match text.split_once('/') {
        Some((above, below)) => above.trim().parse::<f64>().ok()? / below.trim().parse::<f64>().ok()?,
        None => text.parse().ok()?,
    };
    value.is_finite().then_some(value)
}

/// `50,56.4774N`, `50,56,28N`, `-50.94`.
fn coordinate(text: &str, negative: char) -> Option<f64> {
    let text = text.trim();
    let sign = if text.ends_with([negative, negative.to_ascii_lowercase()]) { -1.0 } else { 1.0 };
    let parts = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).split(',').map(fraction);
    let parts: Vec<f64> = parts.collect::<Option<_>>()?;
    Some(sign * parts.iter().zip([1.0, 60.0, 3600.0]).map(|(part, unit)| part / unit).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("<rdf:Description xmp:CreateDate=\"2004-05-06T07:08:09\"/>", Some("2004-05-06T07:08:09"))]
    #[case(
        "<photoshop:DateCreated>2004-05-06T07:08:09.5+02:00</photoshop:DateCreated>",
        Some("2004-05-06T07:08:09+02:00")
    )]
    #[case("<x xmp:CreateDate = '2004-05-06T07:08Z'>", Some("2004-05-06T07:08:00+00:00"))]
    #[case("<x photoshop:DateCreated=\"2004-05-06\">", Some("2004-05-06T00:00:00"))]
    #[case(
        "<x xmp:CreateDate=\"2010-01-01T00:00:00\" exif:DateTimeOriginal=\"2004-05-06T07:08:09\">",
        Some("2004-05-06T07:08:09")
    )]
    #[case(
        "<x xmlns:ns7='http://ns.adobe.com/xap/1.0/' xmlns:ns70=\"http://example.org/\" ns70:CreateDate='2010-01-01'
          ns7:CreateDate='2004-05-06'>",
        Some("2004-05-06T00:00:00")
    )]
    #[case(
        "<x xmlns:e = \"http://ns.adobe.com/exif/1.0/\"><e:DateTimeOriginal>2004-05-06</e:DateTimeOriginal></x>",
        Some("2004-05-06T00:00:00")
    )]
    // No day is made up.
    #[case("<x photoshop:DateCreated=\"2004-05\">", None)]
    #[case("<x photoshop:DateCreated=\"2004\">", None)]
    #[case("<x xmp:CreateDate=\"never\">", None)]
    #[case("xmp:CreateDate", None)]
    fn dates(#[case] packet: &str, #[case] date: Option<&str>) {
        assert_eq!(read(packet.as_bytes()).date.map(|date| date.at).as_deref(), date);
    }

    #[test]
    fn facts_as_attributes_and_elements_and_lists() {
        let packet = r#"<rdf:Description tiff:Make="Foo &amp; Bar" aux:LensInfo="1/1" aux:Lens="50 mm" exif:FNumber="28/10"
            exif:GPSLatitude="50,56.4774S" exif:GPSLongitude="6,57,30E" exif:GPSAltitude="123/10" exif:GPSAltitudeRef="1">
            <exif:ExposureTime>1/125</exif:ExposureTime>
            <exif:ISOSpeedRatings>
              <rdf:Seq><rdf:li>400</rdf:li></rdf:Seq>
            </exif:ISOSpeedRatings>"#;
        let facts = Facts {
            make: Some("Foo & Bar".to_owned()),
            lens: Some("50 mm".to_owned()),
            f_number: Some(2.8),
            exposure_seconds: Some(0.008),
            iso: Some(400),
            latitude: Some(-50.94129),
            longitude: Some(6.9583333),
            altitude_metres: Some(-12.3),
            ..Facts::default()
        };
        assert_eq!(read(packet.as_bytes()).facts, facts);
    }
}
