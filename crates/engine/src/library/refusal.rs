//! The refusal of what a person asks for.

use crate::{EngineError, ErrorKind};

/// What was asked for makes no sense; says why.
pub(super) fn invalid(message: impl Into<String>) -> EngineError {
    EngineError::new(ErrorKind::InvalidInput, message)
}
