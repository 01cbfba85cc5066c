//! ListObjectsV2 on a [`Folder`]: the file system's entries in the order of their keys, a page at a time.
//!
//! A page reads each folder on its way once and keeps no more names than it gives out, so memory stays flat however many
//! objects there are.

use std::collections::BinaryHeap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    CommonPrefix, ETag, EncodingType, ListObjectsV2Input, ListObjectsV2Output, Object, ObjectStorageClass, Timestamp,
};
use s3s::{S3Error, S3Result, s3_error};

use super::folder::Folder;
use super::record::Believed;

/// S3: a page has at most so many entries.
const PAGE: usize = 1000;

/// After a folder's key: everything in it has been seen. No key sorts later.
const DONE: char = '\u{10FFFF}';

/// What `encoding-type=url` leaves as it is.
const IN_URLS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An entry of a page.
enum Found {
    Object {
        key: String,
        size: u64,
        modified: Option<SystemTime>,
        etag: Option<String>,
    },
    /// What several keys have in common, up to and with the next slash.
    Folder(String),
}

impl Folder {
    /// Answers ListObjectsV2. The only delimiter is the slash.
    pub async fn list(&self, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
        let folders = match input.delimiter.as_deref() {
            None | Some("") => false,
            Some("/") => true,
            Some(_) => return Err(s3_error!(NotImplemented, "the only delimiter is a slash")),
        };
        let after = match &input.continuation_token {
            Some(token) => read_token(token)?,
            None => input.start_after.clone().unwrap_or_default(),
        };
        let most = input.max_keys.map_or(PAGE, |most| usize::try_from(most).unwrap_or_default().min(PAGE));
        let prefix = input.prefix.clone().unwrap_or_default();
        let walk = Walk { root: self.part("objects"), facts: self.part("facts"), prefix, after, folders, most };
        let page = tokio::task::spawn_blocking(move || walk.page()).await.map_err(S3Error::internal_error)?;
        let (found, next) = page.map_err(super::operations::fault)?;
        let encoded = input.encoding_type.as_ref().is_some_and(|kind| kind.as_str() == EncodingType::URL);
        let written = |key: String| if encoded { utf8_percent_encode(&key, IN_URLS).to_string() } else { key };
        let count = found.len();
        let (mut objects, mut prefixes) = (Vec::new(), Vec::new());
        for entry in found {
            match entry {
                Found::Folder(prefix) => prefixes.push(CommonPrefix { prefix: Some(written(prefix)) }),
                Found::Object { key, size, modified, etag } => objects.push(Object {
                    key: Some(written(key)),
                    size: Some(i64::try_from(size).map_err(S3Error::internal_error)?),
                    last_modified: modified.map(Timestamp::from),
                    e_tag: etag.map(ETag::Strong),
                    storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
                    ..Default::default()
                }),
            }
        }
        Ok(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix.map(written),
            delimiter: input.delimiter,
            encoding_type: input.encoding_type,
            max_keys: Some(i32::try_from(most).map_err(S3Error::internal_error)?),
            key_count: Some(i32::try_from(count).map_err(S3Error::internal_error)?),
            continuation_token: input.continuation_token,
            is_truncated: Some(next.is_some()),
            next_continuation_token: next.map(|last| BASE64_URL_SAFE_NO_PAD.encode(last)),
            contents: Some(objects),
            common_prefixes: Some(prefixes),
            ..Default::default()
        })
    }
}

fn read_token(token: &str) -> S3Result<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| s3_error!(InvalidArgument, "the continuation token is none of this store’s"))
}

/// One page's way through the folders.
struct Walk {
    root: PathBuf,
    facts: PathBuf,
    prefix: String,
    after: String,
    folders: bool,
    most: usize,
}

impl Walk {
    /// The page, and what comes last in it when there may be more.
    fn page(self) -> io::Result<(Vec<Found>, Option<String>)> {
        let (mut found, mut last) = (Vec::new(), self.after.clone());
        if self.most == 0 {
            return Ok((found, None));
        }
        let everything = self.enter("", &mut found, &mut last)?;
        Ok((found, (!everything).then_some(last)))
    }

    /// Goes through a folder, whose key ends with a slash, in the order of keys. Says whether nothing was left out.
    fn enter(&self, dir: &str, found: &mut Vec<Found>, last: &mut String) -> io::Result<bool> {
        let mut first = BinaryHeap::new();
        let mut everything = true;
        let entries = match std::fs::read_dir(self.root.join(dir)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_dir = entry.file_type()?.is_dir();
            let key = format!("{dir}{name}{}", if is_dir { "/" } else { "" });
            if !self.may_hold(&key, is_dir) {
                continue;
            }
            first.push(key);
            if first.len() > self.most {
                first.pop();
                everything = false;
            }
        }
        for key in first.into_sorted_vec() {
            if found.len() == self.most {
                return Ok(false);
            }
            if !key.ends_with('/') {
                found.extend(self.object(&key)?);
            } else if !self.is_common(&key) {
                if !self.enter(&key, found, last)? {
                    return Ok(false);
                }
            } else if has_file(&self.root.join(&key))? {
                found.push(Found::Folder(key.clone()));
            }
            *last = if key.ends_with('/') && !self.is_common(&key) { format!("{key}{DONE}") } else { key };
        }
        Ok(everything)
    }

    fn may_hold(&self, key: &str, is_dir: bool) -> bool {
        if !is_dir {
            return key.starts_with(&self.prefix) && key > &*self.after;
        }
        let on_the_way = key.starts_with(&self.prefix) || self.prefix.starts_with(key);
        let done = self.after.strip_prefix(key).is_some_and(|rest| rest.chars().eq([DONE]));
        let over = key <= &*self.after && (done || self.is_common(key) || !self.after.starts_with(key));
        on_the_way && !over
    }

    /// Whether all keys of this folder are one entry.
    fn is_common(&self, dir: &str) -> bool {
        self.folders && dir.len() > self.prefix.len() && dir.starts_with(&self.prefix)
    }

    /// An object; none when it is being removed.
    fn object(&self, key: &str) -> io::Result<Option<Found>> {
        match std::fs::metadata(self.root.join(key)) {
            Ok(object) => Ok(Some(Found::Object {
                key: key.to_owned(),
                size: object.len(),
                modified: object.modified().ok(),
                etag: Believed::read(&self.facts.join(key), &object).etag,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Removed objects leave their folders behind.
fn has_file(dir: &Path) -> io::Result<bool> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() || has_file(&entry.path())? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded_store::ObjectRecord;

    async fn filled(keys: &[&str]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path().to_owned(), machine::Room::keep(dir.path())).unwrap();
        for key in keys {
            let bytes = futures::stream::iter([Ok(bytes::Bytes::from_static(b"x"))]);
            let arrived = folder.receive(bytes, 1).await.unwrap();
            folder.store(key, arrived, &ObjectRecord::default()).await.unwrap();
        }
        (dir, folder)
    }

    /// All entries of all pages of this size.
    async fn listed(folder: &Folder, prefix: &str, delimiter: Option<&str>, most: i32) -> Vec<String> {
        let (mut names, mut token) = (Vec::new(), None);
        loop {
            let page = folder
                .list(ListObjectsV2Input {
                    bucket: "pictures".to_owned(),
                    prefix: Some(prefix.to_owned()),
                    delimiter: delimiter.map(str::to_owned),
                    max_keys: Some(most),
                    continuation_token: token,
                    ..Default::default()
                })
                .await
                .unwrap();
            let objects = page.contents.unwrap_or_default().into_iter().filter_map(|object| object.key);
            let prefixes = page.common_prefixes.unwrap_or_default().into_iter().filter_map(|common| common.prefix);
            let mut both: Vec<String> = objects.chain(prefixes).collect();
            both.sort();
            assert!(both.len() <= usize::try_from(most).unwrap());
            names.extend(both);
            token = page.next_continuation_token;
            if page.is_truncated != Some(true) {
                return names;
            }
        }
    }

    #[tokio::test]
    async fn pages_of_any_size_give_all_keys_in_their_order() {
        let mut keys = ["a.jpg", "a/1.jpg", "a/2.jpg", "a/b/3.jpg", "a0.jpg", "b/1.jpg", "b/ü.jpg", "c/d/e/f.jpg"];
        let (_dir, folder) = filled(&keys).await;
        keys.sort_unstable();
        for most in 1..=9 {
            assert_eq!(listed(&folder, "", None, most).await, keys, "pages of {most}");
            assert_eq!(listed(&folder, "a/", None, most).await, ["a/1.jpg", "a/2.jpg", "a/b/3.jpg"]);
            assert_eq!(listed(&folder, "b", None, most).await, ["b/1.jpg", "b/ü.jpg"]);
            assert_eq!(listed(&folder, "", Some("/"), most).await, ["a.jpg", "a/", "a0.jpg", "b/", "c/"]);
            assert_eq!(listed(&folder, "a/", Some("/"), most).await, ["a/1.jpg", "a/2.jpg", "a/b/"]);
        }
        assert!(listed(&folder, "nothing/", None, 5).await.is_empty());
    }

    #[tokio::test]
    async fn an_object_is_listed_whatever_became_of_its_record() {
        let keys = ["a/1.jpg", "a/2.jpg", "a/3.jpg", "b/4.jpg"];
        let (dir, folder) = filled(&keys).await;
        let facts = dir.path().join("facts");
        std::fs::write(facts.join("a/1.jpg"), b"{\"content_type\"").unwrap();
        std::fs::write(facts.join("a/2.jpg"), b"").unwrap();
        std::fs::remove_file(facts.join("a/3.jpg")).unwrap();
        assert_eq!(listed(&folder, "", None, 2).await, keys);
    }

    #[tokio::test]
    async fn what_is_removed_is_not_listed_and_neither_is_its_folder() {
        let (_dir, folder) = filled(&["a/1.jpg", "b/1.jpg"]).await;
        folder.remove("a/1.jpg").await.unwrap();
        assert_eq!(listed(&folder, "", None, 1).await, ["b/1.jpg"]);
        assert_eq!(listed(&folder, "", Some("/"), 1).await, ["b/"]);
    }
}
