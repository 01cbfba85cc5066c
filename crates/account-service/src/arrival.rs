//! A picture on its way through the service, which is bounded while it comes: by what is left of the account's room, and by
//! the free disk.

use account_api::ErrorCode;
use uuid::Uuid;

use crate::arrivals::Arrivals;
use crate::disk::Disk;
use crate::error::{Error, Result};
use crate::quota;
use crate::service::Service;

/// How many bytes come in between two looks at the disk.
const LOOK_EVERY: u64 = 16 * 1024 * 1024;

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
         pictures for good, or ask the service’s operator for more room.",
    )
}
