//! XMP packets (ISO 16684-1), as far as the date goes: properties are looked for by their usual names, as attributes and as
//! elements, without reading the XML around them, which is often broken or cut.

use super::date;

/// In the order in which they are believed.
const DATES: [&str; 4] = ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate", "exif:DateTimeDigitized"];

/// When the picture was taken, as in [`date::taken_at`].
pub(super) fn taken_at(packet: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(packet);
    DATES.into_iter().find_map(|name| date::iso(property(&text, name)?))
}

/// The value of a simple property.
fn property<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.match_indices(name).find_map(|(at, _)| {
        let rest = text[at + name.len()..].trim_start();
        if let Some(rest) = rest.strip_prefix('=') {
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            return rest[1..].split(quote).next();
        }
        rest.strip_prefix('>')?.split('<').next()
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

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
    #[case("<x xmp:CreateDate=\"never\">", None)]
    #[case("xmp:CreateDate", None)]
    fn dates(#[case] packet: &str, #[case] date: Option<&str>) {
        assert_eq!(super::taken_at(packet.as_bytes()).as_deref(), date);
    }
}
