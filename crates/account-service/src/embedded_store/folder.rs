//! The folder behind the embedded store. Everything appears complete or not at all, and survives a power cut once it
//! has been confirmed: written beside, synced, renamed.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use machine::{Room, files};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::record::{Believed, ObjectRecord};

/// What a file in `arriving` may be old before it counts as left behind by a crash.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

/// What was asked for when a multipart upload began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UploadRecord {
    /// The object's key.
    pub key: String,
    /// The media type.
    pub content_type: Option<String>,
    /// `x-amz-meta-…`, without the prefix.
    pub metadata: HashMap<String, String>,
}

/// A part that has been stored.
#[derive(Debug, Clone)]
pub struct StoredPart {
    /// From 1.
    pub number: i32,
    /// In bytes.
    pub size: u64,
    /// MD5 in hex.
    pub md5: String,
    /// Where.
    pub path: PathBuf,
}

/// A file that has been written beside its place, and what was written.
pub struct Arrived {
    file: tempfile::TempPath,
    /// In bytes.
    pub size: u64,
    /// MD5.
    pub md5: [u8; 16],
}

/// So many bytes are written before it is looked again whether there is room.
const LOOK_EVERY: u64 = 16 * 1024 * 1024;

/// The folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    /// What has to stay free on its disk, for deleting.
    room: Room,
}

impl Folder {
    /// Opens it, making it first if need be. Removes what a crash left behind more than a day ago; anything younger may
    /// belong to another process that is writing right now.
    pub fn open(root: PathBuf, room: Room) -> io::Result<Self> {
        let folder = Self { root, room };
        for part in ["objects", "facts", "parts", "arriving"] {
            files::folder(&folder.root.join(part))?;
        }
        for entry in std::fs::read_dir(folder.root.join("arriving"))?.flatten() {
            let age = entry
                .metadata()
                .and_then(|metadata| metadata.modified())
                .ok()
                .and_then(|at| SystemTime::now().duration_since(at).ok());
            if age.is_some_and(|age| age > LEFT_BEHIND) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(folder)
    }

    /// Where the object of this key is; none for a key that would lead out of the folder or can't be a file name.
    pub fn object(&self, key: &str) -> Option<PathBuf> {
        self.place("objects", key)
    }

    /// Where everything of a kind is: `objects` or `facts`, under the objects' keys.
    pub fn part(&self, part: &str) -> PathBuf {
        self.root.join(part)
    }

    fn place(&self, part: &str, key: &str) -> Option<PathBuf> {
        let plain = key.split('/').all(|segment| {
            !segment.is_empty()
                && segment.len() <= 255
                && !segment.ends_with(['.', ' '])
                && !segment.contains(['\\', ':', '\0'])
                && matches!(Path::new(segment).components().next(), Some(Component::Normal(_)))
        });
        plain.then(|| self.part(part).join(key))
    }

    /// Where the object's record is; none for a key as for [`object`](Self::object).
    pub fn facts(&self, key: &str) -> Option<PathBuf> {
        self.place("facts", key)
    }

    /// What may be said of an object beside its bytes.
    pub async fn believed(&self, key: &str, object: std::fs::Metadata) -> Believed {
        let Some(path) = self.facts(key) else { return Believed::default() };
        tokio::task::spawn_blocking(move || Believed::read(&path, &object)).await.unwrap_or_default()
    }

    /// Writes an object's record, and nothing else.
    pub(super) async fn write_record(&self, key: &str, record: &ObjectRecord) -> io::Result<()> {
        let path = self.facts(key).ok_or(io::ErrorKind::InvalidInput)?;
        let record = self.receive_small(serde_json::to_vec(record)?).await?;
        blocking(move || place(record.file, &path)).await
    }

    /// Writes a stream beside its place and syncs it to disk. What is announced has to have room before any of it is written.
    pub async fn receive(
        &self,
        mut stream: impl Stream<Item = io::Result<Bytes>> + Unpin,
        announced: u64,
    ) -> io::Result<Arrived> {
        self.room.take(announced)?;
        let (file, path) = tempfile::Builder::new().tempfile_in(self.root.join("arriving"))?.into_parts();
        let mut file = tokio::io::BufWriter::with_capacity(256 * 1024, fs::File::from_std(file));
        let mut hash = Md5::new();
        let (mut size, mut looked) = (0, 0);
        while let Some(bytes) = stream.next().await {
            let bytes = bytes?;
            hash.update(&bytes);
            size += bytes.len() as u64;
            if size - looked >= LOOK_EVERY {
                self.room.take(announced.saturating_sub(size))?;
                looked = size;
            }
            file.write_all(&bytes).await?;
        }
        file.flush().await?;
        file.get_ref().sync_all().await?;
        Ok(Arrived { file: path, size, md5: hash.finalize().into() })
    }

    /// Puts what has arrived into its place, record first: an object always has one.
    pub async fn store(&self, key: &str, arrived: Arrived, record: &ObjectRecord) -> io::Result<()> {
        let object = self.object(key).ok_or(io::ErrorKind::InvalidInput)?;
        self.write_record(key, record).await?;
        blocking(move || place(arrived.file, &object)).await
    }

    async fn receive_small(&self, bytes: Vec<u8>) -> io::Result<Arrived> {
        let announced = bytes.len() as u64;
        self.receive(futures::stream::iter([Ok(bytes.into())]), announced).await
    }

    /// Removes an object; one that isn't there counts as removed.
    pub async fn remove(&self, key: &str) -> io::Result<()> {
        for path in [self.object(key), self.facts(key)].into_iter().flatten() {
            gone(fs::remove_file(&path).await)?;
        }
        Ok(())
    }

    fn upload_dir(&self, id: Uuid) -> PathBuf {
        self.root.join("parts").join(id.to_string())
    }

    /// When a multipart upload began; none when it has ended.
    pub fn begun_at(&self, id: Uuid) -> Option<SystemTime> {
        std::fs::metadata(self.upload_dir(id).join("upload.json")).and_then(|record| record.modified()).ok()
    }

    /// Begins a multipart upload.
    pub async fn begin(&self, record: &UploadRecord) -> io::Result<Uuid> {
        let id = Uuid::new_v4();
        let arrived = self.receive_small(serde_json::to_vec(record)?).await?;
        let path = self.upload_dir(id).join("upload.json");
        blocking(move || place(arrived.file, &path)).await?;
        Ok(id)
    }

    /// What was asked for when it began; an error of kind `NotFound` when there is no such upload.
    pub async fn upload(&self, id: Uuid) -> io::Result<UploadRecord> {
        Ok(serde_json::from_slice(&fs::read(self.upload_dir(id).join("upload.json")).await?)?)
    }

    /// Every upload that was begun, and neither completed nor aborted. One whose record is damaged is none any more.
    pub async fn uploads(&self) -> io::Result<Vec<(Uuid, UploadRecord)>> {
        let mut uploads = Vec::new();
        let mut entries = fs::read_dir(self.root.join("parts")).await?;
        while let Some(entry) = entries.next_entry().await? {
            let Some(id) = entry.file_name().to_str().and_then(|name| Uuid::try_parse(name).ok()) else { continue };
            match self.upload(id).await {
                Ok(upload) => uploads.push((id, upload)),
                Err(error) if is_no_upload(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(uploads)
    }

    /// Puts a part into its place; one sent again replaces what was there.
    pub async fn store_part(&self, id: Uuid, number: i32, arrived: Arrived) -> io::Result<()> {
        let path = self.upload_dir(id).join(format!("{number}.{}", hex::encode(arrived.md5)));
        let older = self.parts(id).await?.into_iter().filter(|part| part.number == number && part.path != path);
        let older: Vec<_> = older.collect();
        blocking(move || place(arrived.file, &path)).await?;
        for part in older {
            gone(fs::remove_file(part.path).await)?;
        }
        Ok(())
    }

    /// The parts of an upload in the order of their numbers.
    pub async fn parts(&self, id: Uuid) -> io::Result<Vec<StoredPart>> {
        let mut parts = Vec::new();
        let mut entries = fs::read_dir(self.upload_dir(id)).await?;
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name();
            let Some((number, md5)) = name.to_str().and_then(|name| name.split_once('.')) else { continue };
            let Ok(number) = number.parse() else { continue };
            let size = match entry.metadata().await {
                Ok(metadata) => metadata.len(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            parts.push(StoredPart { number, size, md5: md5.to_owned(), path: entry.path() });
        }
        parts.sort_by_key(|part| part.number);
        Ok(parts)
    }

    /// Makes the object out of these parts. The upload ends when the object is in its place: a crash before that leaves
    /// the parts as they were.
    pub async fn assemble(&self, id: Uuid, upload: UploadRecord, parts: Vec<StoredPart>) -> io::Result<String> {
        // How much a copy takes only the file system knows: it may share the parts' blocks.
        self.room.take(0)?;
        let (file, path) = tempfile::Builder::new().tempfile_in(self.root.join("arriving"))?.into_parts();
        let etag = blocking(move || {
            let mut file = file;
            let mut hash = Md5::new();
            for part in &parts {
                hash.update(hex::decode(&part.md5).map_err(io::Error::other)?);
                // The standard library has the kernel copy, or share the blocks where the file system can.
                io::copy(&mut std::fs::File::open(&part.path)?, &mut file)?;
            }
            file.sync_all()?;
            Ok(format!("{}-{}", hex::encode(hash.finalize()), parts.len()))
        })
        .await?;
        let record = ObjectRecord { content_type: upload.content_type, metadata: upload.metadata, etag: etag.clone() };
        let arrived = Arrived { file: path, size: 0, md5: [0; 16] };
        self.store(&upload.key, arrived, &record).await?;
        self.forget(id).await?;
        Ok(etag)
    }

    /// Ends an upload and removes its parts.
    pub async fn forget(&self, id: Uuid) -> io::Result<()> {
        let dir = self.upload_dir(id);
        // Without its record it is gone for everyone, even if a crash keeps the parts from being removed.
        gone(fs::remove_file(dir.join("upload.json")).await)?;
        gone(fs::remove_dir_all(dir).await)
    }
}

/// Whether reading an upload's record says that there is no such upload: it has ended, or what it was for can't be read.
pub fn is_no_upload(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn place(file: tempfile::TempPath, to: &Path) -> io::Result<()> {
    let dir = to.parent().ok_or(io::ErrorKind::InvalidInput)?;
    files::folder(dir)?;
    file.persist(to).map_err(|error| error.error)?;
    // The name has to survive a power cut as well as the bytes; only Unix can and must be asked.
    #[cfg(unix)]
    std::fs::File::open(dir)?.sync_all()?;
    Ok(())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_leads_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path().to_owned(), Room::keep(dir.path())).unwrap();
        for key in ["../x", "a/../../x", "/etc/passwd", "a//b", "", "a/", ".", "a\\..\\b", "C:/x", "nul\0", "dots.."] {
            assert!(folder.object(key).is_none(), "{key:?}");
        }
        assert_eq!(folder.object("pictures/u/1.jpg").unwrap(), dir.path().join("objects/pictures/u/1.jpg"));
    }
}
