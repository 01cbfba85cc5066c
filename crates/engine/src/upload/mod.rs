//! The one way in: the upload queue.

mod api;

pub use api::{ResultStatus, Source, UploadOptions, UploadResult};
