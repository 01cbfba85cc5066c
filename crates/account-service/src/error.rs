//! The one error type of the service, and how it becomes a response.

use std::borrow::Cow;

use account_api::{ErrorBody, ErrorCode, ErrorDetail};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sea_orm::{DbErr, SqlErr};

use crate::embedded_store;
use crate::object_store::StoreError;
use crate::reasons;

/// What every fallible call of the service ends in.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal or a fault, ready for the wire: a code of the closed list and a sentence for people.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Error {
    code: ErrorCode,
    message: Cow<'static, str>,
    /// Goes to the log, never to a client.
    cause: Option<String>,
    /// Seconds, for the header `Retry-After`.
    retry_after: Option<u64>,
}

impl Error {
    /// An error with this code and this sentence.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        let message = match message.into() {
            Cow::Owned(message) => Cow::Owned(machine::in_words(&message)),
            ours => ours,
        };
        Self { code, message, cause: None, retry_after: None }
    }

    /// The request doesn't have the documented form.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, message)
    }

    /// Nothing of the caller's has this identifier. What belongs to others looks the same.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no such {what} in this account."))
    }

    /// A fault of the service.
    pub fn internal(cause: impl ToString) -> Self {
        Self::new(ErrorCode::Internal, "The service made a mistake; it has been logged. Try again later.")
            .because(cause)
    }

    /// Adds what the log should say.
    #[must_use]
    pub fn because(mut self, cause: impl ToString) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Adds to what people are told.
    #[must_use]
    pub fn and(mut self, more: &str) -> Self {
        self.message.to_mut().push_str(more);
        self
    }

    /// Says after how many seconds another try has a chance.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// For a part of a batch: the same, without failing the others. What a person can't act on is logged here.
    pub fn into_detail(self) -> ErrorDetail {
        self.log();
        ErrorDetail { code: self.code, message: self.message.into_owned() }
    }

    fn log(&self) {
        let cause = self.cause.as_deref().unwrap_or("-");
        if self.code.status() >= 500 {
            tracing::error!(code = %self.code, cause, "{}", self.message);
        } else {
            tracing::debug!(code = %self.code, cause, "{}", self.message);
        }
    }
}

/// Seconds after which it is worth asking again when database or store were out of reach.
const RETRY_AFTER: &str = "5";

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (code, retry_after) = (self.code, self.retry_after);
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(ErrorBody { error: self.into_detail() })).into_response();
        // For whoever counts.
        response.extensions_mut().insert(code);
        if matches!(code, ErrorCode::DatabaseUnavailable | ErrorCode::StorageUnavailable) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The one place where a database's constraints become a client's errors.
impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(constraint)) = error.sql_err() {
            return match constraint {
                c if c.contains("username") => {
                    Self::new(ErrorCode::UsernameTaken, "This user name is taken. Choose another one.")
                }
                c if c.contains("email") => Self::new(
                    ErrorCode::EmailTaken,
                    "An account with this e-mail address exists. Sign in, or use another address.",
                ),
                _ => Self::new(ErrorCode::Conflict, "Someone else changed this at the same moment. Try again."),
            }
            .because(error);
        }
        if let Some(SqlErr::ForeignKeyConstraintViolation(_)) = error.sql_err() {
            return Self::new(ErrorCode::Conflict, "This was removed meanwhile. Reload and try again.").because(error);
        }
        if let Some(message) = disk_fault(&error) {
            return Self::new(ErrorCode::DatabaseUnavailable, message).because(error);
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => unavailable(&error),
            DbErr::Exec(inner) | DbErr::Query(inner) if is_connection_fault(inner) => unavailable(&error),
            _ => Self::internal(error),
        }
    }
}

fn unavailable(error: &DbErr) -> Error {
    Error::new(ErrorCode::DatabaseUnavailable, "The service can’t reach its database right now. Try again later.")
        .because(error)
}

fn is_connection_fault(error: &sea_orm::RuntimeErr) -> bool {
    use sea_orm::sqlx::Error as Sqlx;
    let sea_orm::RuntimeErr::SqlxError(error) = error else { return false };
    match &**error {
        Sqlx::Io(_) | Sqlx::Tls(_) | Sqlx::PoolTimedOut | Sqlx::PoolClosed | Sqlx::WorkerCrashed => true,
        // PostgreSQL: class 08 is "connection exception", 57P01 to 57P03 are shutdown and start-up, 53 lacks resources, 25006
        // is a server that only reads for now. SQLite's primary code 5 is BUSY.
        Sqlx::Database(error) => error.code().is_some_and(|code| match code.len() {
            5 => code == "25006" || ["08", "57P", "53"].iter().any(|class| code.starts_with(class)),
            _ => primary(&code) == Some(5),
        }),
        _ => false,
    }
}

/// When it is the disk that fails, what to tell of it: that nothing can be wrong with the database helps whoever has to act.
fn disk_fault(error: &DbErr) -> Option<&'static str> {
    use sea_orm::RuntimeErr;
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    let sea_orm::sqlx::Error::Database(error) = &**error else { return None };
    let code = error.code()?;
    // A full disk is 53100 in PostgreSQL; in SQLite 13 (FULL), or IOERR_SHMSIZE when it is the index of the log that doesn't
    // fit. Other faults of the disk are 8 (READONLY), 10 (IOERR) and 14 (CANTOPEN).
    if code == "53100" || code == "4874" || primary(&code) == Some(13) {
        // Before each write the room that is kept for that is given up.
        return Some(if code == "53100" { DATABASE_IS_FULL } else { NOTHING_IS_LEFT });
    }
    matches!(primary(&code), Some(8 | 10 | 14)).then_some(DISK_FAILS)
}

/// What is told when a disk of the service is full.
pub const DISK_IS_FULL: &str = "The disk that the library is kept on is full. Nothing that was confirmed is lost. Deleting \
                                pictures for good still works and makes room; everything else goes on by itself once \
                                there is some.";

/// What is told when not even what was kept for deleting is left.
const NOTHING_IS_LEFT: &str = "The disk that the library is kept on is full, and what is kept free on it for deleting pictures \
                               isn’t enough any more. \
                               Nothing that was confirmed is lost. Remove something else from that disk: with a few \
                               megabytes pictures can be deleted again, and everything else goes on by itself.";

const DATABASE_IS_FULL: &str = "The disk of the service’s database is full. Nothing that was confirmed is lost. Everything \
                                goes on by itself once there is room on it.";

const DISK_FAILS: &str = "The disk that the library is kept on can’t be read or written right now. Nothing that was confirmed is lost. It \
                          goes on by itself once the disk can be used again.";

/// Why a database can't be used, in words for people: the driver's own name types, and pools instead of what happened.
pub fn why_unusable(error: &DbErr) -> String {
    use sea_orm::RuntimeErr;
    use sea_orm::sqlx::Error as Sqlx;
    if let Some(message) = disk_fault(error) {
        return message.trim_end_matches('.').to_owned();
    }
    let said = match error {
        DbErr::Custom(said) => said.clone(),
        DbErr::ConnectionAcquire(_) => "it doesn’t answer. Check its address, and that it is running".to_owned(),
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => match &**error {
            Sqlx::Database(error) => error.message().to_owned(),
            Sqlx::Io(error) => format!("it can’t be reached: {error}"),
            Sqlx::Tls(error) => format!("no secure connection could be made: {error}"),
            Sqlx::PoolTimedOut => "it doesn’t answer. Check its address, and that it is running".to_owned(),
            Sqlx::Configuration(error) => format!("its address can’t be understood: {error}"),
            other => other.to_string(),
        },
        other => other.to_string(),
    };
    machine::in_words(&said).trim_end_matches('.').to_owned()
}

/// SQLite's extended codes hold the primary one in their lowest byte. PostgreSQL's have five characters.
fn primary(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff)
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let message = match &error {
            StoreError::Refused { code, .. } if code == embedded_store::FULL => DISK_IS_FULL.to_owned(),
            StoreError::Refused { code, .. } if code == "RequestTimeTooSkewed" => {
                "The picture store refuses what it is asked because its clock is another one (RequestTimeTooSkewed). Nothing \
                 was lost; it goes on once the clocks agree."
                    .to_owned()
            }
            StoreError::Refused { status, code, .. } if error.is_refusal() => format!(
                "The picture store refuses what it is asked ({status} {code}). Nothing was lost; it goes on once the settings of \
                 its bucket and key are right.",
                code = if code.is_empty() { "without a reason" } else { code }
            ),
            _ => match reasons::are_told().then(|| why_out_of_reach(&error)) {
                Some(why) => {
                    format!("The picture store can’t be used right now: {why}. Nothing was lost; try again later.")
                }
                None => "The picture store can’t be used right now. Nothing was lost; try again later.".to_owned(),
            },
        };
        Self::new(ErrorCode::StorageUnavailable, message).because(error)
    }
}

/// What happened, for whoever runs the service.
fn why_out_of_reach(error: &StoreError) -> String {
    let why = match error {
        StoreError::Unreachable(why) | StoreError::Request(why) => why.clone(),
        StoreError::BrokeOff { why, .. } => format!("it broke off: {why}"),
        other => other.to_string(),
    };
    why.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_can_not_be_used_is_told_for_people() {
        let pool = DbErr::Conn(sea_orm::RuntimeErr::SqlxError(std::sync::Arc::new(sea_orm::sqlx::Error::PoolTimedOut)));
        for (error, says) in [
            (
                DbErr::Custom("there is no folder for /nonexistent/x.db".into()),
                "there is no folder for /nonexistent/x.db",
            ),
            (pool, "it doesn’t answer. Check its address, and that it is running"),
            (
                DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout),
                "it doesn’t answer. Check its address, and that it is running",
            ),
        ] {
            assert_eq!(why_unusable(&error), says);
        }
    }

    #[test]
    fn extended_codes_of_sqlite_are_known_by_their_primary_one() {
        assert_eq!((primary("13"), primary("778"), primary("53100")), (Some(13), Some(10), None));
    }
}
