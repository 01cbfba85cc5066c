//! The upload queue as people see it.

use catalogue::table::upload::MoveTo;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ErrorKind;

/// What happened to the queue since the last message; sent at most ten times a second.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct UploadsChange {
    /// The queue as a whole.
    pub summary: UploadSummary,
    /// Rows that are new or have changed.
    pub changed: Vec<UploadRow>,
    /// Rows that are gone from the list.
    pub removed: Vec<u32>,
}

/// The whole queue, for a window that has just opened: finished rows are limited to the newest 500.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct UploadsSnapshot {
    /// The queue as a whole.
    pub summary: UploadSummary,
    /// In the order they were added.
    pub rows: Vec<UploadRow>,
}

/// The queue as a whole. Counts and bytes are of the current run: since the queue was last empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct UploadSummary {
    /// Files in this run.
    pub total: u32,
    /// Verified.
    pub verified: u32,
    /// Of these, how many have a damaged file.
    pub damaged: u32,
    /// Here already.
    pub duplicates: u32,
    /// Failed or refused.
    pub failed: u32,
    /// Cancelled.
    pub cancelled: u32,
    /// No pictures, in folders with others: left alone.
    pub left_alone: u32,
    /// Bytes of all files in this run that are to be sent.
    pub bytes_total: u64,
    /// Of these, bytes that have really gone out.
    pub bytes_sent: u64,
    /// Bytes a second, averaged over the last seconds.
    pub speed: u64,
    /// Seconds until everything is verified; absent while it can't be told.
    pub seconds_left: Option<u32>,
    /// Whether the person paused the queue.
    pub paused: bool,
    /// How many unfinished files the person paused one by one.
    pub held: u32,
    /// Why the queue waits, such as being offline; absent while it moves.
    pub waiting: Option<String>,
    /// The same for programs.
    pub waiting_code: Option<ErrorKind>,
    /// Whether anything is still to do.
    pub active: bool,
}

impl UploadSummary {
    /// Files that are not finished.
    pub fn unfinished(&self) -> u32 {
        self.total.saturating_sub(self.verified + self.duplicates + self.failed + self.cancelled)
    }
}

/// One file in the queue.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct UploadRow {
    /// The upload's local number.
    pub id: u32,
    /// The file's name.
    pub name: String,
    /// The folder or file it came from, for people; "clipboard" for a pasted picture.
    pub source: String,
    /// Size in bytes, 0 until it is known.
    pub size: u64,
    /// Bytes that have really gone out.
    pub sent: u64,
    /// Where it stands.
    pub status: UploadStatus,
    /// Whether it is another process that sends it, a window or a command: how far it is, isn't known here.
    pub elsewhere: bool,
    /// The picture's local number, once it is in the library.
    pub picture: Option<u32>,
    /// When it ended (UTC), once it has.
    pub finished_at: Option<String>,
    /// What is wrong with the file, which is kept all the same: a sentence.
    pub remark: Option<String>,
    /// The local number of a damaged picture in the library that is the same, and whose place this one could take.
    pub replaces: Option<u32>,
}

/// Where one upload stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum UploadStatus {
    /// Waits for its turn.
    Queued,
    /// The person paused this one.
    Paused,
    /// Is being read: hash, thumbnail, facts.
    Reading,
    /// Bytes are going out.
    Sending,
    /// All bytes have gone out; the service compares size and checksum.
    Verifying,
    /// The store has exactly these bytes.
    Verified,
    /// The library had these bytes before.
    Duplicate,
    /// It didn't work, or is no picture.
    Failed {
        /// From the engine's closed list.
        code: String,
        /// A sentence: what happened, what was kept, what to do.
        message: String,
        /// The reason, by its name; absent for what has none.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        reason: Option<String>,
        /// Whether trying again can help.
        retryable: bool,
    },
    /// No picture, in a folder with others: left alone.
    LeftAlone {
        /// A sentence, where there is more to be said; such as that it is the film of a Live Photo.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message: Option<String>,
    },
    /// The person cancelled it.
    Cancelled,
}

/// A part of the list that is read by the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UploadList {
    /// What isn't finished, in the order of the queue.
    Open,
    /// What failed, the newest first.
    Failed,
    /// What is in the library or was cancelled, the newest first.
    Done,
    /// What was no picture, in a folder with others, in the current run.
    LeftAlone,
    /// All that ended, also what was taken off the list, the newest first.
    History,
}

/// A page of one part of the list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct UploadsPage {
    /// In the order of that part.
    pub rows: Vec<UploadRow>,
    /// How many rows that part has.
    pub total: u32,
}

/// Files that failed for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct UploadFailure {
    /// From the engine's closed list.
    pub code: String,
    /// The reason, which with the code names the group when that is to be tried again; absent for what has none.
    pub reason: Option<String>,
    /// A sentence for all of them.
    pub message: String,
    /// How many files.
    pub files: u32,
    /// Of these, how many can be tried again.
    pub retryable: u32,
    /// The first of them.
    pub rows: Vec<UploadRow>,
}

/// Where uploads are to go in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
#[ts(export)]
pub enum UploadMove {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// One place forward.
    Up,
    /// One place back.
    Down,
    /// Right before another one.
    Before {
        /// That one's number.
        id: u32,
    },
    /// Right behind another one.
    After {
        /// That one's number.
        id: u32,
    },
}

impl From<UploadMove> for MoveTo {
    fn from(wanted: UploadMove) -> Self {
        match wanted {
            UploadMove::First => MoveTo::First,
            UploadMove::Last => MoveTo::Last,
            UploadMove::Up => MoveTo::Up,
            UploadMove::Down => MoveTo::Down,
            UploadMove::Before { id } => MoveTo::Before(id),
            UploadMove::After { id } => MoveTo::After(id),
        }
    }
}

/// What was cancelled with one word, and can be taken back with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UploadsCancelled {
    /// Names the cancelling.
    #[ts(type = "number")]
    pub number: i64,
    /// How many uploads were cancelled.
    pub uploads: u32,
}
