//! Why a file isn't uploaded, in sentences for people.

use std::io;

use catalogue::table::upload::Failure;
use messages::{Message, Upload};
use pictures::PictureError;

use crate::{EngineError, ErrorKind};

/// The largest file that is taken, in bytes: 5 GiB, the largest object of a single copy in S3, and the service's limit.
pub(in crate::upload) const MAX_FILE: u64 = 5 << 30;

/// Why a file isn't uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) struct Refusal {
    /// What happened.
    pub(in crate::upload) error: EngineError,
    /// Whether trying again can help.
    pub(in crate::upload) retryable: bool,
}

impl Refusal {
    /// A refusal that trying again can't change.
    pub(in crate::upload) fn last(code: ErrorKind, sentence: impl Into<Message>) -> Self {
        Self { error: EngineError::new(code, sentence), retryable: false }
    }

    /// A refusal that may not last.
    pub(in crate::upload) fn for_now(code: ErrorKind, sentence: impl Into<Message>) -> Self {
        Self { error: EngineError::new(code, sentence), retryable: true }
    }

    /// A file that can't be opened or read.
    pub(in crate::upload) fn unreadable(name: &str, error: &io::Error) -> Self {
        let name = name.to_owned();
        let sentence = match error.kind() {
            io::ErrorKind::NotFound => Upload::Missing { name },
            io::ErrorKind::PermissionDenied => Upload::Denied { name },
            _ => Upload::Unreadable { name, why: machine::why(error) },
        };
        Self::for_now(ErrorKind::Unreadable, sentence)
    }

    /// Something with a name that is neither a file nor a folder.
    pub(in crate::upload) fn not_a_file(name: &str) -> Self {
        Self::last(ErrorKind::Unreadable, Upload::NotAFile { name: name.to_owned() })
    }

    /// What lies in a folder beside pictures and is none.
    pub(in crate::upload) fn left_alone(name: &str) -> Self {
        Self::last(ErrorKind::LeftAlone, Upload::LeftAlone { name: name.to_owned() })
    }

    /// The film of a Live Photo, which lies beside its picture.
    pub(in crate::upload) fn film(name: &str, picture: String, found: bool) -> Self {
        let code = if found { ErrorKind::LeftAlone } else { ErrorKind::NotAPicture };
        Self::last(code, Upload::Film { name: name.to_owned(), picture })
    }

    /// What is hidden in a folder that was given, or is a system's.
    pub(in crate::upload) fn hidden(name: &str) -> Self {
        Self::last(ErrorKind::LeftAlone, Upload::Hidden { name: name.to_owned() })
    }

    /// A link to a folder in a folder that was given.
    pub(in crate::upload) fn linked_folder(name: &str) -> Self {
        Self::last(ErrorKind::LeftAlone, Upload::LinkedFolder { name: name.to_owned() })
    }

    /// A pipe, a socket or a device in a folder that was given.
    pub(in crate::upload) fn no_file(name: &str) -> Self {
        Self::last(ErrorKind::LeftAlone, Upload::NoFileInFolder { name: name.to_owned() })
    }

    /// A file with no bytes.
    pub(in crate::upload) fn empty(name: &str) -> Self {
        Self::last(ErrorKind::EmptyFile, Upload::Empty { name: name.to_owned() })
    }

    /// A folder with nothing to upload.
    pub(in crate::upload) fn empty_folder(name: &str) -> Self {
        Self::last(ErrorKind::EmptyFile, Upload::EmptyFolder { name: name.to_owned() })
    }

    /// A file beyond [`MAX_FILE`].
    pub(in crate::upload) fn too_large(name: &str, size: u64) -> Self {
        let gib = size as f64 / f64::from(1 << 30);
        Self::last(ErrorKind::TooLarge, Upload::TooLarge { name: name.to_owned(), size: format!("{gib:.1}") })
    }

    /// A file that was written to meanwhile.
    pub(in crate::upload) fn changed(name: &str) -> Self {
        Self::for_now(ErrorKind::FileChanged, Upload::Changed { name: name.to_owned() })
    }

    /// Bytes that are no picture.
    pub(in crate::upload) fn picture(name: &str, error: &PictureError) -> Self {
        match error {
            PictureError::Empty => Self::empty(name),
            // What can't be shown is kept all the same: no other error keeps a file out.
            PictureError::NotAPicture
            | PictureError::NotDecodable { .. }
            | PictureError::Undecodable(_)
            | PictureError::NoSuchPage { .. } => {
                Self::last(ErrorKind::NotAPicture, Upload::NotAPicture { name: name.to_owned() })
            }
        }
    }

    /// As the ledger keeps it.
    pub(in crate::upload) fn failure(&self) -> Failure {
        Failure {
            code: self.error.code.as_str(),
            message: self.error.message.clone(),
            reason: self.error.to_store(),
            retryable: self.retryable,
        }
    }
}

/// What the ledger keeps, in the words of today.
pub(in crate::upload) fn said(failure: Failure) -> EngineError {
    EngineError::stored(&failure.code, failure.message, failure.reason.as_ref())
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self { error, retryable: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_the_file_and_say_what_happened() {
        let denied = Refusal::unreadable("holiday.jpg", &io::Error::from(io::ErrorKind::PermissionDenied));
        assert_eq!(
            denied.error.message,
            "holiday.jpg can’t be read: permission denied. Check who may read it and try again. The file itself was not changed."
        );
        assert!(denied.retryable);
        let text = Refusal::picture("notes.txt", &PictureError::NotAPicture);
        assert_eq!(text.error.message, "notes.txt is not a picture, so it was not uploaded.");
        assert_eq!((text.error.code, text.retryable), (ErrorKind::NotAPicture, false));
        assert!(Refusal::too_large("film.tiff", 6 << 30).error.message.starts_with("film.tiff has 6.0 GiB"));
    }
}
