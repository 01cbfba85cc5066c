//! The disks that the service writes to, and how much may be written there.

use std::path::{Path, PathBuf};

use account_api::ErrorCode;

use crate::error::{Error, Result};
use crate::size;

/// A disk that the service writes to.
#[derive(Clone)]
pub struct Disk {
    /// A folder on it.
    pub folder: PathBuf,
    /// What is left free, in bytes; never more than a twentieth of it.
    pub spare: u64,
}

impl Disk {
    /// How many bytes can be written to it, so that some are left; none when that can't be found out: then writing tells.
    pub async fn room(&self) -> Option<u64> {
        let Self { folder, spare } = self.clone();
        match tokio::task::spawn_blocking(move || room_on(&folder, spare)).await {
            Ok(Ok(room)) => Some(room),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the free disk can’t be found out");
                None
            }
            Err(_) => None,
        }
    }

    /// Whether so many bytes can be written to it, so that some are left.
    ///
    /// # Errors
    /// [`ErrorCode::StorageUnavailable`], with what there is.
    pub async fn has_room(&self, bytes: u64) -> Result<()> {
        match self.room().await {
            Some(room) if bytes > room => Err(Error::new(
                ErrorCode::StorageUnavailable,
                format!(
                    "The disk that pictures are stored on has no room for this one: {} can be stored there right now. \
                     Nothing of it was kept there. Once there is room, it can be sent again.",
                    size::in_words(room)
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// What may be written to a disk, in bytes.
fn room_on(folder: &Path, spare: u64) -> std::io::Result<u64> {
    let spare = spare.min(fs4::total_space(folder)? / 20);
    Ok(fs4::available_space(folder)?.saturating_sub(spare))
}
