//! The doctor: tries everything that the chosen place needs, for real, and says in a sentence each what is wrong and how
//! to mend it. Steps are told as they end.

mod computer;
mod service;
mod trial;

use crate::place::Places;
use crate::secrets::Vault;
use crate::session::Session;
use crate::view::{DoctorReport, DoctorStep, PlaceKind, SecretsState, StepStatus};
use crate::{EngineError, Result};

/// Where steps go as they end.
pub(crate) struct Told<'a> {
    steps: Vec<DoctorStep>,
    tell: &'a mut (dyn FnMut(&DoctorStep) + Send),
}

impl<'a> Told<'a> {
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

    fn skipped(&mut self, check: &str, message: impl Into<String>) {
        self.step(check, StepStatus::Skipped, message, None);
    }

    fn lacking(&mut self, check: &str, message: impl Into<String>, code: &str) {
        self.step(check, StepStatus::Lacking, message, Some(code.to_owned()));
    }

    pub(crate) fn failed(&mut self, check: &str, error: &EngineError) {
        self.step(check, StepStatus::Failed, error.message.clone(), Some(error.code.as_str()));
    }

    /// Whether it worked.
    fn result(&mut self, check: &str, result: Result<String>) -> bool {
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

/// This computer: the app's folder, the disk, the secrets.
pub(crate) async fn examine_computer(told: &mut Told<'_>, data_dir: &str, vault: &Vault) {
    computer::folder(told, data_dir).await;
    computer::space(told, data_dir).await;
    match vault.state() {
        SecretsState::Keychain => told.ok("secrets", "Secrets are sealed with a key in the system's keychain."),
        SecretsState::Passphrase => told.ok("secrets", "Secrets are sealed with your passphrase."),
        SecretsState::MemoryOnly { reason } => told.skipped("secrets", reason),
        SecretsState::Locked { reason, .. } => {
            told.failed("secrets", &EngineError::new(crate::ErrorKind::SecretsLocked, reason));
        }
    }
}

/// The open place: its store, its service, its account.
pub(crate) async fn examine_place(told: &mut Told<'_>, places: &Places, session: &Session) {
    let kind = session.place.kind;
    if kind != PlaceKind::Account
        && let Err(error) = places.probe_store(told).await
    {
        told.failed("connect", &error);
    }
    if service::reach(told, session, kind == PlaceKind::Account).await {
        trial::run(told, session).await;
    }
}

/// Sends a few bytes to the store by the service's permission and has them removed.
pub(crate) async fn try_store(session: &Session) -> Result<()> {
    trial::small(session).await.map(drop)
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
