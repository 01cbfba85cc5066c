//! Thumbnails and previews: bytes that a browser shows, and the originals they come from.

mod addresses;
mod disk_cache;
mod local;
mod original;
mod preview;
mod single_flight;
mod thumbnail;

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::library::Library;
use crate::{EngineError, Result};
use addresses::Addresses;
use disk_cache::DiskCache;
pub(crate) use local::{local_copy, read as local_bytes};
pub(crate) use original::{Original, hash_stored};
use single_flight::SingleFlight;

/// Bytes and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The bytes.
    pub bytes: Bytes,
    /// An `image/…` media type.
    pub content_type: String,
}

/// What the disk cache of originals and previews may take, in bytes.
const CACHE_CAP: u64 = 1 << 30;

/// Pictures decoded at a time: each may take 256 MiB.
const DECODING: usize = 2;

/// Originals fetched at a time.
const FETCHING: usize = 4;

/// Makes and keeps the blobs of one library.
pub struct Blobs {
    library: Arc<Library>,
    cache: Arc<DiskCache>,
    files: SingleFlight<String, std::path::PathBuf>,
    thumbnails: SingleFlight<String, Option<Blob>>,
    addresses: Addresses,
    decoding: Arc<Semaphore>,
    fetching: Semaphore,
}

impl Blobs {
    /// With a cache in the library's folder.
    pub(crate) fn new(library: Arc<Library>) -> Self {
        Self {
            cache: Arc::new(DiskCache::new(library.library_dir.join("previews"), CACHE_CAP)),
            files: SingleFlight::default(),
            thumbnails: SingleFlight::default(),
            addresses: Addresses::new(library.client.clone()),
            decoding: Arc::new(Semaphore::new(DECODING)),
            fetching: Semaphore::new(FETCHING),
            library,
        }
    }

    /// Forgets everything of a picture that is gone for good.
    pub(crate) async fn forget(&self, sha256: &str) {
        if let Err(error) = self.library.thumbs.remove(sha256.to_owned()).await {
            tracing::warn!(%error, "a thumbnail can't be removed");
        }
        let cache = Arc::clone(&self.cache);
        let sha256 = sha256.to_owned();
        let _ = tokio::task::spawn_blocking(move || cache.forget(&sha256)).await;
    }

    /// Runs work on pixels off the runtime, a few at a time.
    pub(crate) async fn decode<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = Arc::clone(&self.decoding).acquire_owned().await.map_err(|_| EngineError::fault())?;
        tokio::task::spawn_blocking(move || {
            let value = work();
            drop(permit);
            value
        })
        .await
        .map_err(|error| {
            tracing::error!(%error, "decoding broke off");
            EngineError::fault()
        })
    }
}
