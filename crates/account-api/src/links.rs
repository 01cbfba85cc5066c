//! Links that people can give to others.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// `POST /api/links`: links of at most [`MAX_BATCH`](crate::MAX_BATCH) pictures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinksRequest {
    /// The pictures.
    pub image_ids: Vec<String>,
}

/// Links in the order of the request; pictures that aren't yours are left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinksResponse {
    /// One entry a picture.
    pub links: Vec<Link>,
}

/// A link to a picture's bytes. Raster formats are shown by a browser, everything else is downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The picture.
    pub image_id: String,
    /// Opens without signing in.
    pub url: String,
    /// When it stops working; absent for a link that the service itself keeps alive.
    pub expires_at: Option<Timestamp>,
}
