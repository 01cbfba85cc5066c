//! What the doctor tried, and what came of it.

use serde::Serialize;
use ts_rs::TS;

/// What came out of trying everything that the app needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DoctorReport {
    /// Whether nothing failed.
    pub ok: bool,
    /// What was tried, in order.
    pub steps: Vec<DoctorStep>,
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DoctorStep {
    /// For programs: `folder`, `space`, `secrets`, `address`, `connect`, `clock`, `put`, `head`, `metadata`, `etag`,
    /// `range`, `presigned`, `checksum`, `multipart`, `abort`, `delete`, `service`, `account`, `upload`, `parts` or `read`.
    pub check: String,
    /// A short name: "Store an object".
    pub title: String,
    /// What came of it.
    pub status: StepStatus,
    /// What happened, and when it failed, how to mend it.
    pub message: String,
    /// What is wrong or lacking, for programs, such as `wrong_region`; absent otherwise.
    pub code: Option<String>,
}

/// What came of one thing that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StepStatus {
    /// It works.
    Ok,
    /// It works, and something is lacking that can be done without.
    Lacking,
    /// It doesn't.
    Failed,
    /// There was nothing to try it with.
    Skipped,
}
