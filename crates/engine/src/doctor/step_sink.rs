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
        let step = DoctorStep { check: check.to_owned(), title: title(check), status, message: message.into(), code };
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

    /// Whether nothing has failed yet.
    pub(crate) fn all_well(&self) -> bool {
        self.steps.iter().all(|step| step.status != StepStatus::Failed)
    }

    /// All of them.
    pub(crate) fn report(self) -> DoctorReport {
        DoctorReport { ok: self.all_well() && !self.steps.is_empty(), steps: self.steps }
    }
}

/// A step's name for people.
fn title(check: &str) -> String {
    use messages::Doctor;
    let title = match check {
        "folder" => Doctor::StepFolder,
        "space" => Doctor::StepSpace,
        "secrets" => Doctor::StepSecrets,
        "library" => Doctor::StepLibrary,
        "address" => Doctor::StepAddress,
        "connect" => Doctor::StepConnect,
        "clock" => Doctor::StepClock,
        "put" => Doctor::StepPut,
        "head" => Doctor::StepHead,
        "list" => Doctor::StepList,
        "metadata" => Doctor::StepMetadata,
        "etag" => Doctor::StepEtag,
        "range" => Doctor::StepRange,
        "presigned" => Doctor::StepPresigned,
        "checksum" => Doctor::StepChecksum,
        "multipart" => Doctor::StepMultipart,
        "abort" => Doctor::StepAbort,
        "delete" => Doctor::StepDelete,
        "service" => Doctor::StepService,
        "account" => Doctor::StepAccount,
        "upload" => Doctor::StepUpload,
        "parts" => Doctor::StepParts,
        "read" => Doctor::StepRead,
        "descriptions" => Doctor::StepDescriptions,
        other => return other.to_owned(),
    };
    title.to_string()
}
