//! The account's change feed: how every device learns what happened.

use serde::{Deserialize, Serialize};

use crate::{Image, TrashRule};

/// `GET /api/changes?after=REV&limit=N`.
///
/// Refused with [`InvalidRequest`](crate::ErrorCode::InvalidRequest) when a number is not as documented.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ChangesQuery {
    /// The newest revision that the client has applied; 0 for everything.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(default = 0, example = 0))]
    pub after: i64,
    /// 1 to 1,000 changes ([`MAX_PAGE`](crate::MAX_PAGE)), 500 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 1000, nullable = false))]
    pub limit: Option<u32>,
}

/// Changes after a revision, oldest first. Each picture appears once, with its newest state.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesPage {
    /// In the order of their revisions.
    pub changes: Vec<Change>,
    /// What to send as `after` next time. Keep it in the same transaction as the changes.
    #[cfg_attr(feature = "openapi", schema(example = 42))]
    pub next: i64,
    /// Whether there are more right now.
    pub more: bool,
    /// How long pictures stay in the trash, as it is now. Absent from older services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trash: Option<TrashRule>,
}

/// One picture's newest state.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// The account's revision of this change; strictly rising, but not without gaps.
    #[cfg_attr(feature = "openapi", schema(example = 42))]
    pub revision: i64,
    /// The picture.
    #[cfg_attr(feature = "openapi", schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e"))]
    pub image_id: String,
    /// What to do with it.
    #[serde(flatten)]
    pub operation: Operation,
}

/// What to do with a changed picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Operation {
    /// Add it or replace it; one with `deleted_at` is in the trash.
    Upsert {
        /// The picture, without URLs.
        image: Box<Image>,
    },
    /// It is gone for good.
    Remove,
}
