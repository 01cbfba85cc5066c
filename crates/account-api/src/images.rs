//! Pictures that are in the store, verified.

use serde::{Deserialize, Serialize};

use crate::{Crop, DescriptionPatch, ErrorDetail, Facts, InAlbum, Reading, Timestamp, Verdict};

/// A picture. An upload becomes one only after the service has compared size and checksum with what the store has; one that
/// was found in the bucket may still await that, which its receipt says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Image {
    /// Opaque and unguessable.
    #[cfg_attr(feature = "openapi", schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e"))]
    pub id: String,
    /// The name that people see and may change; at first the file's name.
    #[cfg_attr(feature = "openapi", schema(example = "IMG_2041.jpg"))]
    pub name: String,
    /// The format found in the bytes, lower case: `jpeg`, `png`, `gif`, `webp`, `bmp`, `tiff`, `heic`, `avif`, `svg`,
    /// or `raw`.
    #[cfg_attr(feature = "openapi", schema(example = "jpeg"))]
    pub format: String,
    /// The media type, such as `image/jpeg`.
    #[cfg_attr(feature = "openapi", schema(example = "image/jpeg"))]
    pub content_type: String,
    /// Size in bytes.
    #[cfg_attr(feature = "openapi", schema(example = 3_481_600))]
    pub size: u64,
    /// SHA-256 of the bytes, 64 lower-case hex digits.
    #[cfg_attr(
        feature = "openapi",
        schema(
            pattern = "^[0-9a-f]{64}$",
            example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        )
    )]
    pub sha256: String,
    /// Width in pixels after orientation, when the format could be read.
    #[cfg_attr(feature = "openapi", schema(example = 4032))]
    pub width: Option<u32>,
    /// Height in pixels after orientation, when the format could be read.
    #[cfg_attr(feature = "openapi", schema(example = 3024))]
    pub height: Option<u32>,
    /// When it was taken, as a person or else the camera's clock says: `2026-03-01T12:00:00` with an offset only if it is
    /// known.
    #[cfg_attr(feature = "openapi", schema(example = "2026-03-01T12:00:00+01:00"))]
    pub taken_at: Option<String>,
    /// What the file says, where a person has said otherwise; empty when it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at_in_file: Option<String>,
    /// When its file was last modified (UTC), of a picture that doesn't say itself when it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "2026-03-01T12:00:00Z"))]
    pub file_modified_at: Option<String>,
    /// Make and model of the camera.
    #[cfg_attr(feature = "openapi", schema(example = "Fujifilm X100V"))]
    pub camera: Option<String>,
    /// What else its file states about how it was taken.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    /// What is wrong with its file, when anything is. It was so when the file came; what the store has is in the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Remark>,
    /// A thumbhash (<https://evanw.github.io/thumbhash/>), base64.
    #[cfg_attr(feature = "openapi", schema(example = "1QcSHQRnh493V4dIh4eXh1h4kJUI"))]
    pub thumbhash: Option<String>,
    /// Whether a thumbnail is in the store, too.
    pub has_thumbnail: bool,
    /// Marked as a favourite.
    #[serde(default)]
    pub favourite: bool,
    /// Stars that a person gave it: 1 to 5, or 0 for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "openapi", schema(maximum = 5, example = 4))]
    pub rating: u8,
    /// What it shows: a person's word, else a model's.
    pub description: Option<String>,
    /// A short text for people who can't see the picture: a person's, else a model's.
    pub alt_text: Option<String>,
    /// What a person says that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_description: Option<String>,
    /// What a person says to people who can't see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_alt_text: Option<String>,
    /// What a model says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Those of the tags that only a model says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags_by_model: Vec<String>,
    /// The albums that it is in, of those that are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub albums: Vec<InAlbum>,
    /// How it is turned clockwise when it is shown, beyond what the file says: 0, 90, 180 or 270 degrees.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rotation: u16,
    /// What of it is shown, when that isn't all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// Which pictures a person says it is the same as, and which not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
    /// Text that can be read in the picture.
    pub text_in_image: Option<String>,
    /// Who wrote the description: a model's name, or `person`.
    #[cfg_attr(feature = "openapi", schema(example = "gpt-5-mini"))]
    pub described_by: Option<String>,
    /// When the description was written.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub described_at: Option<Timestamp>,
    /// When the service confirmed the picture.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub created_at: Timestamp,
    /// When the record was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub updated_at: Timestamp,
    /// When it was moved to the trash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub deleted_at: Option<Timestamp>,
    /// The account's revision at which the record was last changed.
    #[cfg_attr(feature = "openapi", schema(example = 42))]
    pub revision: i64,
    /// How it is proven that the store has the bytes, as far as it is.
    pub receipt: Receipt,
    /// A presigned URL of the bytes, good for 15 minutes. Not in the change feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A presigned URL of the thumbnail, good for 15 minutes; absent without a thumbnail. Not in the change feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

/// What is wrong with a picture's file, which is kept all the same: it may be the only copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Remark {
    /// For programs: `truncated`, `damaged`, `checksum`, `no_pixels`, `unreadable`, `coding` or `too_large`. Others may come.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[a-z_]{1,40}$", example = "truncated"))]
    pub code: String,
    /// For people: at most 300 characters, no control characters.
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 300, example = "The last 4 % are missing, as after an interrupted copy or download.")
    )]
    pub message: String,
}

impl Remark {
    /// Whether the file itself is at fault: `too_large` and `coding` only say that the picture isn't shown.
    pub fn is_damage(&self) -> bool {
        self.code != Self::TOO_LARGE && self.code != Self::CODING
    }

    /// The code of a picture with more pixels than are decoded.
    pub const TOO_LARGE: &'static str = "too_large";

    /// The code of a picture in a rare coding that can't be decoded here.
    pub const CODING: &'static str = "coding";

    /// Whether both texts are as documented.
    pub fn is_valid(&self) -> bool {
        let code =
            (1..=40).contains(&self.code.len()) && self.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let length = self.message.chars().count();
        code && (1..=300).contains(&length) && !self.message.chars().any(char::is_control)
    }
}

/// What the store has of a picture, and how it is proven that these are the right bytes, if it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// SHA-256 of the file's bytes, 64 lower-case hex digits.
    #[cfg_attr(
        feature = "openapi",
        schema(
            pattern = "^[0-9a-f]{64}$",
            example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        )
    )]
    pub sha256: String,
    /// Size in bytes that the store reported.
    #[cfg_attr(feature = "openapi", schema(example = 3_481_600))]
    pub stored_size: u64,
    /// The store's entity tag, opaque.
    pub etag: Option<String>,
    /// How the bytes were compared, or that they weren't.
    pub verified_by: VerifiedBy,
    /// When; absent as long as nothing is proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub verified_at: Option<Timestamp>,
    /// What a later look at the store found wrong; absent as long as nothing is known to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// What is wrong with stored bytes. Uploading the same bytes again mends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The store has no such object any more.
    Missing,
    /// The store has other bytes.
    Changed,
}

impl Fault {
    /// As it stands in JSON, in databases and in catalogues.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
        }
    }

    /// From what [`as_str`](Self::as_str) gives. Anything else is taken for other bytes.
    pub fn from_text(text: &str) -> Self {
        if text == Self::Missing.as_str() { Self::Missing } else { Self::Changed }
    }
}

/// How it is known that the stored bytes are the file's: by a hash that came from the file, or not at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerifiedBy {
    /// The store checked the signed `Content-MD5` of the one PUT, and the size agrees.
    ContentMd5,
    /// The store checked the signed `Content-MD5` of every part, and parts and size agree.
    PartMd5,
    /// The service read the stored bytes back and hashed them.
    ReadBack,
    /// No proof: nothing but the stored bytes tells of the picture. They were read and hashed as they were found, so later
    /// looks can tell whether they are still those, and not whether they are the file's. Sending the file again proves it.
    AsFound,
    /// Nobody has compared the stored bytes with anything that came from the file: the picture was found in the bucket, and
    /// what the object or the journal says of it was believed. Reading it back proves it, and so does sending the file again.
    ///
    /// What this version doesn't know as a proof is none for it.
    #[default]
    #[serde(other)]
    NotProven,
}

impl VerifiedBy {
    /// As it stands in JSON, in databases and in catalogues.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ContentMd5 => "content_md5",
            Self::PartMd5 => "part_md5",
            Self::ReadBack => "read_back",
            Self::AsFound => "as_found",
            Self::NotProven => "not_proven",
        }
    }

    /// From what [`as_str`](Self::as_str) gives. Anything else is no proof.
    pub fn from_text(text: &str) -> Self {
        match text {
            "content_md5" => Self::ContentMd5,
            "part_md5" => Self::PartMd5,
            "read_back" => Self::ReadBack,
            "as_found" => Self::AsFound,
            _ => Self::NotProven,
        }
    }

    /// Whether it is known at all.
    pub const fn is_proof(self) -> bool {
        !matches!(self, Self::AsFound | Self::NotProven)
    }
}

/// `GET /api/images`: newest first.
///
/// Refused with [`InvalidRequest`](crate::ErrorCode::InvalidRequest) when the cursor is none of this service's or a value
/// is not as documented.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ImagesQuery {
    /// `next_cursor` of the page before; without it the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(nullable = false, pattern = "^[A-Za-z0-9_-]{32}$"))]
    pub cursor: Option<String>,
    /// 1 to 1,000 pictures ([`MAX_PAGE`](crate::MAX_PAGE)), 100 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 1000, nullable = false))]
    pub limit: Option<u32>,
    /// Pictures in the trash instead of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(nullable = false))]
    pub trash: Option<bool>,
}

/// A page of pictures.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImagesPage {
    /// Newest first.
    pub images: Vec<Image>,
    /// Where the next page starts; absent (`null`) on the last. Opaque.
    pub next_cursor: Option<String>,
}

/// One picture, with a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageResponse {
    /// A sentence.
    pub message: String,
    /// The picture as it is now.
    pub image: Image,
}

/// The answer to `POST /api/images`: the picture, and why it has no description although one was asked for.
///
/// The request is `multipart/form-data` (RFC 7578) with the file in `image`, and optionally `analyze` (`true`, `1`, `yes`,
/// `on`, `t` or `y` in any case) and `prompt`. The same bytes again give the same picture. Refused with
/// [`UnsupportedMedia`](crate::ErrorCode::UnsupportedMedia), [`TooLarge`](crate::ErrorCode::TooLarge) and
/// [`QuotaExceeded`](crate::ErrorCode::QuotaExceeded).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadResponse {
    /// "Image uploaded successfully".
    #[cfg_attr(feature = "openapi", schema(example = "Image uploaded successfully"))]
    pub message: String,
    /// The picture, stored and verified.
    pub image: Image,
    /// Why the AI didn't describe it, when that was asked for. The picture is safe all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analyze_error: Option<ErrorDetail>,
}

/// `GET /api/images/{id}`.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ImageQuery {
    /// Whether to find the picture in the trash, too.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(default = false))]
    pub trash: bool,
}

/// `DELETE /api/images/{id}`. Refused with [`NotFound`](crate::ErrorCode::NotFound) when the account has no such picture
/// (without `permanent`: none outside of the trash).
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct DeleteQuery {
    /// Removes the picture for good instead of moving it to the trash. Its bytes go, too.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(default = false))]
    pub permanent: bool,
}

/// `PATCH /api/images/{id}`: what is absent stays as it is.
///
/// Refused with [`NotFound`](crate::ErrorCode::NotFound) when the account has no such picture outside of the trash, and
/// with [`InvalidRequest`](crate::ErrorCode::InvalidRequest) when a text is too long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImagePatch {
    /// 1 to 255 characters, one of which can be seen, without slashes and control characters, and not `.` or `..`; blanks
    /// around it are removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 255,
            pattern = r"^[^\u0000-\u001f\u007f-\u009f/\\]*[^\s\u0000-\u001f\u007f-\u009f/\\][^\u0000-\u001f\u007f-\u009f/\\]*$",
            example = "On the beach.jpg"
        )
    )]
    pub name: Option<String>,
    /// Marked as a favourite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favourite: Option<bool>,
    /// Changes what it names of the description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<DescriptionPatch>,
}

/// `POST /api/images/{id}/analyze`: has the service's AI describe a picture. The body may be left out.
///
/// Refused with [`NotFound`](crate::ErrorCode::NotFound), [`AiNotConfigured`](crate::ErrorCode::AiNotConfigured),
/// [`AiUnsupportedPicture`](crate::ErrorCode::AiUnsupportedPicture), or one of the other `ai_…` codes when the provider
/// fails; the picture stays as it was then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnalyzeRequest {
    /// What to ask instead of "describe this picture"; at most 4,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 4_000, example = "Which birds are these?"))]
    pub prompt: Option<String>,
}
