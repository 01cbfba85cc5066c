//! Why a file is refused, or a rendition of it can't be had.

use serde::{Deserialize, Serialize};

use crate::{Format, Remark};

/// Why there is no answer. A closed list: [`code`](PictureError::code) for programs, `Display` for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PictureError {
    /// No bytes at all.
    #[error("The file is empty (0 bytes).")]
    Empty,
    /// The bytes are in no format that this product knows.
    #[error("The file is not a picture: its contents are in no picture format known here, whatever its name says.")]
    NotAPicture,
    /// A rendition was asked of a picture whose format (or variant of it) isn't decoded here.
    #[error("{format} pictures of this kind can’t be shown here yet.")]
    NotDecodable {
        /// What the file is.
        format: Format,
    },
    /// A rendition was asked of a picture of which nothing can be decoded.
    #[error("{0}")]
    Undecodable(Remark),
    /// A rendition was asked of a page that the file doesn't have.
    #[error("The file has {pages} {}.", if *.pages == 1 { "page" } else { "pages" })]
    NoSuchPage {
        /// How many there are.
        pages: u32,
    },
}

impl PictureError {
    /// `empty`, `not_a_picture`, `not_decodable`, `undecodable` or `no_such_page`.
    pub const fn code(&self) -> &'static str {
        match self {
            PictureError::Empty => "empty",
            PictureError::NotAPicture => "not_a_picture",
            PictureError::NotDecodable { .. } => "not_decodable",
            PictureError::Undecodable(_) => "undecodable",
            PictureError::NoSuchPage { .. } => "no_such_page",
        }
    }
}
