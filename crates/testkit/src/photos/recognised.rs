//! Files of formats that are recognised by their bytes and not decoded: right structure, no real picture inside.

use super::exif::{Value, directory};

/// A HEIC file's structure that says 640 × 480.
pub fn heic() -> Vec<u8> {
    heif(b"heic", b"hvc1", 640, 480)
}

/// An AVIF file's structure that says 640 × 480, and that it moves.
pub fn animated_avif() -> Vec<u8> {
    // How many samples there are, far down in a track (ISO/IEC 14496-12).
    let sizes = boxed(b"stsz", &[0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 2]);
    let track = [b"stbl", b"minf", b"mdia", b"trak", b"moov"].into_iter().fold(sizes, |body, name| boxed(name, &body));
    [heif(b"avis", b"av01", 640, 480), track].concat()
}

/// ISO/IEC 23008-12: brands, one item of the given type, its size, and its (meaningless) data.
fn heif(brand: &[u8; 4], item: &[u8; 4], width: u32, height: u32) -> Vec<u8> {
    let full = |name: &[u8; 4], version: u8, body: &[u8]| boxed(name, &[&[version, 0, 0, 0], body].concat());
    let data = [0x55; 64];
    let file_type = boxed(b"ftyp", &[&brand[..], &[0; 4], &b"mif1"[..], &brand[..], &b"miaf"[..]].concat());
    let handler = full(b"hdlr", 0, &[&[0; 4][..], b"pict", &[0; 12], b"\0"].concat());
    let primary = full(b"pitm", 0, &[0, 1]);
    let entry = full(b"infe", 2, &[&[0, 1, 0, 0][..], item, b"\0"].concat());
    let items = full(b"iinf", 0, &[&[0, 1][..], &entry].concat());
    let size = full(b"ispe", 0, &[width.to_be_bytes(), height.to_be_bytes()].concat());
    let uses = full(b"ipma", 0, &[0, 0, 0, 1, 0, 1, 1, 1]);
    let properties = boxed(b"iprp", &[boxed(b"ipco", &size), uses].concat());
    let meta = |data_at: u32| {
        // One item, one extent: offsets and lengths of four bytes.
        let extent = [data_at.to_be_bytes(), (data.len() as u32).to_be_bytes()].concat();
        let location = full(b"iloc", 0, &[&[0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1][..], &extent].concat());
        full(b"meta", 0, &[&handler[..], &primary, &location, &items, &properties].concat())
    };
    let data_at = file_type.len() + meta(0).len() + 8;
    [file_type, meta(data_at as u32), boxed(b"mdat", &data)].concat()
}

fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&((8 + body.len()) as u32).to_be_bytes()[..], name, body].concat()
}

/// An SVG picture.
pub fn svg() -> Vec<u8> {
    br##"<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200" viewBox="0 0 320 200">
  <rect width="320" height="200" fill="#2b6cb0"/>
  <circle cx="160" cy="100" r="60" fill="#f6e05e"/>
</svg>
"##
    .to_vec()
}

/// A drawing in PostScript, which nothing here draws.
pub fn eps() -> Vec<u8> {
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 320 200\n%%EndComments\n0 0 320 200 rectfill\n%%EOF\n".to_vec()
}

/// The header of a DNG, the camera raw format that is a TIFF with a version tag. Source: DNG specification 1.7.
pub fn dng() -> Vec<u8> {
    let entries = [
        (0x00FE, Value::Long(1)),
        (0x0100, Value::Long(4000)),
        (0x0101, Value::Long(3000)),
        (0x0106, Value::Short(32803)),
        (0x010F, Value::Ascii("Testkit".to_owned())),
        (0x0110, Value::Ascii("Camera 1".to_owned())),
        (0xC612, Value::Byte(vec![1, 4, 0, 0])),
        (0xC614, Value::Ascii("Testkit Camera 1".to_owned())),
    ];
    [b"II*\0\x08\0\0\0".to_vec(), directory(8, &entries)].concat()
}
