//! What can go wrong between the app and the service, and how it is told. The one place where the service's codes
//! become the engine's.

use std::time::Duration;

use account_api::{ErrorCode, ErrorDetail};
use network::{ProxyTrouble, Trouble};
use reqwest::StatusCode;

use super::ServiceAddress;
use crate::{EngineError, ErrorKind};

/// What to do about a proxy.
pub(crate) const PROXY: &str = "Check the proxy, or name hosts in NO_PROXY that are to be reached without it.";

/// A call that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct ServiceError {
    error: EngineError,
    code: Option<ErrorCode>,
    pub(super) retry_after: Option<Duration>,
    pub(super) worth_repeating: bool,
}

impl ServiceError {
    /// What the service answered; `None` when it didn't, or when something else did.
    pub fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// What it is for the engine.
    pub fn kind(&self) -> ErrorKind {
        self.error.code
    }

    /// Whether the service could not be reached: nothing is wrong with the call itself.
    pub fn is_offline(&self) -> bool {
        self.error.code == ErrorKind::ServiceUnreachable
    }

    /// How long the service asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// No answer came.
    pub(super) fn unreachable(address: &ServiceAddress, error: &reqwest::Error) -> Self {
        let host = address.host();
        let trouble = Trouble::of(error);
        let worth_repeating = trouble.may_pass();
        let message = match trouble {
            Trouble::TimedOut => {
                format!("{host} doesn't answer in time. Nothing is lost; what waits is sent when it answers again.")
            }
            Trouble::Broken { .. } => {
                format!("{host} didn't answer: {trouble}. Nothing is lost; what waits is sent when it answers again.")
            }
            Trouble::Unsendable(why) => format!("{host} can't be asked: {why}. Nothing was sent."),
            Trouble::Proxy(trouble) => format!("{host} can't be reached: {trouble}. Nothing is lost. {PROXY}"),
            trouble => format!("{host} can't be reached: {trouble}. Check the connection and the address."),
        };
        Self {
            error: EngineError::new(ErrorKind::ServiceUnreachable, message),
            code: None,
            retry_after: None,
            worth_repeating,
        }
    }

    /// A proxy on the way answered in place of the service.
    pub(super) fn of_proxy(address: &ServiceAddress, trouble: &ProxyTrouble) -> Self {
        let message = format!("{} can't be reached: {trouble}. Nothing is lost. {PROXY}", address.host());
        Self {
            error: EngineError::new(ErrorKind::ServiceUnreachable, message),
            code: None,
            retry_after: None,
            worth_repeating: !matches!(trouble, ProxyTrouble::SignIn(_) | ProxyTrouble::Perhaps { .. }),
        }
    }

    /// The service answered with an error.
    pub(super) fn answered(address: &ServiceAddress, detail: ErrorDetail, retry_after: Option<Duration>) -> Self {
        let worth_repeating = match detail.code {
            ErrorCode::RateLimited
            | ErrorCode::TooManyUploads
            | ErrorCode::StorageUnavailable
            | ErrorCode::DatabaseUnavailable
            | ErrorCode::TimedOut
            | ErrorCode::Internal => true,
            code => code == ErrorCode::Unknown && retry_after.is_some(),
        };
        let error = of_detail(address, &detail);
        Self { error, code: Some(detail.code), retry_after, worth_repeating }
    }

    /// Something answered that isn't the service, such as a proxy, or a web site with that address.
    pub(super) fn foreign(
        address: &ServiceAddress,
        status: StatusCode,
        location: Option<&str>,
        retry_after: Option<Duration>,
    ) -> Self {
        let host = address.host();
        let away = matches!(status.as_u16(), 429 | 502..=504);
        let (kind, message) = match location {
            _ if away => (
                ErrorKind::ServiceUnreachable,
                format!(
                    "The account service behind {host} is not available ({status}). Nothing is lost; what \
                     waits is sent when it answers again."
                ),
            ),
            Some(location) => (
                ErrorKind::ServiceFailed,
                format!("{host} sends the app on to {location}. If you trust that address, use it instead."),
            ),
            None if address.is_own() => {
                (ErrorKind::ServiceFailed, format!("{host} gave an answer that can't be read ({status}). Try again."))
            }
            None => (
                ErrorKind::ServiceFailed,
                format!("What answers at {address} is not an account service ({status}). Check the address."),
            ),
        };
        Self { error: EngineError::new(kind, message), code: None, retry_after, worth_repeating: away }
    }
}

/// A failure that has nothing to do with the network, such as a locked vault.
impl From<EngineError> for ServiceError {
    fn from(error: EngineError) -> Self {
        Self { error, code: None, retry_after: None, worth_repeating: false }
    }
}

impl From<ServiceError> for EngineError {
    fn from(error: ServiceError) -> Self {
        error.error
    }
}

/// The service's answer as the engine's error; also for the parts of a batch.
pub(super) fn of_detail(address: &ServiceAddress, detail: &ErrorDetail) -> EngineError {
    let host = address.host();
    let said = detail.message.trim();
    let message = match kind_of(detail.code) {
        ErrorKind::ServiceFailed | ErrorKind::StoreUnreachable | ErrorKind::Internal if !address.is_own() => {
            format!("{host} says: {said}")
        }
        ErrorKind::SignedOut => {
            format!("Your session at {host} has ended. Sign in again; nothing on this computer is lost.")
        }
        _ => said.to_owned(),
    };
    EngineError::new(kind_of(detail.code), message)
}

/// What a code of the service is for the engine.
pub fn kind_of(code: ErrorCode) -> ErrorKind {
    match code {
        ErrorCode::InvalidRequest => ErrorKind::InvalidInput,
        ErrorCode::Unauthorized | ErrorCode::TokenExpired | ErrorCode::SessionEnded => ErrorKind::SignedOut,
        ErrorCode::InvalidCredentials => ErrorKind::InvalidCredentials,
        ErrorCode::TotpRequired => ErrorKind::CodeRequired,
        ErrorCode::TotpInvalid => ErrorKind::CodeInvalid,
        ErrorCode::NotFound | ErrorCode::ResetLinkGone => ErrorKind::NotFound,
        ErrorCode::UsernameTaken | ErrorCode::EmailTaken | ErrorCode::WeakPassword | ErrorCode::RegistrationClosed => {
            ErrorKind::RegistrationRefused
        }
        ErrorCode::InvitationRequired => ErrorKind::InvitationRequired,
        ErrorCode::TooLarge => ErrorKind::TooLarge,
        ErrorCode::UnsupportedMedia => ErrorKind::NotAPicture,
        ErrorCode::QuotaExceeded => ErrorKind::QuotaExceeded,
        ErrorCode::ChecksumMismatch => ErrorKind::ChecksumMismatch,
        ErrorCode::StorageUnavailable => ErrorKind::StoreUnreachable,
        ErrorCode::AiNotConfigured => ErrorKind::AiNoKey,
        ErrorCode::AiKeyRejected => ErrorKind::AiKeyRejected,
        ErrorCode::AiQuota => ErrorKind::AiQuota,
        ErrorCode::AiRefused => ErrorKind::AiRefused,
        ErrorCode::AiTimedOut => ErrorKind::AiTimedOut,
        ErrorCode::AiUnavailable => ErrorKind::AiOffline,
        ErrorCode::AiUnsupportedPicture => ErrorKind::AiUnsupportedPicture,
        ErrorCode::Forbidden
        | ErrorCode::SecondFactorUnavailable
        | ErrorCode::MailNotConfigured
        | ErrorCode::MethodNotAllowed
        | ErrorCode::Conflict
        | ErrorCode::UnsupportedBody
        | ErrorCode::RateLimited
        | ErrorCode::TooManyUploads
        | ErrorCode::UploadIncomplete
        | ErrorCode::UploadGone
        | ErrorCode::DatabaseUnavailable
        | ErrorCode::TimedOut
        | ErrorCode::Internal
        | ErrorCode::Unknown => ErrorKind::ServiceFailed,
    }
}
