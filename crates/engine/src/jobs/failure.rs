//! Why a job is not done.

use std::time::Duration;

use crate::{EngineError, ErrorKind};

/// Why one job is not done.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// What is told.
    pub(crate) error: EngineError,
    /// Whether the next picture would fare no better.
    pub(crate) of_every_picture: bool,
    /// How long to wait before the next try, as whoever was asked says.
    pub(crate) wait: Option<Duration>,
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let of_every_picture = matches!(
            error.code,
            ErrorKind::AiNoKey
                | ErrorKind::SecretsLocked
                | ErrorKind::SecretsNotKept
                | ErrorKind::ServiceUnreachable
                | ErrorKind::StoreUnreachable
                | ErrorKind::SignedOut
                | ErrorKind::Disk
        );
        Failure { error, of_every_picture, wait: None }
    }
}
