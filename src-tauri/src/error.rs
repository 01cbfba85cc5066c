//! Failures of the desktop around the app, as the one error that crosses to the window.

use engine::{EngineError, ErrorKind};
use messages::Shell;

/// Something of the desktop didn't work.
#[derive(Debug)]
pub enum ShellError {
    /// The clipboard can't be read.
    ClipboardRead(String),
    /// The clipboard holds nothing that could be a picture.
    ClipboardEmpty,
    /// The clipboard can't be written.
    ClipboardWrite(String),
    /// A file manager can't be opened: why, and for which folder.
    Reveal(String, String),
    /// A task of the shell ended early.
    Task(String),
}

impl From<ShellError> for EngineError {
    fn from(error: ShellError) -> Self {
        let (code, sentence) = match error {
            ShellError::ClipboardEmpty => (ErrorKind::NotAPicture, Shell::ClipboardEmpty),
            ShellError::ClipboardRead(why) => (ErrorKind::Unreadable, Shell::ClipboardUnreadable { why }),
            ShellError::ClipboardWrite(why) => (ErrorKind::Internal, Shell::ClipboardUnwritable { why }),
            ShellError::Reveal(why, folder) => (ErrorKind::Internal, Shell::NoFileManager { why, folder }),
            ShellError::Task(why) => (ErrorKind::Internal, Shell::Unfinished { why }),
        };
        EngineError::new(code, sentence)
    }
}
