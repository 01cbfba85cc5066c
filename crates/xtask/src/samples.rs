//! Sample pictures, drawn here so that nothing has to be shipped or downloaded: a few plain landscapes as PNG.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, Result};

const WIDTH: usize = 480;
const HEIGHT: usize = 320;

/// A landscape: sky, sun and two ridges.
struct Scene {
    name: &'static str,
    sky: [u8; 3],
    sun: [u8; 3],
    /// Centre of the sun, in pixels.
    sun_at: (f64, f64),
    ridges: [[u8; 3]; 2],
    /// How far along the ridges' waves it begins.
    phase: f64,
}

const SCENES: [Scene; 4] = [
    Scene {
        name: "morning.png",
        sky: [246, 221, 190],
        sun: [240, 150, 92],
        sun_at: (120.0, 130.0),
        ridges: [[128, 152, 150], [64, 94, 98]],
        phase: 0.0,
    },
    Scene {
        name: "noon.png",
        sky: [176, 212, 232],
        sun: [252, 240, 200],
        sun_at: (300.0, 60.0),
        ridges: [[122, 166, 128], [62, 112, 78]],
        phase: 1.3,
    },
    Scene {
        name: "evening.png",
        sky: [104, 76, 112],
        sun: [242, 122, 92],
        sun_at: (380.0, 170.0),
        ridges: [[72, 52, 88], [38, 30, 56]],
        phase: 2.6,
    },
    Scene {
        name: "night.png",
        sky: [18, 26, 46],
        sun: [226, 228, 214],
        sun_at: (90.0, 70.0),
        ridges: [[32, 46, 66], [12, 18, 30]],
        phase: 3.9,
    },
];

/// Writes the pictures into a folder; gives how many.
pub fn write(folder: &Path) -> Result<usize> {
    let unwritable = |error| Failure::new(format!("{} can't be written: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(unwritable)?;
    for scene in &SCENES {
        fs::write(folder.join(scene.name), png(WIDTH, HEIGHT, |x, y| scene.colour(x, y))).map_err(unwritable)?;
    }
    Ok(SCENES.len())
}

impl Scene {
    fn colour(&self, x: usize, y: usize) -> [u8; 3] {
        let (x, y) = (x as f64, y as f64);
        let far = 200.0 + 26.0 * (x / 58.0 + self.phase).sin() + 9.0 * (x / 19.0 + self.phase).sin();
        let near = 258.0 + 22.0 * (x / 91.0 - self.phase).sin();
        if y > near {
            self.ridges[1]
        } else if y > far {
            self.ridges[0]
        } else if (x - self.sun_at.0).hypot(y - self.sun_at.1) < 30.0 {
            self.sun
        } else {
            self.sky
        }
    }
}

/// A PNG (RFC 2083) whose data is stored without compression, which zlib (RFC 1950, 1951) allows.
fn png(width: usize, height: usize, colour: impl Fn(usize, usize) -> [u8; 3]) -> Vec<u8> {
    let mut rows = Vec::with_capacity((width * 3 + 1) * height);
    for y in 0..height {
        rows.push(0);
        (0..width).for_each(|x| rows.extend(colour(x, y)));
    }
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut bytes, b"IHDR", &header);
    chunk(&mut bytes, b"IDAT", &zlib(&rows));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    bytes.extend((data.len() as u32).to_be_bytes());
    let from = bytes.len();
    bytes.extend(kind);
    bytes.extend(data);
    let sum = crc32(&bytes[from..]);
    bytes.extend(sum.to_be_bytes());
}

fn zlib(data: &[u8]) -> Vec<u8> {
    const LONGEST: usize = 65_535;
    let mut bytes = vec![0x78, 0x01];
    let last = data.len().div_ceil(LONGEST).saturating_sub(1);
    for (index, block) in data.chunks(LONGEST).enumerate() {
        bytes.push(u8::from(index == last));
        bytes.extend((block.len() as u16).to_le_bytes());
        bytes.extend((!(block.len() as u16)).to_le_bytes());
        bytes.extend(block);
    }
    bytes.extend(adler32(data).to_be_bytes());
    bytes
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

fn adler32(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sums_agree_with_their_published_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn data_is_split_into_blocks_with_the_last_one_marked() {
        let bytes = zlib(&vec![7; 70_000]);
        assert_eq!(bytes[..7], [0x78, 0x01, 0, 0xff, 0xff, 0, 0]);
        assert_eq!(bytes[7 + 65_535], 1);
        assert_eq!(bytes.len(), 2 + 5 + 65_535 + 5 + 4_465 + 4);
    }

    #[test]
    fn every_sample_differs() {
        let pictures: std::collections::HashSet<_> =
            SCENES.iter().map(|scene| png(64, 64, |x, y| scene.colour(x * 7, y * 5))).collect();
        assert_eq!(pictures.len(), SCENES.len());
    }
}
