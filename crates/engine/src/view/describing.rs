//! Descriptions in progress.

use serde::Serialize;
use ts_rs::TS;

/// How far a batch of descriptions is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescribeProgress {
    /// Pictures asked for.
    pub total: u32,
    /// Done, well or not.
    pub done: u32,
    /// Of these, failed.
    pub failed: u32,
    /// Whether it is still going.
    pub running: bool,
    /// What came of each picture so far that is new since the last message.
    pub outcomes: Vec<DescribeOutcome>,
}

/// What came of one picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescribeOutcome {
    /// The picture's local number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Absent when it went well: the code.
    pub error_code: Option<String>,
    /// Absent when it went well: what happened and what to do.
    pub error: Option<String>,
}
