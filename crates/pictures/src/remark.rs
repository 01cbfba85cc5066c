//! What is wrong with a picture that is kept all the same, in words that are true.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Format;

/// What is wrong with a picture's file. It is told while the original may still be at hand, and is no reason to refuse the
/// picture: it may be the only copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remark {
    /// The file ends too early, and a part of the picture with it.
    Truncated {
        /// How much of the picture's height is missing at its end, 1 to 100 percent, when that can be told.
        missing: Option<u8>,
    },
    /// The file ends too early; the whole picture is there, but not all of its detail.
    Coarse {
        /// How much of the picture's height lacks detail at its end, 1 to 100 percent, when that can be told.
        missing: Option<u8>,
    },
    /// There is damage inside the picture.
    Damaged {
        /// Where it begins, in percent of the picture's height, 0 to 99, when that can be told.
        from: Option<u8>,
    },
    /// A checksum inside the file doesn't match, and the picture can be decoded whole.
    Checksum,
    /// The header is there, the pixels are not.
    NoPixels,
    /// The file follows its format so little that no pixels can be had.
    Unreadable {
        /// The format that its first bytes name.
        format: Format,
    },
    /// A rare coding of a format that is otherwise decoded here, such as JPEG's arithmetic coding.
    Coding {
        /// The format.
        format: Format,
    },
    /// Decoding it broke off: it took too much memory or time, or met a fault of the decoder.
    GaveUp {
        /// The format.
        format: Format,
    },
    /// More pixels than are decoded here, or more than fit into the memory that decoding may take.
    TooLarge {
        /// Width in pixels, before orientation.
        width: u32,
        /// Height in pixels, before orientation.
        height: u32,
    },
}

impl Remark {
    /// For programs: `truncated`, `damaged`, `checksum`, `no_pixels`, `unreadable`, `coding` or `too_large`.
    pub const fn code(self) -> &'static str {
        match self {
            Remark::Truncated { .. } | Remark::Coarse { .. } => "truncated",
            Remark::Damaged { .. } => "damaged",
            Remark::Checksum => "checksum",
            Remark::NoPixels => "no_pixels",
            Remark::Unreadable { .. } => "unreadable",
            Remark::Coding { .. } | Remark::GaveUp { .. } => "coding",
            Remark::TooLarge { .. } => "too_large",
        }
    }

    /// Whether the file itself is at fault, rather than what is decoded here.
    pub const fn is_damage(self) -> bool {
        !matches!(self, Remark::TooLarge { .. } | Remark::Coding { .. } | Remark::GaveUp { .. })
    }
}

/// One or two sentences for people.
impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const INTERRUPTED: &str = "as after an interrupted copy or download";
        match *self {
            Remark::Truncated { missing: Some(1) } => write!(f, "The last 1 % is missing, {INTERRUPTED}."),
            Remark::Truncated { missing: Some(percent) } => {
                write!(f, "The last {percent} % are missing, {INTERRUPTED}.")
            }
            Remark::Truncated { missing: None } => write!(f, "The end of the file is missing, {INTERRUPTED}."),
            Remark::Coarse { missing: Some(percent) } => {
                write!(f, "The end of the file is missing, {INTERRUPTED}: the last {percent} % lack fine detail.")
            }
            Remark::Coarse { missing: None } => {
                write!(f, "The end of the file is missing, {INTERRUPTED}: the picture lacks fine detail.")
            }
            Remark::Damaged { from: Some(percent) } => {
                write!(f, "The picture is damaged from {percent} % of its height on.")
            }
            Remark::Damaged { from: None } => f.write_str("The picture is damaged, and a part of it may look wrong."),
            Remark::Checksum => f.write_str("A checksum inside the file doesn’t match; the picture looks whole."),
            Remark::NoPixels => f.write_str("The file has a header but no picture data."),
            Remark::Unreadable { format } => {
                write!(f, "The file’s contents don’t follow the {format} format, and nothing of it can be shown.")
            }
            Remark::Coding { format } => {
                write!(f, "This kind of {format} coding can’t be shown here; the file is kept as it is.")
            }
            Remark::GaveUp { format } => {
                write!(
                    f,
                    "This {format} picture can’t be shown here: decoding it broke off. The file is kept as it is."
                )
            }
            Remark::TooLarge { width, height } => {
                write!(f, "With {width} × {height} pixels it is too large to be shown here.")
            }
        }
    }
}
