//! One file: what it is, and whether the library has its bytes.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use account_api::Fault;
use catalogue::table::picture;
use sha2::{Digest, Sha256};

use crate::library::Library;
use crate::view::{FreeItem, FreeStatus};
use crate::{EngineError, Result};

/// A file, and what is known of it.
pub(super) struct Examined {
    /// Where it is.
    pub(super) path: PathBuf,
    /// The picture that has its bytes, when it could go.
    pub(super) picture: Option<u32>,
    image_id: Option<String>,
    reason: Option<String>,
    identity: Identity,
}

/// What tells that a file is still the one that was hashed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Identity {
    size: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

impl Identity {
    fn of(meta: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(meta);
        #[cfg(not(unix))]
        let inode = 0;
        Self { size: meta.len(), modified: meta.modified().ok(), inode }
    }
}

impl Examined {
    /// It stays after all.
    pub(super) fn keep(&mut self, reason: String) {
        self.picture = None;
        self.reason = Some(reason);
    }

    /// For people.
    pub(super) fn into_item(self) -> FreeItem {
        FreeItem {
            path: self.path.display().to_string(),
            size: self.identity.size,
            status: if self.picture.is_some() { FreeStatus::Safe } else { FreeStatus::Kept },
            reason: self.reason,
            image_id: self.image_id,
        }
    }
}

/// Reads and hashes a file, and looks for its bytes in the library.
///
/// # Errors
/// When the catalogue can't be read.
pub(super) async fn examine(library: &Library, app_folder: &Path, path: PathBuf) -> Result<Examined> {
    let (file, folder) = (path.clone(), app_folder.to_owned());
    let read = tokio::task::spawn_blocking(move || read(&file, &folder)).await.map_err(|_| EngineError::fault())?;
    let mut examined = Examined { path, picture: None, image_id: None, reason: None, identity: Identity::default() };
    let sha256 = match read {
        Ok((identity, sha256)) => {
            examined.identity = identity;
            sha256
        }
        Err(reason) => {
            examined.reason = Some(reason);
            return Ok(examined);
        }
    };
    let Some(picture) = library.catalogue.read(move |conn| picture::by_sha256(conn, &sha256)).await? else {
        examined.reason = Some(messages::Free::NotInLibrary.to_string());
        return Ok(examined);
    };
    examined.image_id = Some(picture.image.id.clone());
    if picture.image.deleted_at.is_some() {
        examined.reason = Some(messages::Free::InTrash.to_string());
    } else if let Some(fault) = picture.image.receipt.fault {
        let what = match fault {
            Fault::Missing => messages::Free::StoreLost,
            Fault::Changed => messages::Free::StoreChanged,
        };
        examined.reason = Some(what.to_string());
    } else {
        examined.picture = Some(picture.id);
    }
    Ok(examined)
}

/// The file's identity and SHA-256, or why it is left alone.
fn read(path: &Path, app_folder: &Path) -> Result<(Identity, String), String> {
    let unreadable = |error: io::Error| messages::Free::Unreadable { why: machine::why(&error) }.to_string();
    let meta = path.symlink_metadata().map_err(unreadable)?;
    if meta.is_symlink() {
        return Err(messages::Free::Link.to_string());
    }
    if !meta.is_file() {
        return Err(messages::Free::NotAFile.to_string());
    }
    let real = path.canonicalize().map_err(unreadable)?;
    if app_folder.canonicalize().is_ok_and(|folder| real.starts_with(folder)) {
        return Err(messages::Free::OwnFolder.to_string());
    }
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let identity = Identity::of(&file.metadata().map_err(unreadable)?);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    Ok((identity, hex::encode(hash.finalize())))
}

/// Whether the file is still the one that was hashed.
pub(super) fn still_the_same(one: &Examined) -> bool {
    one.path.symlink_metadata().is_ok_and(|meta| meta.is_file() && Identity::of(&meta) == one.identity)
}
