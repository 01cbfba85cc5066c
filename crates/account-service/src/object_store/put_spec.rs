//! What is to be stored.

use std::collections::HashMap;

use super::facts::Facts;

/// What is to be stored.
#[derive(Debug, Clone, Copy)]
pub struct PutSpec<'a> {
    /// Where.
    pub key: &'a str,
    /// The media type.
    pub content_type: &'a str,
    /// In bytes.
    pub size: u64,
    /// Base64 (RFC 1864).
    pub content_md5: &'a str,
    /// What the object says of itself for ever. Absent for thumbnails.
    pub facts: Option<Facts<'a>>,
}

impl PutSpec<'_> {
    /// User metadata.
    pub(super) fn metadata(&self) -> Option<HashMap<String, String>> {
        self.facts.map(|facts| facts.metadata())
    }
}
