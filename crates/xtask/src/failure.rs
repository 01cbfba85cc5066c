//! Why a task stopped.

/// Why a task stopped, as a sentence.
#[derive(Debug)]
pub struct Failure(pub String);

impl Failure {
    /// A failure with a sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// The result of a task.
pub type Result<T, E = Failure> = std::result::Result<T, E>;
