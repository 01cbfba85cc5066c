//! The engine's one error: a code from a closed list and a sentence, which is also what crosses to the window.

use catalogue::CatalogueError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What can go wrong, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErrorKind {
    /// No place for the library has been chosen.
    NoPlace,
    /// What was typed or passed can't be used; the message names the field.
    InvalidInput,
    /// Nothing has this identifier.
    NotFound,
    /// The bytes are not a picture in a format that the app takes.
    NotAPicture,
    /// It is a picture, but damaged.
    BrokenPicture,
    /// No picture, in a folder with others: it was left alone, which is no failure.
    LeftAlone,
    /// The file has no bytes.
    EmptyFile,
    /// The file is missing, or this person may not read it, or it is no regular file.
    Unreadable,
    /// The file or the picture is too large.
    TooLarge,
    /// The file changed while it was being uploaded.
    FileChanged,
    /// The person cancelled it.
    Cancelled,
    /// The person paused it.
    Paused,
    /// It waits because the connection is metered.
    MeteredConnection,
    /// User name or password are wrong.
    InvalidCredentials,
    /// User name and password are right, and the account wants a code of an authenticator app, too, or a recovery code.
    CodeRequired,
    /// The code of the authenticator app, or the recovery code, is wrong or was used before.
    CodeInvalid,
    /// The session has ended: sign in again.
    SignedOut,
    /// The user name or the e-mail address is taken, or the password is too weak.
    RegistrationRefused,
    /// The service takes new accounts by invitation, and there was none, or it is wrong, too old, or was used before.
    InvitationRequired,
    /// The account service can't be reached.
    ServiceUnreachable,
    /// The account service answered that it can't do that now.
    ServiceFailed,
    /// The account's quota is used up.
    QuotaExceeded,
    /// The store can't be reached.
    StoreUnreachable,
    /// The store refused, such as for a wrong key.
    StoreRefused,
    /// The store has other bytes than were sent.
    ChecksumMismatch,
    /// A bucket that was tried doesn't do what the app needs.
    BucketUnusable,
    /// Secrets can't be opened: the keychain is locked or the passphrase is missing or wrong.
    SecretsLocked,
    /// Secrets can't be kept beyond this run, because there is neither a keychain nor a passphrase.
    SecretsNotKept,
    /// No AI key.
    AiNoKey,
    /// The AI provider refused the key.
    AiKeyRejected,
    /// The AI provider says that the quota is used up, or that requests come too fast.
    AiQuota,
    /// The AI refused to describe the picture.
    AiRefused,
    /// The AI didn't answer in time.
    AiTimedOut,
    /// The AI provider can't be reached.
    AiOffline,
    /// The AI's answer can't be used, or the model is unknown.
    AiFailed,
    /// This format can't be shown to the AI yet.
    AiUnsupportedPicture,
    /// The catalogue is from a newer version of the app.
    CatalogueNewer,
    /// The disk is full or refuses to write.
    Disk,
    /// A fault of the app; it has been logged.
    Internal,
}

impl ErrorKind {
    /// The code as it stands in JSON.
    pub fn as_str(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The kind with this [code](Self::as_str); `None` for one of another version of the app.
    pub fn from_code(code: &str) -> Option<Self> {
        serde_json::from_value(code.into()).ok()
    }
}

/// What went wrong: a code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{message}")]
#[ts(export)]
pub struct EngineError {
    /// One of a closed list.
    pub code: ErrorKind,
    /// What happened, what was kept, what to do next.
    pub message: String,
}

impl EngineError {
    /// An error with a sentence. What a system says of its errors may stand in it: its numbers are left out.
    pub fn new(code: ErrorKind, message: impl Into<String>) -> Self {
        Self { code, message: machine::in_words(&message.into()) }
    }

    /// A fault of the app that the caller has logged.
    pub(crate) fn fault() -> Self {
        Self::new(ErrorKind::Internal, "Something went wrong inside the app. It has been logged. Try again.")
    }

    /// The disk didn't do what was asked; `what` completes "could not be …".
    pub(crate) fn disk(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        tracing::warn!(%error, path = %path.display(), "{what}");
        Self::new(ErrorKind::Disk, format!("“{}” could not be {what}: {}.", path.display(), machine::why(error)))
    }
}

impl From<CatalogueError> for EngineError {
    fn from(error: CatalogueError) -> Self {
        tracing::error!(%error, "catalogue");
        match error {
            CatalogueError::Newer { .. } => EngineError::new(
                ErrorKind::CatalogueNewer,
                "A newer version of Image Manager has opened this library. Nothing was changed. Update the app to go on.",
            ),
            CatalogueError::Damaged(_) => EngineError::new(
                ErrorKind::Disk,
                "This computer's list of the library is damaged. The stored pictures were not touched. Quit the app and \
                 start it again: the list is then rebuilt from what the account knows.",
            ),
            full if full.is_full() => EngineError::new(
                ErrorKind::Disk,
                "This computer's disk is full, and what the app keeps free for deleting pictures isn't enough any more. Nothing \
                 that was confirmed is lost. Remove something else from the disk and try again: with a few megabytes the library \
                 opens, and pictures can be deleted.",
            ),
            CatalogueError::Disk(why) => EngineError::new(
                ErrorKind::Disk,
                format!(
                    "The disk with the app's folder can't be written ({why}). Nothing that was confirmed is lost. Check \
                     the disk and try again."
                ),
            ),
            CatalogueError::Io { path, source } => EngineError::new(
                ErrorKind::Disk,
                format!(
                    "“{}” can't be written: {}. Nothing that was confirmed is lost. Check the disk and its rights, and try \
                     again.",
                    path.display(),
                    machine::why(&source)
                ),
            ),
            CatalogueError::Sqlite(_) | CatalogueError::Closed => EngineError::fault(),
        }
    }
}

/// The result of everything the engine does.
pub type Result<T, E = EngineError> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_system_error_is_left_out() {
        let error = std::io::Error::from_raw_os_error(28);
        let said = EngineError::new(ErrorKind::Disk, format!("It can't be written: {error}."));
        assert_eq!(said.message, "It can't be written: the disk is full.");
    }
}
