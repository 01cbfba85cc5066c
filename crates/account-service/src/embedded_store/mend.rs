//! Writing a damaged record anew.

use std::io;

use super::folder::Folder;
use super::record::{ObjectRecord, read};

impl Folder {
    /// Writes an object's record anew, by somebody who has just read its bytes and knows what they are: `known`. What the one
    /// that is there says is kept, as far as it can be read and is of the same bytes. Gives the entity tag.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn mend(&self, key: &str, known: ObjectRecord) -> io::Result<String> {
        let there = self.record(key).await;
        let is_of_these = |there: &ObjectRecord| there.metadata.get("sha256") == known.metadata.get("sha256");
        let record = match there.ok().filter(is_of_these) {
            Some(there) => ObjectRecord {
                etag: if is_of_parts(&there.etag) { there.etag } else { known.etag },
                content_type: known.content_type.or(there.content_type),
                metadata: there.metadata,
            },
            None => known,
        };
        self.make_way(key).await?;
        self.write_record(key, &record).await?;
        tracing::info!(key = names::visible_name(key), "the record of an object was written anew");
        Ok(record.etag)
    }

    /// An object's record as it was written.
    ///
    /// # Errors
    /// When it is damaged, or isn't there.
    pub async fn record(&self, key: &str) -> io::Result<ObjectRecord> {
        let path = self.facts(key).ok_or(io::ErrorKind::InvalidInput)?;
        tokio::task::spawn_blocking(move || read(&path)).await.map_err(io::Error::other)?
    }

    /// Removes an empty folder that stands where a record has to be. One that has something in it stays: it is somebody's.
    async fn make_way(&self, key: &str) -> io::Result<()> {
        let path = self.facts(key).ok_or(io::ErrorKind::InvalidInput)?;
        match tokio::fs::symlink_metadata(&path).await {
            Ok(there) if there.is_dir() => tokio::fs::remove_dir(&path).await,
            _ => Ok(()),
        }
    }
}

/// Whether an entity tag is that of a multipart upload, which the bytes alone don't tell.
fn is_of_parts(etag: &str) -> bool {
    let parts = etag.split_once('-').and_then(|(hash, count)| Some((hash, count.parse::<u32>().ok()?)));
    parts.is_some_and(|(hash, _)| hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_of_parts_are_not_made_of_the_bytes() {
        assert!(is_of_parts("0123456789abcdef0123456789abcdef-3"));
        for other in ["", "0123456789abcdef0123456789abcdef", "short-3", "0123456789abcdef0123456789abcdef-", "x-y"] {
            assert!(!is_of_parts(other), "{other}");
        }
    }
}
