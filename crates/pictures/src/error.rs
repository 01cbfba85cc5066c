//! Why a picture is refused, in words that are true.

use crate::Format;

/// Why a picture is refused. A closed list: [`code`](PictureError::code) for programs, `Display` for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No bytes at all.
    #[error("The file is empty (0 bytes).")]
    Empty,
    /// The bytes are in no format that this product knows.
    #[error("The file is not a picture: its contents are in no picture format known here, whatever its name says.")]
    NotAPicture,
    /// The format was recognised, but the pixels can't be had whole.
    #[error("This {format} file is broken: {reason}")]
    Broken {
        /// What the file claims to be.
        format: Format,
        /// What is wrong with it.
        reason: Breakage,
    },
    /// More pixels than one picture may have.
    #[error(
        "The picture is too large: {width} × {height} pixels, and at most {} megapixels and {max_side} pixels a side \
         are taken.",
        max_pixels / 1_000_000
    )]
    TooManyPixels {
        /// Width in pixels, before orientation.
        width: u32,
        /// Height in pixels, before orientation.
        height: u32,
        /// The limit that was in force.
        max_pixels: u64,
        /// The limit that was in force, in pixels.
        max_side: u32,
    },
    /// Within the pixel limit, but this format can only be decoded whole, and that takes too much memory.
    #[error(
        "The picture is too large to be checked: decoding {width} × {height} pixels of {format} takes more than {} MiB \
         of memory.",
        max_alloc >> 20
    )]
    TooMuchMemory {
        /// What the file is.
        format: Format,
        /// Width in pixels, before orientation.
        width: u32,
        /// Height in pixels, before orientation.
        height: u32,
        /// The limit that was in force, in bytes.
        max_alloc: u64,
    },
    /// A rendition was asked of a picture whose format (or variant of it) isn't decoded here.
    #[error("{format} pictures of this kind can't be shown here yet.")]
    NotDecodable {
        /// What the file is.
        format: Format,
    },
}

impl PictureError {
    /// `empty`, `not_a_picture`, `broken`, `too_many_pixels`, `too_much_memory` or `not_decodable`.
    pub const fn code(&self) -> &'static str {
        match self {
            PictureError::Empty => "empty",
            PictureError::NotAPicture => "not_a_picture",
            PictureError::Broken { .. } => "broken",
            PictureError::TooManyPixels { .. } => "too_many_pixels",
            PictureError::TooMuchMemory { .. } => "too_much_memory",
            PictureError::NotDecodable { .. } => "not_decodable",
        }
    }
}

/// What is wrong with a broken picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Breakage {
    /// The file ends too early.
    #[error("its end is missing, as after an interrupted copy or download.")]
    Truncated,
    /// The file ends too early; a part of the picture is there.
    #[error("its end is missing, as after an interrupted copy or download; about {percent} % of the picture is there.")]
    TruncatedAfter {
        /// How much of the picture's height is there, 0 to 99.
        percent: u8,
    },
    /// There is damage somewhere.
    #[error("its picture data is damaged, so a part of the picture would look wrong.")]
    Damaged,
    /// There is damage from some place on.
    #[error("its picture data is damaged, first at about {percent} % of the picture's height.")]
    DamagedAt {
        /// Where the damage begins, as a part of the picture's height, 0 to 99.
        percent: u8,
    },
    /// A checksum inside the file doesn't match.
    #[error("a checksum inside it doesn't match its contents, so they have changed since it was written.")]
    Checksum,
    /// The header is there, the pixels are not.
    #[error("it has a header but no picture data.")]
    NoPixels,
    /// The file's structure makes no sense.
    #[error("its contents don't follow the format, and no picture can be read from them.")]
    Corrupt,
}
