//! The account's change feed: how every device learns what happened.

use serde::{Deserialize, Serialize};

use crate::Image;

/// `GET /api/changes?after=REV&limit=N`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ChangesQuery {
    /// The newest revision that the client has applied; 0 for everything.
    #[serde(default)]
    pub after: i64,
    /// 1 to [`MAX_PAGE`](crate::MAX_PAGE), 500 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Changes after a revision, oldest first. Each picture appears once, with its newest state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangesPage {
    /// In the order of their revisions.
    pub changes: Vec<Change>,
    /// What to send as `after` next time.
    pub next: i64,
    /// Whether there are more right now.
    pub more: bool,
}

/// One picture's newest state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Change {
    /// The account's revision of this change; strictly rising.
    pub revision: i64,
    /// The picture.
    pub image_id: String,
    /// What to do with it.
    #[serde(flatten)]
    pub operation: Operation,
}

/// What to do with a changed picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
