//! A picture of the library, and what a tile of it needs.

use account_api::{Fault, Image, VerifiedBy};

/// A picture of the library.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Its local number: positive, never reused.
    pub id: u32,
    /// What the account knows, with the edits that wait applied.
    pub image: Image,
    /// Whether edits wait.
    pub pending: bool,
}

/// What a tile of the grid needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// The local number.
    pub id: u32,
    /// The name.
    pub name: String,
    /// `jpeg`, `heic`, …
    pub format: String,
    /// SHA-256, by which thumbnails are kept.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    /// Pixels after orientation.
    pub width: Option<u32>,
    /// Pixels after orientation.
    pub height: Option<u32>,
    /// Base64.
    pub thumbhash: Option<String>,
    /// Whether the account's store has a thumbnail.
    pub has_thumbnail: bool,
    /// A favourite.
    pub favourite: bool,
    /// For people who can't see it.
    pub alt_text: Option<String>,
    /// Whether it has a description.
    pub described: bool,
    /// What a later look at the store found wrong.
    pub fault: Option<Fault>,
    /// How the bytes were compared, or that they weren't.
    pub verified_by: VerifiedBy,
    /// When it was moved to the trash (UTC).
    pub deleted_at: Option<String>,
}
