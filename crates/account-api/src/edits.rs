//! Edits: small operations, each about one field or one element, that computers make offline and send when they can.
//!
//! **The rule when two computers disagree**: for each field, and for each pair of picture and tag or picture and album, the
//! edit with the later [`Clock`] holds (of equal ones that of the greater device). What a model says never takes the place
//! of what a person said.

use serde::{Deserialize, Serialize};

use crate::{Clock, Timestamp, Verdict};

/// The most operations of one [`EditsRequest`].
pub const MAX_EDITS: usize = 1000;

/// `POST /api/edits`: at most 1,000 operations and 8 MiB, made in one transaction.
///
/// Sending one again, by its `id`, changes nothing and gives the same answer, for 90 days; after that it is merged again,
/// which changes nothing either. One that can't be read is answered as
/// `invalid` and keeps no other from being made. Refused with [`InvalidRequest`](crate::ErrorCode::InvalidRequest) when
/// there are more. What is said of a picture in the trash counts, too.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditsRequest {
    /// In the order in which they were made.
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub operations: Vec<Edit>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Edit {
    /// A UUIDv7 (RFC 9562) that the client made.
    #[cfg_attr(feature = "openapi", schema(example = "0192f0c1-2b6e-7c3a-9d55-3f1f2a9b7c10"))]
    pub id: String,
    /// When it was made. One that is more than a minute ahead of the service's clock is taken to be made now.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9a-f]{16}$", example = "019ad3f1c8000000"))]
    pub clock: Clock,
    /// On which computer: a UUID that it made for itself.
    #[cfg_attr(feature = "openapi", schema(example = "7b0e4d2c-55aa-4c8e-8f0e-1f1c2e0f9a11"))]
    pub device: String,
    /// What it does.
    #[serde(flatten)]
    pub kind: EditKind,
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EditKind {
    /// Another name.
    SetName {
        /// The picture.
        image_id: String,
        /// 1 to 255 characters, one of which can be seen, without slashes and control characters, and not `.` or `..`.
        name: String,
    },
    /// A favourite, or no longer.
    SetFavourite {
        /// The picture.
        image_id: String,
        /// Which.
        favourite: bool,
    },
    /// How good it is.
    SetRating {
        /// The picture.
        image_id: String,
        /// Stars: 1 to 5, or 0 for none.
        rating: u8,
    },
    /// When it was taken, by a person who knows better than the file.
    SetTakenAt {
        /// The picture.
        image_id: String,
        /// `2026-03-01T12:00:00`, with an offset only if it is known; absent for what the file says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken_at: Option<String>,
    },
    /// What a person says that it shows.
    SetDescription {
        /// The picture.
        image_id: String,
        /// At most 20,000 characters; empty removes it, and the model's is shown again.
        description: String,
    },
    /// What a person says to people who can't see it.
    SetAltText {
        /// The picture.
        image_id: String,
        /// At most 2,000 characters; empty removes it, and the model's is shown again.
        alt_text: String,
    },
    /// What a model says of it, without tags: those are `add_tag` by the model.
    SetReading {
        /// The picture.
        image_id: String,
        /// All of it, in place of what a model said before.
        reading: Reading,
    },
    /// One word more to find it by.
    AddTag {
        /// The picture.
        image_id: String,
        /// 1 to 100 characters.
        tag: String,
        /// Who says so. What a person has said, or taken away, a model doesn't change.
        by: Author,
    },
    /// One word less.
    RemoveTag {
        /// The picture.
        image_id: String,
        /// In whatever case.
        tag: String,
        /// Who says so.
        by: Author,
    },
    /// How it is turned when it is shown, beyond what the file says.
    SetRotation {
        /// The picture.
        image_id: String,
        /// Clockwise: 0, 90, 180 or 270 degrees.
        rotation: u16,
    },
    /// What of it is shown.
    SetCrop {
        /// The picture.
        image_id: String,
        /// The part; absent for all of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        crop: Option<Crop>,
    },
    /// Which pictures it is the same as, and which it isn't.
    SetVerdicts {
        /// The picture.
        image_id: String,
        /// All of them, in place of those before; at most 100.
        verdicts: Vec<Verdict>,
    },
    /// Into the trash.
    Trash {
        /// The picture.
        image_id: String,
    },
    /// Out of the trash.
    Restore {
        /// The picture.
        image_id: String,
    },
    /// Gone for good, with its bytes. Nothing undoes it.
    Remove {
        /// The picture.
        image_id: String,
    },
    /// A new album.
    CreateAlbum {
        /// A UUID that the client made.
        album_id: String,
        /// 1 to 255 characters. Two albums may have the same.
        name: String,
    },
    /// Changes what it names of an album; what is absent stays as it is.
    SetAlbum {
        /// The album.
        album_id: String,
        /// 1 to 255 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The picture that stands for it; empty for the first one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cover: Option<String>,
        /// How its pictures are ordered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<AlbumOrder>,
        /// The album that it is in; empty for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
    },
    /// The album is gone; its pictures stay in the library.
    RemoveAlbum {
        /// The album.
        album_id: String,
    },
    /// A picture into an album, or to another place in it.
    AddToAlbum {
        /// The picture.
        image_id: String,
        /// The album.
        album_id: String,
        /// Where in it: pictures are ordered by these texts, byte by byte; at most 100 characters of `0-9a-z`.
        place: String,
    },
    /// A picture out of an album.
    RemoveFromAlbum {
        /// The picture.
        image_id: String,
        /// The album.
        album_id: String,
    },
}

impl EditKind {
    /// The picture that it is about, if it is about one.
    pub fn image_id(&self) -> Option<&str> {
        match self {
            Self::SetName { image_id, .. }
            | Self::SetFavourite { image_id, .. }
            | Self::SetRating { image_id, .. }
            | Self::SetTakenAt { image_id, .. }
            | Self::SetDescription { image_id, .. }
            | Self::SetAltText { image_id, .. }
            | Self::SetReading { image_id, .. }
            | Self::AddTag { image_id, .. }
            | Self::RemoveTag { image_id, .. }
            | Self::SetRotation { image_id, .. }
            | Self::SetCrop { image_id, .. }
            | Self::SetVerdicts { image_id, .. }
            | Self::Trash { image_id }
            | Self::Restore { image_id }
            | Self::Remove { image_id }
            | Self::AddToAlbum { image_id, .. }
            | Self::RemoveFromAlbum { image_id, .. } => Some(image_id),
            Self::CreateAlbum { .. } | Self::SetAlbum { .. } | Self::RemoveAlbum { .. } => None,
        }
    }

    /// The album that it is about, if it is about one.
    pub fn album_id(&self) -> Option<&str> {
        match self {
            Self::CreateAlbum { album_id, .. }
            | Self::SetAlbum { album_id, .. }
            | Self::RemoveAlbum { album_id }
            | Self::AddToAlbum { album_id, .. }
            | Self::RemoveFromAlbum { album_id, .. } => Some(album_id),
            _ => None,
        }
    }
}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A person.
    Person,
    /// A model.
    Model,
}

/// What a model says of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Reading {
    /// What it shows, at most 20,000 characters.
    pub description: String,
    /// For people who can't see it, at most 2,000 characters.
    pub alt_text: String,
    /// Text that can be read in it, at most 20,000 characters.
    pub text_in_image: String,
    /// The model's name, at most 100 characters.
    #[cfg_attr(feature = "openapi", schema(example = "gpt-5-mini"))]
    pub model: String,
    /// What the model was asked, when that wasn't the usual question; at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// When it said so.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub read_at: Timestamp,
}

/// A part of a picture as it is shown once it is turned, in shares of its width and height, after it was straightened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Crop {
    /// From the left edge, 0 to 1.
    pub left: f64,
    /// From the upper edge, 0 to 1.
    pub top: f64,
    /// More than 0, at most 1.
    pub width: f64,
    /// More than 0, at most 1.
    pub height: f64,
    /// How far it is turned clockwise to be straight, -45 to 45 degrees.
    #[serde(default)]
    pub angle: f64,
}

impl Crop {
    /// Whether it is within the picture.
    pub fn is_part(&self) -> bool {
        // What was computed may be off by a little.
        let most = 1.0 + 1e-6;
        let Crop { left, top, width, height, angle } = *self;
        let fits = |from: f64, size: f64| (0.0..=1.0).contains(&from) && size > 0.0 && from + size <= most;
        fits(left, width) && fits(top, height) && (-45.0..=45.0).contains(&angle)
    }
}

/// How the pictures of an album are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlbumOrder {
    /// As a person has put them.
    #[default]
    ByHand,
    /// By the date taken, newest first.
    Newest,
    /// By the date taken, oldest first.
    Oldest,
    /// By name.
    Name,
}

/// What became of the operations, in their order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditsResponse {
    /// One for each operation.
    pub results: Vec<EditResult>,
}

/// What became of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditResult {
    /// The operation; empty when it had none that could be read.
    pub id: String,
    /// What became of it.
    pub status: EditStatus,
    /// The account's revision at which the picture or album was changed last; absent when there is none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    /// Why it is invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What became of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EditStatus {
    /// It holds.
    Applied,
    /// A later one of the same thing holds, or a person's.
    Superseded,
    /// Its picture or album is gone for good.
    Gone,
    /// It is not as documented.
    Invalid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_picture_is_within_it() {
        let crop = |left, width, angle| Crop { left, top: 0.0, width, height: 1.0, angle };
        assert!(crop(0.25, 0.75, -3.5).is_part() && crop(0.1, 0.9, 0.0).is_part());
        for wrong in [crop(0.25, 0.8, 0.0), crop(-0.1, 0.5, 0.0), crop(0.0, 0.0, 0.0), crop(0.0, 1.0, 46.0)] {
            assert!(!wrong.is_part(), "{wrong:?}");
        }
    }

    #[test]
    fn an_operation_is_written_as_documented() {
        let edit = Edit {
            id: "0192f0c1-2b6e-7c3a-9d55-3f1f2a9b7c10".to_owned(),
            clock: Clock::at(1),
            device: "7b0e4d2c-55aa-4c8e-8f0e-1f1c2e0f9a11".to_owned(),
            kind: EditKind::AddTag { image_id: "p".to_owned(), tag: "sea".to_owned(), by: Author::Person },
        };
        let json = serde_json::json!({
            "id": "0192f0c1-2b6e-7c3a-9d55-3f1f2a9b7c10", "clock": "0000000000010000",
            "device": "7b0e4d2c-55aa-4c8e-8f0e-1f1c2e0f9a11",
            "kind": "add_tag", "image_id": "p", "tag": "sea", "by": "person",
        });
        assert_eq!(serde_json::to_value(&edit).unwrap(), json);
        assert_eq!(serde_json::from_value::<Edit>(json).unwrap(), edit);
    }
}
