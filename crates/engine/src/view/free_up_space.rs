//! Local files whose pictures are safe in the store.

use serde::Serialize;
use ts_rs::TS;

/// A local file, and whether it may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FreeItem {
    /// The file.
    pub path: String,
    /// Size in bytes; 0 when it can't be read.
    pub size: u64,
    /// What becomes of it.
    pub status: FreeStatus,
    /// Why it is kept; absent unless it is.
    pub reason: Option<String>,
    /// The service's identifier of the picture with the same bytes.
    pub image_id: Option<String>,
}

/// What becomes of a local file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FreeStatus {
    /// It may go: the library has these bytes, verified.
    Safe,
    /// It was moved to the system's trash.
    Freed,
    /// It stays where it is.
    Kept,
}

/// What came of moving local copies to the trash, or would come of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FreeReport {
    /// Files that may go, or went.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
    /// Files that stay.
    pub kept: u32,
    /// Files that were uploaded from here once, and are not where they were any more.
    pub gone: u32,
    /// Some of the files, those that stay first; at most a few hundred.
    pub items: Vec<FreeItem>,
}
