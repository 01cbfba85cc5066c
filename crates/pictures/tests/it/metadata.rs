//! What files say about themselves.

use account_api::{DateSource, Facts};
use pictures::{Format, Picture};

use crate::files::{exif_orientation, fixture, look, with_segment};

/// A little-endian TIFF file with a main, an Exif and a GPS directory.
fn exif() -> Vec<u8> {
    struct Directory(Vec<(u16, u16, u32, Vec<u8>)>);
    impl Directory {
        fn text(mut self, tag: u16, text: &str) -> Self {
            self.0.push((tag, 2, text.len() as u32 + 1, [text.as_bytes(), b"\0"].concat()));
            self
        }
        fn fractions(mut self, tag: u16, values: &[(u32, u32)]) -> Self {
            let bytes = values.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat()).collect();
            self.0.push((tag, 5, values.len() as u32, bytes));
            self
        }
        fn short(mut self, tag: u16, value: u16) -> Self {
            self.0.push((tag, 3, 1, value.to_le_bytes().to_vec()));
            self
        }
        fn pointer(mut self, tag: u16, at: u32) -> Self {
            self.0.push((tag, 4, 1, at.to_le_bytes().to_vec()));
            self
        }
        fn written(&self, at: usize) -> Vec<u8> {
            let mut head = (self.0.len() as u16).to_le_bytes().to_vec();
            let mut tail = Vec::new();
            let tail_at = at + 2 + self.0.len() * 12 + 4;
            for (tag, kind, count, bytes) in &self.0 {
                head.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
                head.extend(count.to_le_bytes());
                if bytes.len() <= 4 {
                    head.extend(bytes);
                    head.resize(head.len() + 4 - bytes.len(), 0);
                } else {
                    head.extend(((tail_at + tail.len()) as u32).to_le_bytes());
                    tail.extend(bytes);
                }
            }
            head.extend([0; 4]);
            [head, tail].concat()
        }
    }
    let photo = Directory(vec![])
        .fractions(0x829A, &[(1, 120)])
        .fractions(0x829D, &[(18, 10)])
        .short(0x8827, 64)
        .text(0x9003, "2026:03:01 12:00:00")
        .text(0x9011, "+01:00")
        // A fraction of nothing.
        .fractions(0x9202, &[(1, 0)])
        .fractions(0x920A, &[(24, 1)])
        .short(0xA001, 1)
        .short(0xA405, 36)
        .text(0xA434, " Fancy  24 mm ")
        .written(1000);
    let place = Directory(vec![])
        .text(1, "S")
        .fractions(2, &[(33, 1), (51, 1), (3600, 100)])
        .text(3, "E")
        .fractions(4, &[(151, 1), (12, 1), (0, 1)])
        .fractions(6, &[(123, 10)])
        .written(2000);
    let main = Directory(vec![])
        .text(0x10F, "Fancy Corp.")
        .text(0x110, "Fancy  One")
        .pointer(0x8769, 1000)
        .pointer(0x8825, 2000)
        .written(8);
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    file.extend(main);
    file.resize(1000, 0);
    file.extend(photo);
    file.resize(2000, 0);
    file.extend(place);
    file
}

fn assert_facts(picture: &Picture) {
    assert_eq!(picture.taken_at.as_deref(), Some("2026-03-01T12:00:00+01:00"));
    assert_eq!(picture.camera.as_deref(), Some("Fancy One"));
    let facts = Facts {
        date_source: Some(DateSource::Exif),
        utc_offset_minutes: Some(60),
        make: Some("Fancy Corp.".to_owned()),
        model: Some("Fancy One".to_owned()),
        lens: Some("Fancy 24 mm".to_owned()),
        focal_length_mm: Some(24.0),
        focal_length_35mm: Some(36.0),
        f_number: Some(1.8),
        exposure_seconds: Some(0.00833333),
        iso: Some(64),
        latitude: Some(-33.86),
        longitude: Some(151.2),
        altitude_metres: Some(12.3),
        colour_space: Some("sRGB".to_owned()),
        ..Facts::default()
    };
    assert_eq!(picture.facts, facts);
}

#[test]
fn exif_in_a_jpeg() {
    let bytes = with_segment(&fixture("jpeg-420.jpg"), 0xE1, &[b"Exif\0\0", &exif()[..]].concat());
    assert_facts(&look(&bytes).unwrap());
}

#[test]
fn exif_in_a_png() {
    assert_facts(&look(&with_png_exif(&exif())).unwrap());
}

#[test]
fn exif_in_a_webp() {
    assert_facts(&look(&with_webp_exif(&exif())).unwrap());
    // Some writers keep the prefix that only JPEG has.
    assert_facts(&look(&with_webp_exif(&[b"Exif\0\0", &exif()[..]].concat())).unwrap());
}

#[test]
fn exif_in_a_heic_and_its_size() {
    let heic = heic(&exif());
    let picture = look(&heic).unwrap();
    assert_facts(&picture);
    // Stored as 400 × 300, turned by a quarter.
    assert_eq!((picture.format, picture.width, picture.height), (Format::Heic, Some(300), Some(400)));
    assert_eq!((picture.thumbnail, picture.thumbhash), (None, None));
}

#[test]
fn a_raw_file_says_who_took_it() {
    // A DNG is a TIFF file with a version of its own.
    let mut dng = exif();
    let count = u16::from_le_bytes([dng[8], dng[9]]);
    assert_eq!(dng[10..12], [0x0F, 1]);
    // The make gives its place to the version.
    dng[10..22].copy_from_slice(&[0x12, 0xC6, 1, 0, 4, 0, 0, 0, 1, 4, 0, 0]);
    assert_eq!(count, 4);
    let picture = look(&dng).unwrap();
    assert_eq!((picture.format, picture.taken_at.as_deref()), (Format::Raw, Some("2026-03-01T12:00:00+01:00")));
    assert_eq!(picture.thumbnail, None);
}

#[test]
fn an_svg_has_a_size() {
    let picture =
        look(br#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>"#).unwrap();
    assert_eq!((picture.format, picture.width, picture.height), (Format::Svg, Some(30), Some(20)));
}

pub fn with_png_exif(exif: &[u8]) -> Vec<u8> {
    with_png_chunk(b"eXIf", exif)
}

fn with_png_chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let png = fixture("scene.png");
    let mut chunk = (body.len() as u32).to_be_bytes().to_vec();
    chunk.extend(kind);
    chunk.extend(body);
    chunk.extend(crc32(&chunk[4..]).to_be_bytes());
    [&png[..33], &chunk, &png[33..]].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut crc, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
        crc
    })
}

pub fn with_webp_exif(exif: &[u8]) -> Vec<u8> {
    let webp = fixture("webp-lossy.webp");
    // VP8X with the Exif flag, then the picture, then the Exif chunk.
    let mut body = b"WEBPVP8X\x0A\0\0\0\x08\0\0\0\x3F\0\0\x2F\0\0".to_vec();
    body.extend(&webp[12..]);
    body.extend(b"EXIF");
    body.extend((exif.len() as u32).to_le_bytes());
    body.extend(exif);
    if exif.len() % 2 == 1 {
        body.push(0);
    }
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

/// A HEIC file without pixels: two items, the picture and its Exif.
fn heic(exif: &[u8]) -> Vec<u8> {
    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
    }
    let ftyp = boxed(b"ftyp", b"mif1\0\0\0\0mif1heic");
    let meta = |exif_at: u32| {
        let infe = |id: u8, kind: &[u8; 4]| boxed(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], &kind[..], b"\0"].concat());
        let iinf = boxed(b"iinf", &[&[0, 0, 0, 0, 0, 2][..], &infe(1, b"hvc1"), &infe(2, b"Exif")].concat());
        let pitm = boxed(b"pitm", &[0, 0, 0, 0, 0, 1]);
        let mut ispe = vec![0; 4];
        ispe.extend([400_u32.to_be_bytes(), 300_u32.to_be_bytes()].concat());
        let ipco = boxed(b"ipco", &[boxed(b"ispe", &ispe), boxed(b"irot", &[1])].concat());
        let ipma = boxed(b"ipma", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 0x81, 0x82]);
        let iprp = boxed(b"iprp", &[ipco, ipma].concat());
        let mut iloc = vec![0, 0, 0, 0, 0x44, 0, 0, 1, 0, 2, 0, 0, 0, 1];
        iloc.extend(exif_at.to_be_bytes());
        iloc.extend((exif.len() as u32 + 4).to_be_bytes());
        boxed(b"meta", &[&[0; 4][..], &pitm, &iinf, &iprp, &boxed(b"iloc", &iloc)].concat())
    };
    let exif_at = ftyp.len() + meta(0).len() + 8;
    let mdat = boxed(b"mdat", &[&[0; 4], exif].concat());
    [ftyp, meta(exif_at as u32), mdat].concat()
}

#[test]
fn an_orientation_alone_is_no_camera() {
    let bytes = with_segment(&fixture("jpeg-420.jpg"), 0xE1, &[b"Exif\0\0", &exif_orientation(6)[..]].concat());
    let picture = look(&bytes).unwrap();
    assert_eq!((picture.width, picture.height, picture.camera, picture.taken_at), (Some(48), Some(64), None, None));
}

/// One tag that points nowhere, in each of the places in turn, and cuts at every length: the rest is read, and nothing panics.
#[test]
fn a_broken_tag_loses_no_other() {
    let whole = exif();
    let facts = look(&with_png_exif(&whole)).unwrap().facts;
    let entries = usize::from(whole[1000]);
    for entry in 0..entries {
        let mut broken = whole.clone();
        let at = 1002 + entry * 12;
        broken[at + 4..at + 12].fill(0xFF);
        let read = look(&with_png_exif(&broken)).unwrap().facts;
        let [left, all] =
            [&read, &facts].map(|facts| serde_json::to_value(facts).unwrap().as_object().unwrap().clone());
        let lost = all.iter().filter(|(name, value)| left.get(*name) != Some(*value)).count();
        assert!(lost <= 2, "{entry}: {read:?}");
    }
    for length in 0..whole.len() {
        look(&with_png_exif(&whole[..length])).unwrap();
    }
}

#[test]
fn what_only_other_places_say() {
    let packet = br#"<x:xmpmeta><rdf:Description exif:DateTimeOriginal="2004-05-06T07:08:09+02:00" tiff:Model="X"
        exif:GPSLatitude="50,56.4774N" exif:GPSLongitude="6,57.4944E"/></x:xmpmeta>"#;
    let jpeg = with_segment(&fixture("jpeg-420.jpg"), 0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", &packet[..]].concat());
    let picture = look(&jpeg).unwrap();
    assert_eq!(
        (picture.taken_at.as_deref(), picture.camera.as_deref()),
        (Some("2004-05-06T07:08:09+02:00"), Some("X"))
    );
    assert_eq!((picture.facts.date_source, picture.facts.latitude), (Some(DateSource::Xmp), Some(50.94129)));

    let record = b"\x1C\x02\x37\0\x0820040506\x1C\x02\x3C\0\x0B070809+0200";
    let resources = [b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0", &[record.len() as u8][..], record, b"\0"].concat();
    let picture = look(&with_segment(&fixture("jpeg-420.jpg"), 0xED, &resources)).unwrap();
    assert_eq!(picture.taken_at.as_deref(), Some("2004-05-06T07:08:09+02:00"));
    assert_eq!((picture.facts.date_source, picture.facts.utc_offset_minutes), (Some(DateSource::Iptc), Some(120)));

    let png = with_png_chunk(b"tEXt", b"Creation Time\0Thu, 06 May 2004 07:08:09 GMT");
    let picture = look(&png).unwrap();
    assert_eq!(picture.taken_at.as_deref(), Some("2004-05-06T07:08:09+00:00"));
    assert_eq!(picture.facts.date_source, Some(DateSource::Png));
    assert_eq!(look(&fixture("scene.png")).unwrap().facts.date_source, None);
}

#[test]
fn frames_are_counted() {
    let frames = |name: &str| look(&fixture(name)).unwrap().facts.frames;
    for name in crate::files::fixtures() {
        let animated = name.contains("animat") || name.contains("frames") || name.contains("pages");
        assert_eq!(frames(&name).is_some(), animated, "{name}: {:?}", frames(&name));
    }
}

#[test]
fn a_motion_photo_says_where_its_film_is() {
    let jpeg = fixture("jpeg-420.jpg");
    let packet = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:GCamera='http://ns.google.com/photos/1.0/camera/' GCamera:MotionPhoto='1'/></rdf:RDF></x:xmpmeta>";
    let film = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42\0\0\0\x08mdat";
    let said = with_segment(&jpeg, 0xE1, packet);
    let of = |bytes: &[u8]| look(bytes).unwrap().facts.film;
    let motion = [&said[..], film].concat();
    assert_eq!(of(&motion), Some(account_api::Film::Inside));
    assert_eq!(look(&motion).unwrap().remark, None);
    // Said and not there, or there and not said.
    assert_eq!([of(&said), of(&[&jpeg[..], film].concat())], [None, None]);
}
