//! Why there is no description, as the engine says it.

use describe::DescribeError;
use pictures::{PictureError, Remark};

use crate::jobs::Failure;
use crate::{EngineError, ErrorKind};

impl From<DescribeError> for Failure {
    fn from(error: DescribeError) -> Self {
        let code = match &error {
            DescribeError::KeyMissing { .. } => ErrorKind::AiNoKey,
            DescribeError::KeyRejected { .. } | DescribeError::NoPermission { .. } => ErrorKind::AiKeyRejected,
            DescribeError::QuotaExhausted { .. } | DescribeError::RateLimited { .. } => ErrorKind::AiQuota,
            DescribeError::Refused { .. } => ErrorKind::AiRefused,
            DescribeError::TimedOut { .. } => ErrorKind::AiTimedOut,
            DescribeError::Offline { .. } => ErrorKind::AiOffline,
            DescribeError::ModelUnknown { .. }
            | DescribeError::ModelCannotSee { .. }
            | DescribeError::Unusable { .. }
            | DescribeError::Unavailable { .. }
            | DescribeError::BadEndpoint { .. } => ErrorKind::AiFailed,
        };
        let wait = match &error {
            DescribeError::RateLimited { retry_after, .. } => *retry_after,
            _ => None,
        };
        Failure {
            of_every_picture: error.concerns_every_picture(),
            error: EngineError::new(code, error.message()),
            wait,
        }
    }
}

impl From<PictureError> for Failure {
    fn from(error: PictureError) -> Self {
        let code = match error {
            PictureError::NotDecodable { .. } => ErrorKind::AiUnsupportedPicture,
            PictureError::Undecodable(Remark::TooLarge { .. }) => ErrorKind::TooLarge,
            _ => ErrorKind::BrokenPicture,
        };
        EngineError::new(code, messages::Describing::NotShown { why: error.to_string() }).into()
    }
}

/// A format that can't be shown to the AI.
pub(super) fn unsupported(label: &str) -> Failure {
    EngineError::new(ErrorKind::AiUnsupportedPicture, messages::Describing::Unsupported { format: label.to_string() })
        .into()
}
