//! The bytes of pictures, from this computer or from the store by a fresh presigned URL, compared with their SHA-256 before
//! anybody gets them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use catalogue::table::picture::Picture;
use futures::{Stream, StreamExt};
use network::Trouble;
use reqwest::{Response, StatusCode};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::{Blobs, local};
use crate::connection::Access;
use crate::library::Library;
use crate::service::PROXY;
use crate::{EngineError, ErrorKind, Result};

/// How often a transfer that broke off is begun again.
const TRIES: u32 = 3;

/// The longest wait for an answer to begin.
const ANSWER: Duration = Duration::from_secs(30);

/// The longest silence in a transfer.
const SILENCE: Duration = Duration::from_secs(45);

/// The bytes of one picture.
#[derive(Debug, Clone)]
pub(crate) struct Original {
    /// The service's identifier.
    pub(crate) image_id: String,
    /// What the bytes have to hash to.
    pub(crate) sha256: String,
    /// In bytes.
    pub(crate) size: u64,
}

impl Original {
    /// Of a picture of the catalogue.
    pub(crate) fn of(picture: &Picture) -> Self {
        Self { image_id: picture.image.id.clone(), sha256: picture.image.sha256.clone(), size: picture.image.size }
    }
}

impl Blobs {
    /// A file of the cache that has a picture's bytes; fetched if it isn't there. It may be deleted to make room later:
    /// open it soon.
    pub(super) async fn original(self: &Arc<Self>, original: &Original) -> Result<PathBuf> {
        let (blobs, original) = (Arc::clone(self), original.clone());
        self.files
            .run(original.sha256.clone(), move || async move {
                let cache = Arc::clone(&blobs.cache);
                let (key, size) = (original.sha256.clone(), original.size);
                let looked = tokio::task::spawn_blocking(move || match cache.get(&key, Some(size)) {
                    Some(path) => Ok(Ok(path)),
                    None => cache.temporary().map(Err),
                })
                .await;
                let folder = blobs.library.library_dir.clone();
                let file = match looked.map_err(|_| EngineError::fault())? {
                    Ok(Ok(path)) => return Ok(path),
                    Ok(Err(file)) => file,
                    Err(error) => return Err(EngineError::unwritable(&folder, &error)),
                };
                blobs.fetch(&original, file.path()).await?;
                let cache = Arc::clone(&blobs.cache);
                tokio::task::spawn_blocking(move || cache.keep(&original.sha256, file))
                    .await
                    .map_err(|_| EngineError::fault())?
                    .map_err(|error| EngineError::unwritable(&folder, &error))
            })
            .await
    }

    /// A picture's bytes in memory: from the file that it came from while that has them, else from the cache, else from the
    /// store.
    pub(crate) async fn original_bytes(self: &Arc<Self>, original: &Original) -> Result<Vec<u8>> {
        if let Some(bytes) = local::read(&self.library.catalogue, &original.sha256, original.size).await {
            return Ok(bytes);
        }
        let path = self.original(original).await?;
        tokio::fs::read(&path).await.map_err(|error| EngineError::unreadable(&path, &error))
    }

    /// A picture's bytes as [`Blobs::original_bytes`] gives them, where nothing has to be fetched for that.
    pub(super) async fn bytes_here(&self, original: &Original) -> Option<Vec<u8>> {
        if let Some(bytes) = local::read(&self.library.catalogue, &original.sha256, original.size).await {
            return Some(bytes);
        }
        let (cache, key, size) = (Arc::clone(&self.cache), original.sha256.clone(), original.size);
        let path = tokio::task::spawn_blocking(move || cache.get(&key, Some(size))).await.ok().flatten()?;
        tokio::fs::read(&path).await.ok()
    }

    /// Writes a picture's bytes over a file: from the cache when they are there, else from the store.
    pub(crate) async fn write_original(&self, original: &Original, to: &Path) -> Result<()> {
        let cache = Arc::clone(&self.cache);
        let (key, size, goal) = (original.sha256.clone(), original.size, to.to_path_buf());
        let copied = tokio::task::spawn_blocking(move || {
            // Hashed on the way: what lies on a disk for months may have changed.
            let mut from = std::fs::File::open(cache.get(&key, Some(size))?).ok()?;
            let mut into = Hashing { file: std::fs::File::create(&goal).ok()?, hash: Sha256::new() };
            std::io::copy(&mut from, &mut into).ok()?;
            into.file.sync_all().ok()?;
            (hex::encode(into.hash.finalize()) == key).then_some(())
        })
        .await;
        match copied {
            Ok(Some(())) => Ok(()),
            _ => self.fetch(original, to).await,
        }
    }

    /// Fetches a picture's bytes from the store into a file, which is overwritten.
    async fn fetch(&self, original: &Original, to: &Path) -> Result<()> {
        let _turn = self.fetching.acquire().await.map_err(|_| EngineError::fault())?;
        let mut tries = 1;
        loop {
            // Fresh for each try: it may have expired while the last one was under way.
            let image = self.library.client.image_or_trashed(&original.image_id).await?;
            let url = image.url.ok_or_else(EngineError::fault)?;
            match transfer(&self.library, &url, original, to).await {
                Err(error) if error.code == ErrorKind::StoreUnreachable && tries < TRIES => tries += 1,
                result => return result,
            }
        }
    }
}

struct Hashing {
    file: std::fs::File,
    hash: Sha256,
}

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = std::io::Write::write(&mut self.file, bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::Write::flush(&mut self.file)
    }
}

/// Fetches a picture's bytes from the store and hashes them, keeping nothing of them.
///
/// # Errors
/// `NotFound` or `ChecksumMismatch` when the store lost or changed them, and what keeps them from being fetched.
pub(crate) async fn hash_stored(library: &Library, original: &Original) -> Result<()> {
    let mut tries = 1;
    loop {
        let image = library.client.image_or_trashed(&original.image_id).await?;
        let url = image.url.ok_or_else(EngineError::fault)?;
        match hash_body(library, &url, original).await {
            Err(error) if error.code == ErrorKind::StoreUnreachable && tries < TRIES => tries += 1,
            result => return result,
        }
    }
}

async fn hash_body(library: &Library, url: &str, original: &Original) -> Result<()> {
    let response = get(library, url).await?;
    let mut hash = Sha256::new();
    let mut received = 0u64;
    let mut body = response.bytes_stream();
    while let Some(chunk) = next(&mut body).await.map_err(|error| broke_off(error, received, original))? {
        received += chunk.len() as u64;
        if received > original.size {
            return Err(mismatch());
        }
        hash.update(&chunk);
    }
    if received == original.size && hex::encode(hash.finalize()) == original.sha256 { Ok(()) } else { Err(mismatch()) }
}

async fn transfer(library: &Library, url: &str, original: &Original, to: &Path) -> Result<()> {
    let response = get(library, url).await?;
    let mut file = File::create(to).await.map_err(|error| EngineError::unwritable(to, &error))?;
    let mut hash = Sha256::new();
    let mut received = 0u64;
    let mut body = response.bytes_stream();
    while let Some(chunk) = next(&mut body).await.map_err(|error| broke_off(error, received, original))? {
        received += chunk.len() as u64;
        if received > original.size {
            return Err(mismatch());
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.map_err(|error| EngineError::unwritable(to, &error))?;
    }
    file.flush().await.map_err(|error| EngineError::unwritable(to, &error))?;
    file.sync_all().await.map_err(|error| EngineError::unwritable(to, &error))?;
    if received == original.size && hex::encode(hash.finalize()) == original.sha256 { Ok(()) } else { Err(mismatch()) }
}

/// The bytes of a small object.
pub(super) async fn small_object(library: &Library, url: &str, most: usize) -> Result<Vec<u8>> {
    let response = get(library, url).await?;
    let mut bytes = Vec::new();
    let mut body = response.bytes_stream();
    while let Some(chunk) = next(&mut body).await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            return Err(mismatch());
        }
    }
    Ok(bytes)
}

/// Asks the store for an object; what it answers says how the store is.
async fn get(library: &Library, url: &str) -> Result<Response> {
    let answer = match timeout(ANSWER, library.store_http.get(url).send()).await {
        Ok(Ok(response)) => of_the_store(response),
        Ok(Err(error)) => Err(unreachable(&error)),
        Err(_) => Err(silent()),
    };
    library.store_answered(Access::Read, &answer);
    answer
}

/// The answer, when it is the store's and not a proxy's, and no refusal.
fn of_the_store(response: Response) -> Result<Response> {
    match network::answered_by_proxy(
        response.url(),
        response.status(),
        response.headers(),
        network::is_data(response.headers()),
    ) {
        Some(trouble) => Err(EngineError::new(
            ErrorKind::StoreUnreachable,
            messages::Fetch::Proxy { why: trouble.to_string(), proxy: PROXY.to_string() },
        )),
        None => refused(response.status()).map(|()| response),
    }
}

/// A store that has begun to answer can be reached, whatever became of the rest.
fn broke_off(error: EngineError, received: u64, original: &Original) -> EngineError {
    if error.code != ErrorKind::StoreUnreachable {
        return error;
    }
    let message = messages::Fetch::BrokeOff { received: received.to_string(), size: original.size.to_string() };
    EngineError::new(error.code, message)
}

async fn next(body: &mut (impl Stream<Item = reqwest::Result<Bytes>> + Unpin)) -> Result<Option<Bytes>> {
    match timeout(SILENCE, body.next()).await {
        Ok(chunk) => chunk.transpose().map_err(|error| unreachable(&error)),
        Err(_) => Err(silent()),
    }
}

fn refused(status: StatusCode) -> Result<()> {
    if status.is_success() {
        return Ok(());
    }
    tracing::warn!(%status, "the store refused to give an object");
    Err(match status {
        StatusCode::NOT_FOUND => EngineError::new(ErrorKind::NotFound, messages::Fetch::Missing),
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => EngineError::new(
            ErrorKind::StoreUnreachable,
            messages::Fetch::Trouble { status: status.as_u16().to_string() },
        ),
        status => {
            EngineError::new(ErrorKind::StoreRefused, messages::Fetch::Refused { status: status.as_u16().to_string() })
        }
    })
}

/// Says nothing of the address: it is a secret for as long as it is good.
fn unreachable(error: &reqwest::Error) -> EngineError {
    let trouble = Trouble::of(error);
    let why = trouble.to_string();
    let sentence = match error.url().and_then(|url| url.host_str()) {
        Some(host) => messages::Fetch::UnreachableAt { host: host.to_owned(), why },
        None => messages::Fetch::Unreachable { why },
    };
    EngineError::new(ErrorKind::StoreUnreachable, sentence)
}

fn silent() -> EngineError {
    EngineError::new(ErrorKind::StoreUnreachable, messages::Fetch::Silent)
}

fn mismatch() -> EngineError {
    EngineError::new(ErrorKind::ChecksumMismatch, messages::Fetch::OtherBytes)
}
