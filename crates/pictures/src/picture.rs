//! What is learnt from a picture's bytes.

use account_api::Facts;

use crate::{Format, Likeness, Remark};

/// Facts about a picture, and its thumbnail.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The format found in the bytes.
    pub format: Format,
    /// Width in pixels after orientation, when it could be read.
    pub width: Option<u32>,
    /// Height in pixels after orientation, when it could be read.
    pub height: Option<u32>,
    /// When it was taken, as the camera's clock said: `2026-03-01T12:00:00`, with an offset such as `+01:00` only when
    /// the picture states one.
    pub taken_at: Option<String>,
    /// Make and model of the camera, the make not doubled: `NIKON COOLPIX P6000`.
    pub camera: Option<String>,
    /// What else the file states about how it was taken.
    pub facts: Facts,
    /// A thumbhash (<https://evanw.github.io/thumbhash/>) of the picture as shown, at most 25 bytes.
    pub thumbhash: Option<Vec<u8>>,
    /// Absent for formats that aren't decoded here ([`Format::decodable`]), for rare variants of the others, and where nothing can be decoded.
    pub thumbnail: Option<Thumbnail>,
    /// What is wrong with the file, if anything.
    pub remark: Option<Remark>,
}

impl Picture {
    /// What is known of a picture whose file is too large to be looked at.
    pub fn unseen(format: Format) -> Self {
        Self {
            format,
            width: None,
            height: None,
            taken_at: None,
            camera: None,
            facts: Facts::default(),
            thumbhash: None,
            thumbnail: None,
            remark: None,
        }
    }
}

/// A small version of a picture: oriented, in sRGB, without metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// The encoded file.
    pub bytes: Vec<u8>,
    /// `image/jpeg`, or `image/png` when the picture has transparency.
    pub mime: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What the picture is compared by; absent for one that is flat or tiny.
    pub likeness: Option<Likeness>,
}

/// Longest side of a thumbnail in pixels.
pub const THUMBNAIL_SIDE: u32 = 512;

/// A version of a picture that anything can show: a JPEG, oriented, in sRGB, without metadata, transparency on white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// The encoded JPEG.
    pub bytes: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}
