//! Albums, and which pictures are in them.

use serde::{Deserialize, Serialize};

use crate::{AlbumOrder, Timestamp};

/// An album. Which pictures are in it stands with the pictures. One that is made again after it was removed has them still;
/// each is then told of anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Album {
    /// A UUID that a client made.
    #[cfg_attr(feature = "openapi", schema(example = "b1a7c1de-6a0b-4a53-9a44-2a1c5b6f7d10"))]
    pub id: String,
    /// Its name; not unique.
    #[cfg_attr(feature = "openapi", schema(example = "Holidays"))]
    pub name: String,
    /// The picture that stands for it; absent for the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// How its pictures are ordered.
    #[serde(default)]
    pub order: AlbumOrder,
    /// The album that it is in. Two computers can put two albums into each other: a circle counts as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub updated_at: Timestamp,
    /// The account's revision at which it was last changed.
    #[cfg_attr(feature = "openapi", schema(example = 42))]
    pub revision: i64,
}

/// That a picture is in an album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InAlbum {
    /// The album.
    pub album_id: String,
    /// Where in it: pictures are ordered by these texts, byte by byte.
    pub place: String,
}

/// An album's newest state, in the change feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlbumChange {
    /// The account's revision of this change.
    #[cfg_attr(feature = "openapi", schema(example = 42))]
    pub revision: i64,
    /// The album.
    pub album_id: String,
    /// As it is now; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<Album>,
}
