//! Formats by their bytes.

use pictures::Format::{self, Avif, Bmp, Gif, Heic, Jpeg, Png, Raw, Svg, Tiff, WebP};
use pictures::sniff;
use rstest::rstest;

/// A little-endian TIFF header and one directory of (tag, type, count, value).
fn tiff(entries: &[(u16, u16, u32, u32)]) -> Vec<u8> {
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file
}

#[rstest]
#[case(b"\xFF\xD8\xFF\xDB", Some(Jpeg))]
#[case(b"\xFF\xD8 text", None)]
#[case(b"\x89PNG\r\n\x1a\n", Some(Png))]
#[case(b"\x89PNG\n\x1a\n", None)]
#[case(b"GIF89a", Some(Gif))]
#[case(b"GIF is a format", None)]
#[case(b"RIFF\0\0\0\0WEBPVP8 ", Some(WebP))]
#[case(b"RIFF\0\0\0\0WEBPVP8X", Some(WebP))]
#[case(b"RIFF\0\0\0\0WAVEfmt ", None)]
#[case(b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0", Some(Bmp))]
#[case(b"BM\x36\0\0\0\0\0\0\0\x1A\0\0\0\x0C\0\0\0\x01\0\x01\0\x01\0\x18\0", Some(Bmp))]
#[case(b"BM this is a letter about something else entirely", None)]
#[case(b"FUJIFILMCCD-RAW 0201FF383501", Some(Raw))]
#[case(b"FOVb\0\0\x03\0", Some(Raw))]
#[case(b"II\x1a\0\0\0HEAPCCDR\x02\0", Some(Raw))]
#[case(b"\0MRM\0\0\0\0", Some(Raw))]
#[case(b"IIRO\x08\0\0\0\0\0", Some(Raw))]
#[case(b"IIU\0\x18\0\0\0\x88\xE7", Some(Raw))]
#[case(b"II\x2a\0\x10\0\0\0CR\x02\0\0\0\0\0", Some(Raw))]
#[case(b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\0", Some(Tiff))]
#[case(b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0", Some(Tiff))]
#[case(b"MMXXIV was a year", None)]
#[case(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", Some(Raw))]
#[case(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Some(Heic))]
#[case(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Some(Heic))]
#[case(b"\0\0\0\x18ftypmsf1\0\0\0\0hevcmsf1", Some(Heic))]
#[case(b"\0\0\0\x14ftypmif1\0\0\0\0mif1", Some(Heic))]
#[case(b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", Some(Avif))]
#[case(b"\0\0\0\x18ftypmif1\0\0\0\0avifmiaf", Some(Avif))]
#[case(b"\0\0\0\x18ftypavis\0\0\0\0avismsf1", Some(Avif))]
#[case(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", None)]
#[case(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", None)]
fn magic_numbers(#[case] head: &[u8], #[case] format: Option<Format>) {
    assert_eq!(sniff(head), format);
}

#[rstest]
#[case("<svg/>", true)]
#[case("\u{feff}<svg xmlns=\"http://www.w3.org/2000/svg\">", true)]
#[case("<?xml version=\"1.0\"?>\n<!-- a -- drawing -->\n<svg>", true)]
#[case("<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\"><svg>", true)]
#[case("<!DOCTYPE svg [ <!ENTITY ns \"http://www.w3.org/2000/svg\"> ]><svg xmlns=\"&ns;\">", true)]
#[case("<?xml-stylesheet href='a.css'?><svg:svg xmlns:svg='x'>", true)]
#[case("<!DOCTYPE html><svg>", false)]
#[case("<html><svg></svg></html>", false)]
#[case("<svgfont>", false)]
#[case("text <svg>", false)]
#[case("<!-- <svg> -->", false)]
#[case("<?xml version=\"1.0\"?><rss/>", false)]
fn svg_and_what_only_contains_it(#[case] text: &str, #[case] is_svg: bool) {
    assert_eq!(sniff(text.as_bytes()), is_svg.then_some(Svg));
    let utf16: Vec<u8> = std::iter::once('\u{feff}')
        .chain(text.trim_start_matches('\u{feff}').chars())
        .flat_map(|c| (c as u32 as u16).to_le_bytes())
        .collect();
    assert_eq!(sniff(&utf16), is_svg.then_some(Svg));
}

#[test]
fn raw_files_that_are_tiff_inside() {
    assert_eq!(sniff(&tiff(&[(0x100, 3, 1, 64)])), Some(Tiff));
    // DNG by its version, others by what only a sensor has.
    assert_eq!(sniff(&tiff(&[(0xC612, 1, 4, 0x0401)])), Some(Raw));
    assert_eq!(sniff(&tiff(&[(0x106, 3, 1, 32_803)])), Some(Raw));
    // A camera's preview in front, the sensor's data in another directory (NEF, ARW, PEF).
    assert_eq!(sniff(&tiff(&[(0xFE, 4, 1, 1), (0x10F, 2, 4, 0x004E_4F53), (0x14A, 4, 1, 8)])), Some(Raw));
    // An edited photo keeps the camera's name and is a TIFF all the same.
    assert_eq!(sniff(&tiff(&[(0xFE, 4, 1, 0), (0x10F, 2, 4, 0x004E_4F53)])), Some(Tiff));
}

#[test]
fn names_lead_back_to_their_formats() {
    for format in Format::ALL {
        assert_eq!(Format::from_name(format.name()), Some(format));
        assert!(format.mime().starts_with("image/"));
        assert!(!format.shown_by_browsers() || format.decodable());
    }
    assert_eq!(Format::from_name("JPEG"), None);
}
