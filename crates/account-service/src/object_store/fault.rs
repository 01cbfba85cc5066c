//! What a store can answer instead of what was asked for.

use std::error::Error;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use network::Trouble;

/// Why the store didn't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such object.
    #[error("the store has no such object")]
    NoSuchKey,
    /// There is no such multipart upload, or no more.
    #[error("the store has no such multipart upload")]
    NoSuchUpload,
    /// The store understood and refused.
    #[error("the store refused with {status} {code}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// S3's error code, such as `AccessDenied`; empty when the answer had none.
        code: String,
        /// S3's message.
        message: String,
    },
    /// The store can't be reached, or didn't answer in time.
    #[error("the store can’t be reached: {0}")]
    Unreachable(String),
    /// The store began to give an object and broke off.
    #[error("the store broke off after {after} bytes: {why}")]
    BrokeOff {
        /// So many bytes had come.
        after: u64,
        /// What is known of it.
        why: String,
    },
    /// A request could not be made.
    #[error("the request to the store can’t be made: {0}")]
    Request(String),
}

impl StoreError {
    /// Whether the store answered and it is the request that it didn't like.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { status, .. } if (400..500).contains(status))
    }
}

/// What happened, in words for people: the S3 client's own chain of errors prints Rust's types.
pub(super) fn why<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    tracing::debug!(error = %aws_sdk_s3::error::DisplayErrorContext(error), "a request to the store failed");
    let mut link: Option<&(dyn Error + 'static)> = Some(error);
    let mut last = String::new();
    while let Some(error) = link {
        if let Some(trouble) = error.downcast_ref::<Trouble>() {
            return trouble.to_string();
        }
        last = error.to_string();
        link = error.source();
    }
    match error {
        SdkError::TimeoutError(_) => Trouble::TimedOut { through: None }.to_string(),
        SdkError::ResponseError(answer) => {
            format!("its answer can’t be understood (HTTP status {})", answer.raw().status().as_u16())
        }
        _ => last,
    }
}

impl<E> From<SdkError<E, HttpResponse>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        match &error {
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                let code = answer.err().code().unwrap_or_default();
                match (code, status) {
                    ("NoSuchKey", _) => Self::NoSuchKey,
                    ("NoSuchUpload", _) => Self::NoSuchUpload,
                    // HEAD has no body and so no code but this.
                    ("NotFound" | "", 404) => Self::NoSuchKey,
                    _ => Self::Refused {
                        status,
                        code: code.to_owned(),
                        message: answer.err().message().unwrap_or_default().to_owned(),
                    },
                }
            }
            SdkError::ResponseError(answer) if !answer.raw().status().is_success() => {
                Self::Refused { status: answer.raw().status().as_u16(), code: String::new(), message: why(&error) }
            }
            SdkError::ConstructionFailure(_) => Self::Request(why(&error)),
            _ => Self::Unreachable(why(&error)),
        }
    }
}
