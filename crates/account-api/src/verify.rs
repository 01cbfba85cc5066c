//! Asking the store again whether it still has what it confirmed.

use serde::{Deserialize, Serialize};

use crate::{ErrorDetail, Image, Timestamp};

/// `POST /api/images/verify`: asks the store about at most [`MAX_BATCH`](crate::MAX_BATCH) pictures, also ones in the
/// trash.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyRequest {
    /// The pictures.
    #[cfg_attr(
        feature = "openapi",
        schema(min_items = 1, max_items = 200, example = json!(["0f8fad5b-d9cb-469f-a165-70867728950e"]))
    )]
    pub image_ids: Vec<String>,
    /// Have the service read the stored bytes back and hash them, in place of looking at size and entity tag only. It does
    /// so by itself where these leave a doubt, and for every picture that isn't proven yet.
    #[serde(default)]
    pub read_back: bool,
    /// Whoever asks is about to do without bytes of their own. Then an entity tag counts only where it is the store's word
    /// for the bytes that it has now; where it is a note that was made when they came, they are read back.
    #[serde(default)]
    pub proof: bool,
}

/// Outcomes in the order of the request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyResponse {
    /// One entry a picture.
    pub results: Vec<VerifyResult>,
}

/// What the store said of one picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyResult {
    /// As in the request.
    pub image_id: String,
    /// When it was asked; absent when there was nothing to ask about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub checked_at: Option<Timestamp>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: VerifyOutcome,
    /// The picture, when its record changed by this: a fault that was found or mended, or a newer receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Box<Image>>,
}

/// Still there, or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum VerifyOutcome {
    /// The store has what the receipt says.
    Confirmed {
        /// How that is known.
        checked_by: CheckedBy,
    },
    /// The store has no such object any more.
    Missing,
    /// The store has something else.
    Changed {
        /// What differs, in a sentence.
        message: String,
    },
    /// The account has no such picture.
    Unknown,
    /// The store could not be asked.
    Failed {
        /// Why.
        error: ErrorDetail,
    },
}

/// How a picture was compared with its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckedBy {
    /// Size and entity tag are those of the receipt, whose bytes were proven.
    SizeAndTag,
    /// The bytes were read and hashed.
    ReadBack,
}
