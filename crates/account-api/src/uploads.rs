//! Grants and completion: how bytes get from a client to the store without passing through the service.
//!
//! 1. `POST /api/uploads` announces a batch. Per file the service answers that the account has these bytes already, or
//!    with a [`Grant`], or with a reason why not.
//! 2. The client PUTs the bytes to the presigned URL(s), with exactly the headers given and no others of its own.
//! 3. `POST /api/uploads/complete` finishes a batch: the service checks size and checksum and only then the picture exists.
//! 4. The client PUTs the thumbnail to the URL from the completion and confirms it with `POST /api/uploads/thumbnails`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ErrorDetail, Facts, Image, Remark};

/// Announces a batch of 1 to 200 files ([`MAX_BATCH`](crate::MAX_BATCH)): `POST /api/uploads`.
///
/// The request as a whole is refused only with [`InvalidRequest`](crate::ErrorCode::InvalidRequest); what is wrong with one
/// file (`invalid_request`, `unsupported_media`, `too_large`, `quota_exceeded`) is in its [`GrantOutcome::Refused`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantRequest {
    /// One entry a file; their references differ.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub files: Vec<NewPicture>,
}

/// A file as the client read it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPicture {
    /// Chosen by the client, unique in the batch; comes back with the outcome.
    #[cfg_attr(feature = "openapi", schema(example = "1"))]
    pub reference: String,
    /// The file's name without folders: 1 to 255 characters, one of which can be seen, no slashes, no control characters, and
    /// not `.` or `..`.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 255,
            pattern = r"^[^\u0000-\u001f\u007f-\u009f/\\]*[^\s\u0000-\u001f\u007f-\u009f/\\][^\u0000-\u001f\u007f-\u009f/\\]*$",
            example = "IMG_2041.jpg"
        )
    )]
    pub name: String,
    /// The format found in the bytes; see [`Image::format`].
    #[cfg_attr(feature = "openapi", schema(example = "jpeg"))]
    pub format: String,
    /// Size in bytes, at least 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, example = 3_481_600))]
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
    /// MD5 of the bytes in base64 (RFC 1864), signed into the URL of a single PUT so that the store checks it.
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^[A-Za-z0-9+/]{21}[AQgw]==$", example = "CY9rzUYh03PK3k6DJie09g==")
    )]
    pub content_md5: String,
    /// Width in pixels after orientation.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2_147_483_647, example = 4032))]
    pub width: Option<u32>,
    /// Height in pixels after orientation.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2_147_483_647, example = 3024))]
    pub height: Option<u32>,
    /// See [`Image::taken_at`]; at most 40 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 40, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "2026-03-01T12:00:00")
    )]
    pub taken_at: Option<String>,
    /// See [`Image::file_modified_at`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 40, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "2026-03-01T12:00:00Z")
    )]
    pub file_modified_at: Option<String>,
    /// See [`Image::remark`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Remark>,
    /// See [`Image::camera`]; at most 200 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "Fujifilm X100V")
    )]
    pub camera: Option<String>,
    /// See [`Image::facts`]. What isn't as documented is left out.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    /// See [`Image::thumbhash`]; at most 60 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 60,
            pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$",
            example = "1QcSHQRnh493V4dIh4eXh1h4kJUI"
        )
    )]
    pub thumbhash: Option<String>,
    /// The thumbnail that will be stored beside it.
    pub thumbnail: Option<ThumbnailSpec>,
}

/// A thumbnail as the client made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThumbnailSpec {
    /// `image/jpeg`, `image/png` or `image/webp`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^image/(jpeg|png|webp)$", example = "image/jpeg"))]
    pub content_type: String,
    /// Size in bytes, 1 to 1 MiB.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_048_576, example = 24_576))]
    pub size: u64,
    /// MD5 of the bytes in base64.
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^[A-Za-z0-9+/]{21}[AQgw]==$", example = "CY9rzUYh03PK3k6DJie09g==")
    )]
    pub content_md5: String,
}

/// Outcomes in the order of the request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantResponse {
    /// One entry a file.
    pub results: Vec<GrantResult>,
}

/// What became of one file of a [`GrantRequest`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantResult {
    /// As in the request.
    #[cfg_attr(feature = "openapi", schema(example = "1"))]
    pub reference: String,
    /// Granted, here already, or refused.
    #[serde(flatten)]
    pub outcome: GrantOutcome,
}

/// Granted, here already, or refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum GrantOutcome {
    /// Send the bytes.
    Granted {
        /// Where and how.
        grant: Grant,
    },
    /// The account has a picture with the same SHA-256 (one in the trash is taken out of it).
    Duplicate {
        /// That picture.
        image: Box<Image>,
    },
    /// This file can't be taken; the others of the batch can.
    Refused {
        /// Why.
        error: ErrorDetail,
    },
}

/// Permission to store one object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// Names this upload in later calls. A later grant for the same bytes returns the same upload while it is open.
    #[cfg_attr(feature = "openapi", schema(example = "7c9e6679-7425-40de-944b-e07fc1f90ae7"))]
    pub upload_id: String,
    /// One PUT, or parts.
    pub transfer: Transfer,
}

/// One PUT, or parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Transfer {
    /// The whole object in one PUT.
    Single {
        /// Where and how.
        put: PresignedPut,
    },
    /// A multipart upload: ask for part URLs with [`PartsRequest`].
    Multipart {
        /// Size of every part but the last, in bytes. Fixed for this upload.
        part_size: u64,
        /// Number of parts.
        part_count: u32,
    },
}

/// A presigned PUT. Every header given is signed and must be sent exactly so.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PresignedPut {
    /// The URL; whoever has it may store this one object.
    pub url: String,
    /// Headers to send, by lower-case name (`content-length`, `content-type`, `content-md5`, `x-amz-meta-…`).
    pub headers: BTreeMap<String, String>,
    /// Seconds until the URL expires.
    #[cfg_attr(feature = "openapi", schema(example = 900))]
    pub expires_in: u64,
}

impl std::fmt::Debug for PresignedPut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PresignedPut").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// Asks for presigned URLs of some parts, just before they are sent: `POST /api/uploads/{id}/parts`.
///
/// Refused with [`UploadGone`](crate::ErrorCode::UploadGone) when the upload is over, unknown or somebody else's, and with
/// [`InvalidRequest`](crate::ErrorCode::InvalidRequest) when it has no such part or is a single PUT.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartsRequest {
    /// 1 to 200 parts ([`MAX_BATCH`](crate::MAX_BATCH)).
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub parts: Vec<PartSpec>,
}

/// A part as the client is about to send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartSpec {
    /// 1 to `part_count`, which is at most 10,000.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000, example = 1))]
    pub number: u32,
    /// MD5 of the part in base64.
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^[A-Za-z0-9+/]{21}[AQgw]==$", example = "CY9rzUYh03PK3k6DJie09g==")
    )]
    pub content_md5: String,
}

/// URLs in the order of the request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartsResponse {
    /// One entry a part.
    pub parts: Vec<PartGrant>,
}

/// Permission to store one part.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartGrant {
    /// The part's number.
    pub number: u32,
    /// Where and how.
    pub put: PresignedPut,
}

/// What the store says it has of a multipart upload (ListParts): `GET /api/uploads/{id}/stored`.
///
/// Refused with [`UploadGone`](crate::ErrorCode::UploadGone), and with [`Conflict`](crate::ErrorCode::Conflict) when the
/// store has put all parts together already: complete the upload then.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredPartsResponse {
    /// In the order of their numbers.
    pub parts: Vec<StoredPart>,
}

/// A part that the store has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredPart {
    /// The part's number.
    pub number: u32,
    /// Size in bytes.
    pub size: u64,
    /// The store's entity tag, opaque.
    pub etag: String,
}

/// Finishes a batch of 1 to 200 uploads ([`MAX_BATCH`](crate::MAX_BATCH)): `POST /api/uploads/complete`.
///
/// What is wrong with one upload (`upload_incomplete`, `checksum_mismatch`, `upload_gone`, `storage_unavailable`) is in
/// its [`CompleteOutcome::Failed`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompleteRequest {
    /// One entry an upload, 1 to 200.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub uploads: Vec<CompleteItem>,
}

/// One upload whose bytes have all been sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompleteItem {
    /// From the grant.
    #[cfg_attr(feature = "openapi", schema(example = "7c9e6679-7425-40de-944b-e07fc1f90ae7"))]
    pub upload_id: String,
    /// For a multipart upload: every part with the entity tag that its PUT was answered with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<CompletedPart>,
}

/// A part that was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompletedPart {
    /// The part's number, 1 to 10,000.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000, example = 1))]
    pub number: u32,
    /// The entity tag from the PUT's answer.
    pub etag: String,
}

/// Outcomes in the order of the request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompleteResponse {
    /// One entry an upload.
    pub results: Vec<CompleteResult>,
}

/// What became of one upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompleteResult {
    /// As in the request.
    #[cfg_attr(feature = "openapi", schema(example = "7c9e6679-7425-40de-944b-e07fc1f90ae7"))]
    pub upload_id: String,
    /// Verified or not. Completing an upload twice gives the same picture.
    #[serde(flatten)]
    pub outcome: CompleteOutcome,
}

/// Verified or not.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum CompleteOutcome {
    /// The picture exists.
    Verified {
        /// The picture.
        image: Box<Image>,
        /// Where to put the thumbnail that was announced.
        thumbnail: Option<PresignedPut>,
    },
    /// Another upload of the same bytes was confirmed first; what this one stored was removed.
    Duplicate {
        /// The picture that was first.
        image: Box<Image>,
    },
    /// It can't be confirmed.
    Failed {
        /// Why, and what to do.
        error: ErrorDetail,
    },
}

/// Confirms thumbnails that have been PUT: `POST /api/uploads/thumbnails`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThumbnailsRequest {
    /// 1 to 200 pictures ([`MAX_BATCH`](crate::MAX_BATCH)).
    #[cfg_attr(
        feature = "openapi",
        schema(min_items = 1, max_items = 200, example = json!(["0f8fad5b-d9cb-469f-a165-70867728950e"]))
    )]
    pub image_ids: Vec<String>,
}

/// The pictures whose thumbnails the store has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThumbnailsResponse {
    /// Some of the identifiers of the request.
    pub confirmed: Vec<String>,
}
