//! The account's change feed: how every device learns what happened.

use serde::{Deserialize, Serialize};

use crate::{AlbumChange, Clock, Image, Timestamp, TrashRule};

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

/// Changes after a revision, oldest first. Each picture, album and link appears once, with its newest state.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesPage {
    /// In the order of their revisions.
    pub changes: Vec<Change>,
    /// Albums, in the order of their revisions, which are of the same row as those of the pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub albums: Vec<AlbumChange>,
    /// Links, likewise. A link goes with its picture, of which only `changes` tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkChange>,
    /// What to send as `after` next time. Keep it in the same transaction as the changes.
    #[cfg_attr(feature = "openapi", schema(example = 42))]
    pub next: i64,
    /// Whether there are more right now.
    pub more: bool,
    /// The latest moment of everything that was said of the account's pictures and albums: what is done next on a computer
    /// that has seen this is later ([`Clock::seen`]). Absent from older services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<String>, pattern = "^[0-9a-f]{16}$", example = "019ad3f1c8000000")
    )]
    pub clock: Option<Clock>,
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

/// A link's newest state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkChange {
    /// The account's revision of this change.
    #[cfg_attr(feature = "openapi", schema(example = 42))]
    pub revision: i64,
    /// Its token: the last part of its address.
    #[cfg_attr(feature = "openapi", schema(example = "9fX2uPq0T4mYcVb1wZk3sA"))]
    pub token: String,
    /// As it is now; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<GivenLink>,
}

/// A link that was given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GivenLink {
    /// The picture that it leads to.
    #[cfg_attr(feature = "openapi", schema(example = "0f8fad5b-d9cb-469f-a165-70867728950e"))]
    pub image_id: String,
    /// When it was given.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z"))]
    pub created_at: Timestamp,
}
