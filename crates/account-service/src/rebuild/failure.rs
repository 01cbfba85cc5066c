//! Why a library could not be rebuilt.

use account_api::ErrorDetail;

use super::library::Library;
use crate::error::Error;
use crate::object_store::StoreError;

/// Why a library could not be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Nothing of this service is in the bucket.
    #[error("There is no library in this bucket. Nothing in it was changed.")]
    NoLibrary,
    /// There are several, and none was named.
    #[error("There are several libraries in this bucket. Say which one. Nothing in it was changed.")]
    Several(Vec<Library>),
    /// None has this name, or more than one.
    #[error("No library in this bucket is the one called “{wanted}”. Nothing in it was changed.")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// Those that are there.
        there: Vec<Library>,
    },
    /// The bucket can't be read.
    #[error("The bucket can’t be read: {0}. What was brought back is kept; do it again to go on.")]
    Store(#[from] StoreError),
    /// The disk or the database refuses.
    #[error("{}", .0.message)]
    Service(ErrorDetail),
}

impl From<Error> for RebuildError {
    fn from(error: Error) -> Self {
        Self::Service(error.into_detail())
    }
}

impl From<sea_orm::DbErr> for RebuildError {
    fn from(error: sea_orm::DbErr) -> Self {
        Error::from(error).into()
    }
}
