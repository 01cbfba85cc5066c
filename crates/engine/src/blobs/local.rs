//! Files on this computer that pictures came from: the nearest source of their bytes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use catalogue::table::local_file::{self, LocalFile};
use catalogue::table::picture::Picture;
use catalogue::{Catalogue, Connection, SqliteError};
use sha2::{Digest, Sha256};

use crate::upload::path_from_bytes;

/// How long a file is waited for. What lies on a server that is gone may hang for minutes; the store is quicker then.
const READING: Duration = Duration::from_secs(10);

/// A file that had the picture's bytes when it was uploaded, and still has that size. Whether it has the same bytes still
/// is told by reading it, which uploading it does.
///
/// # Errors
/// What SQLite says.
pub(crate) fn local_copy(conn: &Connection, picture: &Picture) -> Result<Option<PathBuf>, SqliteError> {
    let files = local_file::with_bytes(conn, &picture.image.sha256)?;
    Ok(files.iter().map(|file| path_from_bytes(&file.path)).find(|path| has_size(path, picture.image.size)))
}

fn has_size(path: &Path, size: u64) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() == size)
}

/// The bytes with this SHA-256 and size from a file that was uploaded, read and hashed; `None` when there is none that has them
/// still.
pub(crate) async fn read(catalogue: &Catalogue, sha256: &str, size: u64) -> Option<Vec<u8>> {
    let wanted = sha256.to_owned();
    let files = catalogue.read(move |conn| local_file::with_bytes(conn, &wanted)).await.ok()?;
    if files.is_empty() {
        return None;
    }
    let reading = tokio::task::spawn_blocking(move || files.iter().find_map(|file| read_whole(file, size)));
    tokio::time::timeout(READING, reading).await.ok()?.ok()?
}

fn read_whole(file: &LocalFile, size: u64) -> Option<Vec<u8>> {
    let path = path_from_bytes(&file.path);
    if !has_size(&path, size) {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    (hex::encode(Sha256::digest(&bytes)) == file.sha256).then_some(bytes)
}
