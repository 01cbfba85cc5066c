//! Pictures that are in the store, verified.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A picture. It exists only after the service has compared size and checksum with what the store has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Opaque and unguessable.
    pub id: String,
    /// The name that people see and may change; at first the file's name.
    pub name: String,
    /// The format found in the bytes, lower case: `jpeg`, `png`, `gif`, `webp`, `bmp`, `tiff`, `heic`, `avif`, `svg`,
    /// or `raw`.
    pub format: String,
    /// The media type, such as `image/jpeg`.
    pub content_type: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the bytes, 64 lower-case hex digits.
    pub sha256: String,
    /// Width in pixels after orientation, when the format could be read.
    pub width: Option<u32>,
    /// Height in pixels after orientation, when the format could be read.
    pub height: Option<u32>,
    /// When the camera took it, as the camera's clock said: `2026-03-01T12:00:00` with an offset only if it is known.
    pub taken_at: Option<String>,
    /// Make and model of the camera.
    pub camera: Option<String>,
    /// A thumbhash (<https://evanw.github.io/thumbhash/>), base64.
    pub thumbhash: Option<String>,
    /// Whether a thumbnail is in the store, too.
    pub has_thumbnail: bool,
    /// Marked as a favourite.
    #[serde(default)]
    pub favourite: bool,
    /// What it shows, from an AI or from a person.
    pub description: Option<String>,
    /// A short text for people who can't see the picture.
    pub alt_text: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Text that can be read in the picture.
    pub text_in_image: Option<String>,
    /// Who wrote the description: a model's name, or `person`.
    pub described_by: Option<String>,
    /// When the description was written.
    pub described_at: Option<Timestamp>,
    /// When the service confirmed the picture.
    pub created_at: Timestamp,
    /// When the record was last changed.
    pub updated_at: Timestamp,
    /// When it was moved to the trash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// The account's revision at which the record was last changed.
    pub revision: i64,
    /// Proof that the store has the bytes.
    pub receipt: Receipt,
    /// A presigned URL of the bytes, good for a few minutes. Not in the change feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A presigned URL of the thumbnail, good for a few minutes. Not in the change feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
}

/// What the store confirmed, when, and by which check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// SHA-256 of the local bytes, 64 lower-case hex digits.
    pub sha256: String,
    /// Size in bytes that the store reported.
    pub stored_size: u64,
    /// The store's entity tag, opaque.
    pub etag: Option<String>,
    /// How the bytes were compared.
    pub verified_by: VerifiedBy,
    /// When.
    pub verified_at: Timestamp,
}

/// How the service compared the stored bytes with the announced ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedBy {
    /// The store checked the signed `Content-MD5` of the one PUT, and the size agrees.
    ContentMd5,
    /// The store checked the signed `Content-MD5` of every part, and parts and size agree.
    PartMd5,
    /// The service read the stored bytes back and hashed them.
    ReadBack,
}

/// `GET /api/images`: newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImagesQuery {
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// 1 to [`MAX_PAGE`](crate::MAX_PAGE), 100 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Pictures in the trash instead of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trash: Option<bool>,
}

/// A page of pictures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImagesPage {
    /// Newest first.
    pub images: Vec<Image>,
    /// Where the next page starts; absent on the last.
    pub next_cursor: Option<String>,
}

/// One picture, with a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImageResponse {
    /// A sentence.
    pub message: String,
    /// The picture as it is now.
    pub image: Image,
}

/// `PATCH /api/images/:id`: what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImagePatch {
    /// 1 to 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Marked as a favourite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favourite: Option<bool>,
    /// Replaces the whole description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
}

/// What a picture shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Sentences; empty removes it.
    pub description: String,
    /// A short text for people who can't see the picture.
    pub alt_text: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Text that can be read in the picture.
    pub text_in_image: String,
    /// A model's name, or `person`.
    pub described_by: String,
}

/// `POST /api/images/:id/analyze`. The body may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnalyzeRequest {
    /// What to ask instead of "describe this picture"; at most 4,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}
