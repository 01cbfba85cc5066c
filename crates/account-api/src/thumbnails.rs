//! Where thumbnails are, for a screen of pictures at once.

use serde::{Deserialize, Serialize};

/// `POST /api/images/thumbnails`: where the thumbnails of at most 200 pictures ([`MAX_BATCH`](crate::MAX_BATCH)) are, also of
/// ones in the trash.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThumbnailUrlsRequest {
    /// The pictures.
    #[cfg_attr(
        feature = "openapi",
        schema(min_items = 1, max_items = 200, example = json!(["0f8fad5b-d9cb-469f-a165-70867728950e"]))
    )]
    pub image_ids: Vec<String>,
}

/// Addresses in the order of the request; pictures that aren't yours, or have no thumbnail in the store, are left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThumbnailUrlsResponse {
    /// One entry a picture.
    pub thumbnails: Vec<ThumbnailUrl>,
}

/// Where a thumbnail is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThumbnailUrl {
    /// The picture.
    #[cfg_attr(feature = "openapi", schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e"))]
    pub image_id: String,
    /// Presigned; good for 15 minutes.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "https://s3.example.com/pictures/thumbnails/0f8fad5b.jpg?X-Amz-Signature=…")
    )]
    pub url: String,
}
