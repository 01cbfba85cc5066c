//! Where the doctor's steps go as they end, and how each is called.

use crate::view::{DoctorReport, DoctorStep, StepStatus};
use crate::{EngineError, Result};

/// Takes steps as they end: each is passed on at once, and all of them make the report.
pub(crate) struct StepSink<'a> {
    steps: Vec<DoctorStep>,
    tell: &'a mut (dyn FnMut(&DoctorStep) + Send),
}

impl<'a> StepSink<'a> {
    /// Steps to `tell`.
    pub(crate) fn new(tell: &'a mut (dyn FnMut(&DoctorStep) + Send)) -> Self {
        Self { steps: Vec::new(), tell }
    }

    /// A step has ended.
    pub(crate) fn step(&mut self, check: &str, status: StepStatus, message: impl Into<String>, code: Option<String>) {
        let step = DoctorStep {
            check: check.to_owned(),
            title: title(check).to_owned(),
            status,
            message: message.into(),
            code,
        };
        (self.tell)(&step);
        self.steps.push(step);
    }

    pub(crate) fn ok(&mut self, check: &str, message: impl Into<String>) {
        self.step(check, StepStatus::Ok, message, None);
    }

    pub(super) fn skipped(&mut self, check: &str, message: impl Into<String>) {
        self.step(check, StepStatus::Skipped, message, None);
    }

    pub(super) fn lacking(&mut self, check: &str, message: impl Into<String>, code: &str) {
        self.step(check, StepStatus::Lacking, message, Some(code.to_owned()));
    }

    pub(crate) fn failed(&mut self, check: &str, error: &EngineError) {
        self.step(check, StepStatus::Failed, error.message.clone(), Some(error.code.as_str()));
    }

    /// Whether it worked.
    pub(super) fn result(&mut self, check: &str, result: Result<String>) -> bool {
        match result {
            Ok(message) => self.ok(check, message),
            Err(error) => {
                self.failed(check, &error);
                return false;
            }
        }
        true
    }

    /// All of them.
    pub(crate) fn report(self) -> DoctorReport {
        let failed = self.steps.iter().any(|step| step.status == StepStatus::Failed);
        DoctorReport { ok: !failed && !self.steps.is_empty(), steps: self.steps }
    }
}

/// A step's name for people.
fn title(check: &str) -> &str {
    match check {
        "folder" => "Write to the app's folder",
        "space" => "Find room on the disk",
        "secrets" => "Open the secrets",
        "library" => "Open the library",
        "address" => "Understand the address",
        "connect" => "Reach the store",
        "clock" => "Compare the clocks",
        "put" => "Store an object",
        "head" => "Look at it",
        "metadata" => "Keep what is written beside it",
        "etag" => "Know it again",
        "range" => "Read a part of it",
        "presigned" => "Store and read by links",
        "checksum" => "Refuse damaged bytes",
        "multipart" => "Store in parts",
        "abort" => "Give up an upload in parts",
        "delete" => "Remove it",
        "service" => "Reach the account service",
        "account" => "Use the account",
        "upload" => "Upload by a permission of the service",
        "parts" => "Begin a large upload",
        "read" => "Read a picture",
        other => other,
    }
}
