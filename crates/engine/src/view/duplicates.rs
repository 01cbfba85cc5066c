//! Pictures that show the same.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why pictures belong together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum GroupKind {
    /// They show the same: copies, exports, edited versions.
    #[default]
    Duplicates,
    /// One camera took them within seconds.
    Burst,
}

/// In what pictures of a group differ, and why one of them is the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Difference {
    /// Whether the file is whole. The better is.
    Whole,
    /// Width and height. The better has more pixels.
    Pixels,
    /// The format. The better is the original's, or compresses less.
    Format,
    /// Size in bytes. Of the same format, the better is compressed less.
    Bytes,
    /// When it was taken. The better is the earlier.
    Date,
    /// What is known of camera and exposure. The better says more.
    Camera,
    /// How it was turned or cropped.
    Frame,
    /// What a person has said of it: description, tags, albums, rating, favourite. The better has a person's description.
    Words,
    /// When it came. The better was there first.
    Added,
}

/// A picture of a group.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Duplicate {
    /// The picture's local number.
    pub id: u32,
    /// The service's identifier.
    pub image_id: String,
    /// Its name.
    pub name: String,
    /// The alternative text: the alt text, else the name.
    pub alt: String,
    /// "JPEG", "HEIC", "RAW", …
    pub format: String,
    /// Size of the file in bytes.
    pub size: u64,
    /// Width in pixels, when known.
    pub width: Option<u32>,
    /// Height in pixels, when known.
    pub height: Option<u32>,
    /// When it was taken, by the camera's clock.
    pub taken_at: Option<String>,
    /// When it was added (UTC).
    pub added_at: String,
    /// Make and model of the camera.
    pub camera: Option<String>,
    /// Whether its file is damaged, or what the store has of it.
    pub damaged: bool,
    /// Whether it was turned or cropped.
    pub framed: bool,
    /// Whether it has a description or an alternative text by a person.
    pub described: bool,
    /// Marked as a favourite.
    pub favourite: bool,
    /// Stars, 0 for none.
    pub rating: u8,
    /// How many tags it has.
    pub tags: u32,
    /// How many albums it is in.
    pub albums: u32,
    /// Base64, shown until the thumbnail is there.
    pub thumbhash: Option<String>,
    /// Whether `thumb://localhost/t/<id>` has a thumbnail.
    pub has_thumbnail: bool,
}

/// Pictures that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct DuplicateGroup {
    /// Which of them is proposed to be kept, by its local number; none of a burst, of which only a person knows.
    pub keep: Option<u32>,
    /// Why.
    pub why: Option<Difference>,
    /// In what they differ.
    pub differs: Vec<Difference>,
    /// The proposed one first, the others in the order in which they would be.
    pub members: Vec<Duplicate>,
}

/// Groups of pictures, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Duplicates {
    /// At most as many as were asked for.
    pub groups: Vec<DuplicateGroup>,
    /// Whether there are more.
    pub more: bool,
}
