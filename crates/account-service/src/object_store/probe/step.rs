//! What was tried, and what came of it.

use super::explain::{ProbeCode, Problem};

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeStep {
    /// `address`, `connect`, `clock`, `put`, `head`, `metadata`, `etag`, `range`, `presigned`, `checksum`, `multipart`,
    /// `abort` or `delete`.
    pub name: &'static str,
    /// Whether the bucket can be used, as far as this goes.
    pub ok: bool,
    /// What was found, or what is wrong and what to do, in a sentence or two.
    pub message: String,
    /// What is wrong, for programs; with `ok`, what is lacking and can be done without. Absent when all is as it should be.
    pub code: Option<ProbeCode>,
}

impl ProbeStep {
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, ok: true, message: message.into(), code: None }
    }

    pub(super) fn of(name: &'static str, works: &str, result: Result<(), Problem>) -> Self {
        match result {
            Ok(()) => Self::ok(name, works),
            Err(problem) => Self::failed(name, problem),
        }
    }

    /// Something is lacking that can be done without.
    pub(super) fn lacking(name: &'static str, problem: Problem) -> Self {
        Self { ok: true, ..Self::failed(name, problem) }
    }

    pub(super) fn failed(name: &'static str, problem: Problem) -> Self {
        Self { name, ok: false, message: problem.message, code: Some(problem.code) }
    }
}
