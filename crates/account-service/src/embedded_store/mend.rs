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
        let path = self.facts(key).ok_or(io::ErrorKind::InvalidInput)?;
        let there = tokio::task::spawn_blocking(move || read(&path)).await.map_err(io::Error::other)?;
        let is_of_these = |there: &ObjectRecord| there.metadata.get("sha256") == known.metadata.get("sha256");
        let record = match there.ok().filter(is_of_these) {
            Some(there) if is_of_parts(&there.etag) => there,
            Some(there) => ObjectRecord { etag: known.etag, ..there },
            None => known,
        };
        self.write_record(key, &record).await?;
        tracing::info!(key, "the record of an object was written anew");
        Ok(record.etag)
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
