//! The engine's one error: a code from a closed list and a sentence, which is also what crosses to the window.

use catalogue::CatalogueError;
use catalogue::table::reason::Reason;
use messages::{Message, Value, Values};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a file is called among the values of a sentence.
const NAME: &str = "name";

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
    /// Descriptions have cost as much as the person allows.
    AiCostCap,
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

/// What went wrong: a code for programs, the reason with its values, and a sentence for people that is made from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{message}")]
#[ts(export)]
pub struct EngineError {
    /// One of a closed list.
    pub code: ErrorKind,
    /// What happened, what was kept, what to do next.
    pub message: String,
    /// The stable name of what happened, which is its key in the message files; absent for what somebody else says, such as a
    /// service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, as = "Option<String>")]
    pub reason: Option<&'static str>,
    /// What happened to what: the values of the sentence.
    #[serde(skip_serializing_if = "Values::is_empty")]
    #[ts(optional, as = "Option<std::collections::HashMap<String, Value>>")]
    pub values: Values,
}

impl EngineError {
    /// An error. What a system says of its errors may stand in its sentence: its numbers are left out.
    pub fn new(code: ErrorKind, sentence: impl Into<Message>) -> Self {
        let sentence = sentence.into();
        let message = machine::in_words(&sentence.to_string());
        let values = sentence.key().map(|_| sentence.values().clone()).unwrap_or_default();
        Self { code, message, reason: sentence.key(), values }
    }

    /// A fault of the app that the caller has logged.
    pub(crate) fn fault() -> Self {
        Self::new(ErrorKind::Internal, messages::Error::Fault)
    }

    /// What was stored: in the language of today, where the reason is known. `code` is of [`ErrorKind`].
    pub(crate) fn stored(code: &str, message: String, reason: Option<&Reason>) -> Self {
        let code = ErrorKind::from_code(code).unwrap_or(ErrorKind::Internal);
        let values = |reason: &Reason| serde_json::from_str(&reason.values).unwrap_or_default();
        match reason.and_then(|reason| Message::stored(&reason.name, values(reason))) {
            Some(sentence) => Self::new(code, sentence),
            None => Self::new(code, Message::words(message)),
        }
    }

    /// The reason as it is stored.
    pub(crate) fn to_store(&self) -> Option<Reason> {
        let values = serde_json::to_string(&self.values).unwrap_or_else(|_| "{}".to_owned());
        self.reason.map(|name| Reason { name: name.to_owned(), values })
    }

    /// The sentence for several files that failed as this one did; `alike` if they differ in nothing but their names. What
    /// names one file is told as an example.
    pub fn of_several(&self, alike: bool) -> String {
        if alike && !self.values.contains_key(NAME) {
            return self.message.clone();
        }
        messages::Error::ForExample { sentence: self.message.clone() }.to_string()
    }

    /// Whether another error happened to another file for just the same reason.
    pub fn is_alike(&self, other: &Self) -> bool {
        let but_name = |error: &Self| {
            let mut values = error.values.clone();
            values.remove(NAME);
            values
        };
        let same_words = self.reason.is_some() || self.message == other.message;
        (self.code, self.reason) == (other.code, other.reason) && but_name(self) == but_name(other) && same_words
    }

    /// The same with something else for one of the values of its sentence.
    pub(crate) fn with(self, name: &str, value: String) -> Self {
        match self.reason.and_then(|reason| Message::stored(reason, self.values.clone())) {
            Some(sentence) => Self::new(self.code, sentence.with(name, value)),
            None => self,
        }
    }

    /// A file could not be written.
    pub(crate) fn unwritable(path: &std::path::Path, error: &std::io::Error) -> Self {
        tracing::warn!(%error, path = %path.display(), "not written");
        let (path, why) = (path.display().to_string(), machine::why(error));
        Self::new(ErrorKind::Disk, messages::Error::Unwritable { path, why })
    }

    /// A file could not be read.
    pub(crate) fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Self {
        tracing::warn!(%error, path = %path.display(), "not read");
        let (path, why) = (path.display().to_string(), machine::why(error));
        Self::new(ErrorKind::Disk, messages::Error::Unreadable { path, why })
    }
}

impl From<CatalogueError> for EngineError {
    fn from(error: CatalogueError) -> Self {
        tracing::error!(%error, "catalogue");
        match error {
            CatalogueError::Newer { .. } => EngineError::new(ErrorKind::CatalogueNewer, messages::Catalogue::Newer),
            CatalogueError::Damaged(_) => EngineError::new(ErrorKind::Disk, messages::Catalogue::Damaged),
            full if full.is_full() => EngineError::new(ErrorKind::Disk, messages::Catalogue::DiskFull),
            CatalogueError::Disk(why) => {
                EngineError::new(ErrorKind::Disk, messages::Catalogue::Disk { why: why.to_string() })
            }
            CatalogueError::Io { path, source } => EngineError::new(
                ErrorKind::Disk,
                messages::Catalogue::Unwritable { path: path.display().to_string(), why: machine::why(&source) },
            ),
            CatalogueError::Sqlite(_) | CatalogueError::Closed => EngineError::fault(),
        }
    }
}

/// The result of everything the engine does.
pub type Result<T, E = EngineError> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use messages::Upload;

    use super::*;

    #[test]
    fn the_number_of_a_system_error_is_left_out() {
        let error = std::io::Error::from_raw_os_error(28);
        let said =
            EngineError::new(ErrorKind::Disk, messages::Message::words(format!("It can't be written: {error}.")));
        assert_eq!(said.message, "It can't be written: the disk is full.");
    }

    #[test]
    fn what_is_stored_is_said_in_the_words_of_today() {
        let error = EngineError::new(ErrorKind::NotAPicture, Upload::NotAPicture { name: "notes.txt".to_owned() });
        let stored = error.to_store();
        assert_eq!(stored.as_ref().map(|reason| &*reason.values), Some(r#"{"name":"notes.txt"}"#));
        assert_eq!(EngineError::stored("not_a_picture", "Notes!".to_owned(), stored.as_ref()), error);
        let newer = Reason { name: "upload_by_pigeon".to_owned(), values: "{}".to_owned() };
        for unknown in [Some(&newer), None] {
            let read = EngineError::stored("not_a_picture", "Notes!".to_owned(), unknown);
            assert_eq!((read.code, &*read.message, read.reason), (ErrorKind::NotAPicture, "Notes!", None));
        }
    }

    #[test]
    fn several_files_share_a_sentence_or_are_told_by_an_example() {
        let named = EngineError::new(ErrorKind::NotAPicture, Upload::NotAPicture { name: "notes.txt".to_owned() });
        let example = "For example: notes.txt is not a picture, so it was not uploaded.";
        assert_eq!((named.of_several(true), named.of_several(false)), (example.to_owned(), example.to_owned()));
        let other = EngineError::new(ErrorKind::NotAPicture, Upload::NotAPicture { name: "b.txt".to_owned() });
        assert!(named.is_alike(&other) && !named.is_alike(&EngineError::fault()));
        let words = EngineError::new(ErrorKind::AiFailed, messages::Message::words("No."));
        assert_eq!(
            (words.of_several(true), words.of_several(false)),
            ("No.".to_owned(), "For example: No.".to_owned())
        );
    }
}
