//! Why a file isn't uploaded, in sentences for people.

use std::io;

use catalogue::table::upload::Failure;
use pictures::PictureError;

use crate::{EngineError, ErrorKind};

/// The largest file that is taken, in bytes: 5 GiB, the largest object of a single copy in S3, and the service's limit.
pub(in crate::upload) const MAX_FILE: u64 = 5 << 30;

/// Why a file isn't uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) struct Refusal {
    /// For programs.
    pub(in crate::upload) code: ErrorKind,
    /// For people.
    pub(in crate::upload) message: String,
    /// Whether trying again can help.
    pub(in crate::upload) retryable: bool,
}

impl Refusal {
    /// A refusal that trying again can't change.
    pub(in crate::upload) fn last(code: ErrorKind, message: impl Into<String>) -> Self {
        Self { code, message: machine::in_words(&message.into()), retryable: false }
    }

    /// A refusal that may not last.
    pub(in crate::upload) fn for_now(code: ErrorKind, message: impl Into<String>) -> Self {
        Self { code, message: machine::in_words(&message.into()), retryable: true }
    }

    /// A file that can't be opened or read.
    pub(in crate::upload) fn unreadable(name: &str, error: &io::Error) -> Self {
        let why = match error.kind() {
            io::ErrorKind::NotFound => {
                return Self::for_now(
                    ErrorKind::Unreadable,
                    format!(
                        "{name} is not there, so it was not uploaded. Check where it is and try again, or add it anew."
                    ),
                );
            }
            io::ErrorKind::PermissionDenied => "permission denied. Check who may read it and try again".to_owned(),
            _ => format!("{}. Check the disk it is on and try again", machine::why(error)),
        };
        Self::for_now(ErrorKind::Unreadable, format!("{name} can't be read: {why}. The file itself was not changed."))
    }

    /// Something with a name that is neither a file nor a folder.
    pub(in crate::upload) fn not_a_file(name: &str) -> Self {
        Self::last(ErrorKind::Unreadable, format!("{name} is not a regular file, so it was not uploaded."))
    }

    /// What lies in a folder beside pictures and is none.
    pub(in crate::upload) fn left_alone(name: &str) -> Self {
        Self::last(ErrorKind::LeftAlone, format!("{name} is not a picture, so it was left alone."))
    }

    /// What is hidden in a folder that was given, or is a system's.
    pub(in crate::upload) fn hidden(name: &str) -> Self {
        Self::last(ErrorKind::LeftAlone, format!("{name} is hidden or the system's, so it was left alone."))
    }

    /// A file with no bytes.
    pub(in crate::upload) fn empty(name: &str) -> Self {
        Self::last(ErrorKind::EmptyFile, format!("{name} is empty (0 bytes), so it was not uploaded."))
    }

    /// A folder with nothing to upload.
    pub(in crate::upload) fn empty_folder(name: &str) -> Self {
        Self::last(ErrorKind::EmptyFile, format!("The folder {name} has no files in it, so nothing was uploaded."))
    }

    /// A file beyond [`MAX_FILE`].
    pub(in crate::upload) fn too_large(name: &str, size: u64) -> Self {
        let gib = size as f64 / f64::from(1 << 30);
        Self::last(
            ErrorKind::TooLarge,
            format!("{name} has {gib:.1} GiB, and at most 5 GiB can be uploaded, so it was not."),
        )
    }

    /// A file that was written to meanwhile.
    pub(in crate::upload) fn changed(name: &str) -> Self {
        Self::for_now(
            ErrorKind::FileChanged,
            format!(
                "{name} was cut or changed while it was being uploaded, so it was not. Try again when nothing writes to it."
            ),
        )
    }

    /// Bytes that are no picture.
    pub(in crate::upload) fn picture(name: &str, error: &PictureError) -> Self {
        let message = match error {
            PictureError::Empty => return Self::empty(name),
            // What can't be shown is kept all the same: no other error keeps a file out.
            PictureError::NotAPicture | PictureError::NotDecodable { .. } | PictureError::Undecodable(_) => {
                format!("{name} is not a picture, so it was not uploaded.")
            }
        };
        Self::last(ErrorKind::NotAPicture, message)
    }

    /// As the ledger keeps it.
    pub(in crate::upload) fn failure(&self) -> Failure {
        Failure { code: self.code.as_str(), message: self.message.clone(), retryable: self.retryable }
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self::for_now(error.code, error.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_the_file_and_say_what_happened() {
        let denied = Refusal::unreadable("holiday.jpg", &io::Error::from(io::ErrorKind::PermissionDenied));
        assert_eq!(
            denied.message,
            "holiday.jpg can't be read: permission denied. Check who may read it and try again. The file itself was not changed."
        );
        assert!(denied.retryable);
        let text = Refusal::picture("notes.txt", &PictureError::NotAPicture);
        assert_eq!(text.message, "notes.txt is not a picture, so it was not uploaded.");
        assert_eq!((text.code, text.retryable), (ErrorKind::NotAPicture, false));
        assert!(Refusal::too_large("film.tiff", 6 << 30).message.starts_with("film.tiff has 6.0 GiB"));
    }
}
