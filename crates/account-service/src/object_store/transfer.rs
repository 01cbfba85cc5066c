//! Bytes that the service itself moves: uploads through its own API, thumbnails that it made, pictures for the AI.

use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::primitives::{ByteStream, Length};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use md5::{Digest, Md5};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::client::{LONG, ObjectStore};
use super::fault::StoreError;
use super::put_spec::PutSpec;

/// How long a store may say nothing in the middle of an object.
const SILENCE: Duration = Duration::from_secs(60);

impl ObjectStore {
    /// PUTs bytes from memory.
    ///
    /// # Errors
    /// When the store can't be reached or refuses.
    pub async fn put(&self, spec: &PutSpec<'_>, bytes: Bytes) -> Result<(), StoreError> {
        self.put_stream(spec, ByteStream::from(bytes)).await
    }

    /// PUTs a file, reading it as it goes.
    ///
    /// # Errors
    /// When the file can't be read, or the store can't be reached or refuses.
    pub async fn put_file(&self, spec: &PutSpec<'_>, path: &Path) -> Result<(), StoreError> {
        let stream = ByteStream::read_from().path(path).build().await.map_err(unreadable)?;
        self.put_stream(spec, stream).await
    }

    async fn put_stream(&self, spec: &PutSpec<'_>, stream: ByteStream) -> Result<(), StoreError> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(spec.key)
            .content_type(spec.content_type)
            .content_length(i64::try_from(spec.size).unwrap_or(i64::MAX))
            .content_md5(spec.content_md5)
            .set_metadata(spec.metadata())
            .body(stream)
            .send()
            .await?;
        Ok(())
    }

    /// PUTs one part of a file: `size` bytes from `offset`. Gives the part's entity tag.
    ///
    /// # Errors
    /// When the file can't be read, or the store can't be reached or refuses.
    pub async fn put_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        path: &Path,
        offset: u64,
        size: u64,
    ) -> Result<String, StoreError> {
        let content_md5 = md5_of(path.to_owned(), offset, size).await.map_err(unreadable)?;
        let stream = ByteStream::read_from()
            .path(path)
            .offset(offset)
            .length(Length::Exact(size))
            .build()
            .await
            .map_err(unreadable)?;
        let stored = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(upload_id)
            .part_number(i32::try_from(number).unwrap_or(i32::MAX))
            .content_length(i64::try_from(size).unwrap_or(i64::MAX))
            .content_md5(content_md5)
            .body(stream)
            .send()
            .await?;
        Ok(stored.e_tag.unwrap_or_default().trim_matches('"').to_owned())
    }

    /// GETs an object into memory, of at most `limit` bytes.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], or when the store can't be reached, or when the object is larger.
    pub async fn get(&self, key: &str, limit: u64) -> Result<Bytes, StoreError> {
        let request = self.client.get_object().bucket(&self.bucket).key(key).customize();
        let object = request.config_override(Self::quick()).send().await?;
        if object.content_length.is_none_or(|size| size < 0 || size as u64 > limit) {
            return Err(StoreError::Request(format!("the object is larger than {limit} bytes")));
        }
        let bytes = tokio::time::timeout(LONG, object.body.collect()).await.map_err(|_| silent())?;
        Ok(bytes.map_err(|error| StoreError::Unreachable(error.to_string()))?.into_bytes())
    }
}

/// What an object's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBack {
    /// In bytes.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Lower-case hex.
    pub md5: String,
    /// Without its quotes; opaque.
    pub etag: Option<String>,
}

impl ObjectStore {
    /// GETs an object and hashes it, keeping nothing of it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], or when the store can't be reached, or stops in the middle.
    pub async fn read_back(&self, key: &str) -> Result<ReadBack, StoreError> {
        self.read_into(key, tokio::io::sink()).await
    }

    /// GETs an object, hashes it, and writes it.
    ///
    /// # Errors
    /// As [`read_back`](Self::read_back), or when it can't be written.
    pub async fn read_into(&self, key: &str, mut to: impl AsyncWrite + Unpin) -> Result<ReadBack, StoreError> {
        let unwritten = |error: std::io::Error| {
            StoreError::Request(format!("what is read can’t be written: {}", machine::why(&error)))
        };
        let request = self.client.get_object().bucket(&self.bucket).key(key).customize();
        let mut object = request.config_override(Self::quick()).send().await?;
        let (mut hash, mut md5) = (sha2::Sha256::new(), Md5::new());
        let mut size = 0;
        while let Some(bytes) = tokio::time::timeout(SILENCE, object.body.next()).await.map_err(|_| silent())? {
            let bytes = bytes.map_err(|error| StoreError::BrokeOff { after: size, why: error.to_string() })?;
            size += bytes.len() as u64;
            hash.update(&bytes);
            md5.update(&bytes);
            to.write_all(&bytes).await.map_err(unwritten)?;
        }
        to.flush().await.map_err(unwritten)?;
        let etag = object.e_tag.as_deref().map(|etag| etag.trim_matches('"').to_owned());
        Ok(ReadBack { size, sha256: hex::encode(hash.finalize()), md5: hex::encode(md5.finalize()), etag })
    }
}

fn silent() -> StoreError {
    StoreError::Unreachable("it began to give an object and says nothing any more".to_owned())
}

fn unreadable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Request(format!("the file can’t be read: {}", machine::in_words(&error.to_string())))
}

async fn md5_of(path: std::path::PathBuf, offset: u64, size: u64) -> std::io::Result<String> {
    let hashed = tokio::task::spawn_blocking(move || {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = std::fs::File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut part = file.take(size);
        let mut hash = Md5::new();
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = part.read(&mut buffer)?;
            if read == 0 {
                return Ok(BASE64_STANDARD.encode(hash.finalize()));
            }
            hash.update(&buffer[..read]);
        }
    });
    hashed.await.map_err(std::io::Error::other)?
}
