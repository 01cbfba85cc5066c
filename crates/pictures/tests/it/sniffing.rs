//! Formats by their bytes.

use pictures::Format::{self, *};
use pictures::{Limits, examine, examine_named, sniff, sniff_named};
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
#[case(b"IIU\0\x08\0\0\0", Some(Raw))]
#[case(b"\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x14ftypjxl ", Some(Jxl))]
#[case(b"\xFF\x0A\xFA\x1F\x41\x91", Some(Jxl))]
#[case(b"\xFF\x0A", None)]
#[case(b"\0\0\0\x0CjP  \r\n\x87\n\0\0\0\x14ftypjp2 ", Some(Jp2))]
#[case(b"\xFF\x4F\xFF\x51\0\x2F\0\0", Some(Jp2))]
#[case(b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x30\0\0\0\x40\0\x08\0\x03", Some(Psd))]
#[case(b"8BPS\0\x02\0\0\0\0\0\0\0\x04\0\0\0\x30\0\0\0\x40\0\x08\0\x04", Some(Psd))]
#[case(b"8BPS is what it begins with, and this is not one", None)]
#[case(b"qoif\0\0\0\x40\0\0\0\x30\x04\0", Some(Qoi))]
#[case(b"qoif\0\0\0\x40\0\0\0\x30\x07\0", None)]
#[case(b"\x76\x2F\x31\x01\x02\0\0\0", Some(Exr))]
#[case(b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 48 +X 64\n", Some(Hdr))]
#[case(b"#!/bin/sh", None)]
#[case(b"%!PS-Adobe-3.0 EPSF-3.0\n", Some(Eps))]
#[case(b"\xC5\xD0\xD3\xC6\x1E\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xFF\xFF", Some(Eps))]
#[case(b"%!PS-Adobe-3.0\n%%Pages: 200", None)]
#[case(b"P6\n64 48\n255\n", Some(Pnm))]
#[case(b"P4 # made by hand\n64 48\n", Some(Pnm))]
#[case(b"P7\nWIDTH 64\nHEIGHT 48\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n", Some(Pnm))]
#[case(b"PF\n64 48\n-1.0\n", Some(Pnm))]
#[case(b"P6 is the sixth of them", None)]
#[case(b"P2 0 0 255 ", None)]
#[case(b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\0\x10\0\0\x16\0\0\0", Some(Ico))]
#[case(b"\0\0\x02\0\x01\0\x10\x10\0\0\x01\0\x20\0\0\x10\0\0\x16\0\0\0", Some(Ico))]
// A film of MPEG, a font, and a list whose picture lies inside the list.
#[case(b"\0\0\x01\xBA\x44\0\x04\0\x04\x01\x01\x89\xC3\xF8\0\0\x01\xBB\0\x12\x80\xC4", None)]
#[case(b"\0\x01\0\0\0\x0F\0\x80\0\x03\0\x70GSUB\0\0\0\0\0\0", None)]
#[case(b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\0\x10\0\0\x02\0\0\0", None)]
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

/// The header of an uncompressed TGA of 64 × 48 pixels, 24 bits each.
const TGA: [u8; 18] = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 48, 0, 24, 0];

#[rstest]
#[case("a.tga", &TGA, Some(Tga))]
#[case("A.TGA", &TGA, Some(Tga))]
#[case("a.dat", &TGA, None)]
#[case("tga", &TGA, None)]
#[case("a.tga", b"this is a text, and its name says something else", None)]
#[case("a.eps", b"%!PS-Adobe-3.0\n", Some(Eps))]
#[case("a.ps", b"%!PS-Adobe-3.0\n", None)]
#[case("a.tga", b"\x89PNG\r\n\x1a\n", Some(Png))]
fn a_name_tells_what_bytes_do_not(#[case] name: &str, #[case] head: &[u8], #[case] format: Option<Format>) {
    assert_eq!(sniff_named(head, name), format);
}

#[test]
fn a_tga_without_signature_is_known_by_its_name_or_by_its_length() {
    let limits = Limits::default();
    let whole = [&TGA[..], &[0x80; 64 * 48 * 3]].concat();
    assert_eq!(examine(&whole, &limits).unwrap().format, Tga);
    // Damaged, it is kept for its name's sake, and later shown as far as it goes.
    let cut = &whole[..whole.len() / 2];
    assert_eq!(examine(cut, &limits).unwrap_err().code(), "not_a_picture");
    let picture = examine_named(cut, "scan.tga", &limits).unwrap();
    assert_eq!((picture.format, picture.width, picture.height), (Tga, Some(64), Some(48)));
    assert_eq!(
        picture.remark.unwrap().to_string(),
        "The last 53 % are missing, as after an interrupted copy or download."
    );
}

#[test]
fn every_ending_is_lower_case_and_there_once() {
    let mut endings = Format::ENDINGS.to_vec();
    endings.sort_unstable();
    endings.dedup();
    assert_eq!(endings.len(), Format::ENDINGS.len());
    assert!(endings.iter().all(|ending| ending.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())));
    assert!(Format::ALL.iter().all(|format| *format == Raw || endings.contains(&format.extension())));
}
