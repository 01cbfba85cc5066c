//! The refusal of what a person asks for.

use messages::Message;

use crate::{EngineError, ErrorKind};

/// What was asked for makes no sense; says why.
pub(super) fn invalid(message: impl Into<Message>) -> EngineError {
    EngineError::new(ErrorKind::InvalidInput, message)
}
