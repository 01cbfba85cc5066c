//! Thumbnails and previews: bytes that a browser shows.

use bytes::Bytes;

/// Bytes and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The bytes.
    pub bytes: Bytes,
    /// An `image/…` media type.
    pub content_type: String,
}
