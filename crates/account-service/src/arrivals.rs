//! What is on its way through the service to the store: pictures that are received to disk before they are sent on. They
//! have no row yet, so they are counted here, by account and together, and bounded while they come: by what is left of the
//! account's room, and by the free disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use account_api::ErrorCode;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::quota::{self, Arriving};
use crate::service::Service;

/// How many bytes come in between two looks at the disk.
const LOOK_EVERY: u64 = 16 * 1024 * 1024;

/// Counts what is on its way in this process, whose disk it is.
#[derive(Clone, Default)]
pub struct Arrivals(Arc<Mutex<HashMap<Uuid, Arriving>>>);

impl Arrivals {
    fn change(&self, user_id: Uuid, change: impl FnOnce(&mut Arriving)) -> Arriving {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = accounts.entry(user_id).or_default();
        change(entry);
        let now = *entry;
        if now == Arriving::default() {
            accounts.remove(&user_id);
        }
        now
    }

    fn of(&self, user_id: Uuid) -> Arriving {
        self.change(user_id, |_| {})
    }

    fn bytes_of_all(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().map(|arriving| arriving.bytes).sum()
    }
}

/// One picture on its way. It counts until it is dropped.
pub struct Arrival {
    arrivals: Arrivals,
    user_id: Uuid,
    /// What it counts for.
    counted: u64,
    /// What has come.
    arrived: u64,
    /// How much of the account's room was left for everything that is on its way when it began; none without a limit.
    room: Option<u64>,
    disk: Disk,
    looked_at: u64,
}

impl Arrival {
    /// Lets a picture of at least `least` bytes come, as far as can be told beforehand.
    ///
    /// # Errors
    /// [`ErrorCode::QuotaExceeded`], and [`ErrorCode::StorageUnavailable`] when the disk has no room for it.
    pub async fn begin(app: &Service, user_id: Uuid, least: u64) -> Result<Self> {
        let room = quota::check(app, user_id, least, app.arrivals.of(user_id)).await?;
        let disk = Disk { folder: app.transit_dir.clone(), spare: app.limits.spare_disk };
        // Nothing of what others have announced needs to have come yet.
        disk.has_room(least.saturating_add(app.arrivals.bytes_of_all())).await?;
        app.arrivals.change(user_id, |arriving| {
            arriving.bytes += least;
            arriving.pictures += 1;
        });
        Ok(Self { arrivals: app.arrivals.clone(), user_id, counted: least, arrived: 0, room, disk, looked_at: 0 })
    }

    /// Lets further bytes come.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn take(&mut self, bytes: u64) -> Result<()> {
        self.arrived += bytes;
        let more = self.arrived.saturating_sub(self.counted);
        if more > 0 {
            self.counted = self.arrived;
            // Others may come at the same time, for the same room.
            let now = self.arrivals.change(self.user_id, |arriving| arriving.bytes += more);
            if self.room.is_some_and(|room| now.bytes > room) {
                return Err(no_room());
            }
        }
        if self.arrived - self.looked_at >= LOOK_EVERY {
            self.looked_at = self.arrived;
            self.disk.has_room(0).await?;
        }
        Ok(())
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        let counted = self.counted;
        self.arrivals.change(self.user_id, |arriving| {
            arriving.bytes = arriving.bytes.saturating_sub(counted);
            arriving.pictures = arriving.pictures.saturating_sub(1);
        });
    }
}

fn no_room() -> Error {
    Error::new(
        ErrorCode::QuotaExceeded,
        "There is no more room in this account than what has come of this picture so far. Nothing of it was kept. Remove \
         pictures for good, or ask the service's operator for more room.",
    )
}

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
                tracing::debug!(%error, "the free disk can't be found out");
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
                     Nothing was kept. Make room there, and try again.",
                    quota::in_words(room)
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
