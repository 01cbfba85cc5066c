//! What can go wrong between the app and the service, and how it is told. The one place where the service's codes
//! become the engine's.

use std::time::Duration;

use account_api::{ErrorCode, ErrorDetail};
use messages::Message;
use network::{ProxyTrouble, Trouble};
use reqwest::StatusCode;

use super::ServiceAddress;
use crate::{EngineError, ErrorKind};

/// What to do about a proxy.
pub(crate) const PROXY: messages::Service = messages::Service::CheckProxy;

/// A call that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct ServiceError {
    error: EngineError,
    code: Option<ErrorCode>,
    pub(super) retry_after: Option<Duration>,
    pub(super) worth_repeating: bool,
    /// Whether the service may have got the call and made it, unlike what the error says.
    may_be_made: bool,
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

    /// Whether it is not certain that nothing came of the call.
    pub fn may_be_made(&self) -> bool {
        self.may_be_made
    }

    /// The same after an earlier attempt, which may have been made.
    pub(super) fn or_made(mut self, before: bool) -> Self {
        self.may_be_made |= before;
        self
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
            Trouble::TimedOut { through: None } => messages::Service::TimedOut { host: host.to_string() },
            Trouble::Broken { .. } => messages::Service::Broken { host: host.to_string(), why: trouble.to_string() },
            Trouble::Unsendable(why) => messages::Service::Unsendable { host: host.to_string(), why: why.to_string() },
            Trouble::Proxy(trouble) => {
                messages::Service::Proxy { host: host.to_string(), why: trouble.to_string(), proxy: PROXY.to_string() }
            }
            trouble => messages::Service::Unreachable { host: host.to_string(), why: trouble.to_string() },
        };
        Self {
            error: EngineError::new(ErrorKind::ServiceUnreachable, message),
            code: None,
            retry_after: None,
            worth_repeating,
            may_be_made: !error.is_connect() && !error.is_builder(),
        }
    }

    /// A proxy on the way answered in place of the service.
    pub(super) fn of_proxy(address: &ServiceAddress, trouble: &ProxyTrouble) -> Self {
        let message =
            messages::Service::Proxy { host: address.host(), why: trouble.to_string(), proxy: PROXY.to_string() };
        Self {
            error: EngineError::new(ErrorKind::ServiceUnreachable, message),
            code: None,
            retry_after: None,
            worth_repeating: !matches!(trouble, ProxyTrouble::SignIn(_) | ProxyTrouble::Perhaps { .. }),
            may_be_made: !matches!(trouble, ProxyTrouble::SignIn(_)),
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
        // A transaction whose end was not told may have been the one that held.
        let may_be_made = matches!(
            detail.code,
            ErrorCode::DatabaseUnavailable | ErrorCode::TimedOut | ErrorCode::Internal | ErrorCode::Unknown
        );
        let error = of_detail(address, &detail);
        Self { error, code: Some(detail.code), retry_after, worth_repeating, may_be_made }
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
                messages::Service::Away { host: host.to_string(), status: status.to_string() },
            ),
            Some(location) => (
                ErrorKind::ServiceFailed,
                messages::Service::Redirects { host: host.to_string(), location: location.to_string() },
            ),
            None if address.is_own() => (
                ErrorKind::ServiceFailed,
                messages::Service::Garbled { host: host.to_string(), status: status.to_string() },
            ),
            None => (
                ErrorKind::ServiceFailed,
                messages::Service::Foreign { address: address.to_string(), status: status.to_string() },
            ),
        };
        Self {
            error: EngineError::new(kind, message),
            code: None,
            retry_after,
            worth_repeating: away,
            may_be_made: true,
        }
    }
}

/// A failure that has nothing to do with the network, such as a locked vault.
impl From<EngineError> for ServiceError {
    fn from(error: EngineError) -> Self {
        Self { error, code: None, retry_after: None, worth_repeating: false, may_be_made: false }
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
    let message: Message = match kind_of(detail.code) {
        ErrorKind::ServiceFailed | ErrorKind::StoreUnreachable | ErrorKind::Internal if !address.is_own() => {
            messages::Service::Says { host, said: said.to_owned() }.into()
        }
        ErrorKind::SignedOut => messages::Service::SessionEnded { host: host.to_string() }.into(),
        _ => messages::Service::Said { said: said.to_owned() }.into(),
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
