//! TIFF, and the camera RAW formats that are TIFF inside.

use crate::Format;
use crate::metadata::ifd::{Ifd, TiffFile, tag};

/// Photometric interpretations of sensor data: a colour filter array, and DNG's linear raw.
const SENSOR: [u32; 2] = [32_803, 34_892];

/// Compressions that only camera makers use: Sony, Nikon, Pentax, Samsung, Kodak.
const MAKERS_COMPRESSIONS: [u32; 8] = [32_767, 34_713, 65_535, 32_769, 32_770, 32_772, 65_000, 262];

const COMPRESSION: u16 = 0x103;

/// Recognises TIFF and TIFF-based RAW.
pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    let file = TiffFile::open(head)?;
    match head.get(..4)? {
        b"II\x2a\0" | b"II\x2b\0" | b"MM\0\x2a" | b"MM\0\x2b" => {}
        // Olympus ORF and Panasonic RW2 changed the magic number.
        b"IIRO" | b"IIRS" | b"MMOR" | b"IIU\0" => return Some(Format::Raw),
        _ => return None,
    }
    // Canon's CR2 marks itself right behind the header.
    if head.get(8..10) == Some(b"CR") && head.starts_with(b"II\x2a\0") {
        return Some(Format::Raw);
    }
    // The first directory may stand behind what is known of the file: most RAW files have it at the front.
    let Some(main) = file.first() else { return Some(Format::Tiff) };
    Some(if is_raw(file, &main) { Format::Raw } else { Format::Tiff })
}

fn is_raw(file: TiffFile, main: &Ifd) -> bool {
    if main.has(tag::DNG_VERSION) {
        return true;
    }
    let is_sensor = |ifd: &Ifd| {
        ifd.number(tag::PHOTOMETRIC).is_some_and(|photometric| SENSOR.contains(&photometric))
            || ifd
                .number(COMPRESSION)
                .is_some_and(|compression| MAKERS_COMPRESSIONS.contains(&compression) && ifd.has(tag::MAKE))
    };
    if is_sensor(main) {
        return true;
    }
    // NEF, ARW, PEF, SRW: a camera's file whose first picture is a preview; the sensor's data is in another directory.
    let preview = main.number(tag::NEW_SUBFILE_TYPE).is_some_and(|kind| kind & 1 == 1);
    let subs = main.numbers(tag::SUB_IFDS, 8);
    if main.has(tag::MAKE) && preview && !subs.is_empty() {
        return true;
    }
    let next = main.next();
    subs.into_iter().filter_map(|at| file.at(at.into())).chain(next).any(|ifd| is_sensor(&ifd))
}
