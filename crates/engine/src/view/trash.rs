//! How long the trash is kept.

use serde::Serialize;
use ts_rs::TS;

/// How long the trash is kept, and what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Trash {
    /// Whether it is known: not before the first contact with the place, nor of an old service, which doesn't say.
    pub known: bool,
    /// Days that a picture stays; absent for until the person empties it.
    pub days: Option<u32>,
    /// Whether the person at this computer says so; else whoever runs the service does.
    pub own: bool,
    /// Pictures in it.
    pub pictures: u64,
    /// Bytes of their files, which are stored until they leave it.
    pub bytes: u64,
    /// When the next of them is deleted for good (UTC); absent when none is.
    pub next_at: Option<String>,
}

/// What another number of days would mean for what is in the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TrashPlan {
    /// Days that a picture would stay; absent for until the person empties it.
    pub days: Option<u32>,
    /// Pictures in the trash that would be deleted for good then; 0 without days.
    pub pictures: u64,
    /// When the first of them (UTC).
    pub first_at: Option<String>,
    /// When the last of them (UTC).
    pub last_at: Option<String>,
    /// Whether that takes pictures away which would stay, or stay longer, as it is now.
    pub stricter: bool,
}
