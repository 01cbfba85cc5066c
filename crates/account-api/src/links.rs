//! Links that people can give to others.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// `POST /api/links`: links of at most 200 pictures ([`MAX_BATCH`](crate::MAX_BATCH)).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinksRequest {
    /// The pictures.
    #[cfg_attr(
        feature = "openapi",
        schema(min_items = 1, max_items = 200, example = json!(["0f8fad5b-d9cb-469f-a165-70867728950e"]))
    )]
    pub image_ids: Vec<String>,
}

/// Links in the order of the request; pictures that aren't yours, or are in the trash, are left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinksResponse {
    /// One entry a picture.
    pub links: Vec<Link>,
}

/// A link to a picture's bytes. Raster formats are shown by a browser, everything else is downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// The picture.
    #[cfg_attr(feature = "openapi", schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e"))]
    pub image_id: String,
    /// Opens without signing in.
    #[cfg_attr(feature = "openapi", schema(example = "https://pictures.example.com/i/9fX2uPq0T4mYcVb1wZk3sA"))]
    pub url: String,
    /// When it stops working; absent (`null`) for a link that the service itself keeps alive.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<String>, format = DateTime, example = "2026-03-08T12:00:00.000Z")
    )]
    pub expires_at: Option<Timestamp>,
}
