//! Multipart uploads that are under way in the bucket.

use aws_sdk_s3::primitives::DateTime;

use super::client::ObjectStore;
use super::fault::StoreError;
use crate::clock::Millis;

/// A multipart upload that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The object's key.
    pub key: String,
    /// The store's identifier.
    pub upload_id: String,
    /// When it began, by the store's clock.
    pub begun: Option<Millis>,
}

impl ObjectStore {
    /// ListMultipartUploads: all that are under way below `prefix`.
    ///
    /// # Errors
    /// When the store can't be reached or refuses.
    pub async fn unfinished(&self, prefix: &str) -> Result<Vec<Unfinished>, StoreError> {
        let mut found = Vec::new();
        let (mut key, mut upload_id) = (None, None);
        loop {
            let page = self
                .client
                .list_multipart_uploads()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_key_marker(key.take())
                .set_upload_id_marker(upload_id.take())
                .send()
                .await?;
            found.extend(page.uploads().iter().filter_map(|upload| {
                Some(Unfinished {
                    key: upload.key()?.to_owned(),
                    upload_id: upload.upload_id()?.to_owned(),
                    begun: upload.initiated().and_then(|at: &DateTime| at.to_millis().ok()),
                })
            }));
            if page.is_truncated() != Some(true) || page.next_key_marker().is_none() {
                return Ok(found);
            }
            key = page.next_key_marker;
            upload_id = page.next_upload_id_marker;
        }
    }
}
