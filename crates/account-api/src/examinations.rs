//! What a later look at a picture's bytes gave: newer versions of an app read more from a file, and show more formats.

use serde::{Deserialize, Serialize};

use crate::{Facts, Image, PresignedPut, Remark, ThumbnailSpec};

/// `POST /api/images/examinations`: at most 200 ([`MAX_BATCH`](crate::MAX_BATCH)).
///
/// Refused with [`InvalidRequest`](crate::ErrorCode::InvalidRequest) when a value is not as documented.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExaminationsRequest {
    /// One entry a picture.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub examinations: Vec<Examination>,
}

/// What a picture's own bytes say of it. It takes the place of what was read from them before; a person's words are no part
/// of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Examination {
    /// The picture.
    #[cfg_attr(feature = "openapi", schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e"))]
    pub image_id: String,
    /// Width in pixels after orientation; absent where it can't be told, and what is known stays then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2_147_483_647, example = 4032))]
    pub width: Option<u32>,
    /// Height in pixels after orientation; absent where it can't be told, and what is known stays then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2_147_483_647, example = 3024))]
    pub height: Option<u32>,
    /// See [`Image::taken_at_in_file`]; at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 40, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "2026-03-01T12:00:00")
    )]
    pub taken_at: Option<String>,
    /// See [`Image::camera`]; at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 200, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$", example = "Fujifilm X100V")
    )]
    pub camera: Option<String>,
    /// See [`Image::facts`]. What isn't as documented is left out.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
    /// See [`Image::thumbhash`]; at most 60 characters. When absent, what is known stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 60,
            pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$",
            example = "1QcSHQRnh493V4dIh4eXh1h4kJUI"
        )
    )]
    pub thumbhash: Option<String>,
    /// See [`Image::remark`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Remark>,
    /// The thumbnail that was made, for a picture that has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<ThumbnailSpec>,
}

/// What came of it, in the order of the request; pictures that aren't yours are left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExaminationsResponse {
    /// One entry a picture.
    pub examined: Vec<Examined>,
}

/// A picture after it was looked at again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Examined {
    /// The picture as it is now.
    pub image: Image,
    /// Where its thumbnail is to be stored, when one was announced and the store has none; confirmed with
    /// [`route::THUMBNAILS`](crate::route::THUMBNAILS).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<PresignedPut>,
}
