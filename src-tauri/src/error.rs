//! Failures of the desktop around the app, as the one error that crosses to the window.

use engine::{EngineError, ErrorKind};

/// Something of the desktop didn't work.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// The clipboard can't be read.
    #[error("The clipboard can't be read: {0}. Nothing was uploaded. Copy the picture again and retry.")]
    ClipboardRead(String),
    /// The clipboard holds nothing that could be a picture.
    #[error(
        "The clipboard holds no picture, no copied picture file and no address of a picture. Copy one and try again."
    )]
    ClipboardEmpty,
    /// The clipboard can't be written.
    #[error("The clipboard can't be written: {0}. Nothing was copied; what it held before is still there.")]
    ClipboardWrite(String),
    /// A file manager can't be opened.
    #[error("No file manager could be opened: {0}. The folder is {1}.")]
    Reveal(String, String),
    /// A task of the shell ended early.
    #[error("The app could not finish this: {0}. Nothing else was changed; try again.")]
    Task(String),
}

impl From<ShellError> for EngineError {
    fn from(error: ShellError) -> Self {
        let code = match error {
            ShellError::ClipboardEmpty => ErrorKind::NotAPicture,
            ShellError::ClipboardRead(_) => ErrorKind::Unreadable,
            ShellError::ClipboardWrite(_) | ShellError::Reveal(..) | ShellError::Task(_) => ErrorKind::Internal,
        };
        EngineError::new(code, error.to_string())
    }
}
