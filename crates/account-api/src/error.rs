//! The one shape of every error.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The body of every response that is not a success: `{"error":{"code","message"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong: a code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorDetail {
    /// One of a closed list.
    pub code: ErrorCode,
    /// A sentence that says what happened and what to do; never a stack trace, a key or another person's data.
    #[cfg_attr(feature = "openapi", schema(example = "There is no such picture in this account."))]
    pub message: String,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $status:literal;)*) => {
        /// Every code that the service can answer with. A client treats one that it doesn't know as [`ErrorCode::Unknown`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)*
            /// A code from a newer service.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl ErrorCode {
            /// All codes that this version of the service answers with.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant),*];

            /// The code as it stands in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$variant => $name,)* ErrorCode::Unknown => "unknown" }
            }

            /// The HTTP status that the service sends with this code.
            pub const fn status(self) -> u16 {
                match self { $(ErrorCode::$variant => $status,)* ErrorCode::Unknown => 500 }
            }

            /// What the code means, for the documentation of the API.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(ErrorCode::$variant => concat!($($doc),+),)*
                    ErrorCode::Unknown => " A code from a newer service.",
                }
                .trim_start()
            }
        }
    };
}

codes! {
    /// The request doesn't have the documented form; the message names the field.
    InvalidRequest = "invalid_request", 400;
    /// No access token, or one that was not issued by this service, or whose session has been ended.
    Unauthorized = "unauthorized", 401;
    /// The access token has expired: refresh it and try again.
    TokenExpired = "token_expired", 401;
    /// The refresh token is unknown, expired, or was used before: sign in again.
    SessionEnded = "session_ended", 401;
    /// User name or password are wrong (which of them is not said).
    InvalidCredentials = "invalid_credentials", 401;
    /// The password is right, and the account has a second factor: send `totp_code` or `recovery_code`, too.
    TotpRequired = "totp_required", 401;
    /// The code of the second factor is wrong, too old, or was used before: send the next one.
    TotpInvalid = "totp_invalid", 401;
    /// The service can't check codes of authenticator apps right now: use a recovery code, or ask the operator.
    SecondFactorUnavailable = "second_factor_unavailable", 503;
    /// The link that sets a new password is unknown, too old, or was used before: ask for another one.
    ResetLinkGone = "reset_link_gone", 410;
    /// The service sends no mail, so there is no recovery by mail: use a recovery code, or ask the operator.
    MailNotConfigured = "mail_not_configured", 409;
    /// This account may not do that.
    Forbidden = "forbidden", 403;
    /// Nothing of yours has this identifier.
    NotFound = "not_found", 404;
    /// No route takes this method.
    MethodNotAllowed = "method_not_allowed", 405;
    /// This service takes no registrations: ask its operator for an account.
    RegistrationClosed = "registration_closed", 403;
    /// Registering needs an invitation, and there was none, or it is wrong, too old, or was used before.
    InvitationRequired = "invitation_required", 403;
    /// The user name is taken, or looks like one that is.
    UsernameTaken = "username_taken", 409;
    /// The e-mail address is taken.
    EmailTaken = "email_taken", 409;
    /// The object behind the request changed meanwhile.
    Conflict = "conflict", 409;
    /// The password is too short, too long or too common.
    WeakPassword = "weak_password", 422;
    /// The body or the picture is larger than this service takes.
    TooLarge = "too_large", 413;
    /// The bytes are not a picture in a format that this service takes.
    UnsupportedMedia = "unsupported_media", 415;
    /// The request's body is not of the expected media type.
    UnsupportedBody = "unsupported_body", 415;
    /// The account's space or number of pictures is used up.
    QuotaExceeded = "quota_exceeded", 403;
    /// As many uploads of the account are open as may be at once: go on when some of them have ended.
    TooManyUploads = "too_many_uploads", 429;
    /// Too many requests: try again after `Retry-After` seconds.
    RateLimited = "rate_limited", 429;
    /// The store doesn't have the object, or lacks parts of it: send what is missing.
    UploadIncomplete = "upload_incomplete", 409;
    /// What the store has is not what was announced (size or checksum): it was removed, send it again.
    ChecksumMismatch = "checksum_mismatch", 422;
    /// You have no upload of this identifier that is open: ask for a new grant.
    UploadGone = "upload_gone", 404;
    /// The object store can't be reached or refuses the service's credentials.
    StorageUnavailable = "storage_unavailable", 503;
    /// The database can't be reached.
    DatabaseUnavailable = "database_unavailable", 503;
    /// The request took too long.
    TimedOut = "timed_out", 408;
    /// This service has no AI: its operator has not configured one.
    AiNotConfigured = "ai_not_configured", 409;
    /// The AI provider refused the key.
    AiKeyRejected = "ai_key_rejected", 502;
    /// The AI provider says that the quota or credit is used up, or that requests come too fast.
    AiQuota = "ai_quota", 502;
    /// The AI refused to describe this picture.
    AiRefused = "ai_refused", 422;
    /// The AI didn't answer in time.
    AiTimedOut = "ai_timed_out", 504;
    /// The AI provider can't be reached or answered with something that can't be used.
    AiUnavailable = "ai_unavailable", 502;
    /// This format can't be shown to the AI yet.
    AiUnsupportedPicture = "ai_unsupported_picture", 422;
    /// A fault of the service; it has been logged.
    Internal = "internal", 500;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ErrorCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let mut description =
            "Every code that this version of the service answers with; a newer one may have more.\n".to_owned();
        for code in Self::ALL {
            description.push_str(&format!("\n- `{code}` ({}): {}", code.status(), code.meaning()));
        }
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(description))
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ErrorCode {
    fn name() -> std::borrow::Cow<'static, str> {
        "ErrorCode".into()
    }
}
