//! Uploads through the service itself (`POST /api/images`): the same ledger, the same checks, the same record as for
//! bytes that go straight to the store.

use std::path::Path;

use account_api::{ErrorCode, NewPicture, Remark, ThumbnailSpec};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use md5::{Digest, Md5};
use pictures::{Picture, PictureError};
use uuid::Uuid;

use super::announcement::{self, Announced};
use super::complete;
use super::grant::{self, Sender};
use super::stored::Completed;
use super::thumbnails;
use crate::arrival::Arrival;
use crate::error::{Error, Result};
use crate::images;
use crate::service::Service;
use crate::storage::entity::image;

/// The largest file that is read into memory to be looked at, as in the app: a larger one has neither dimensions nor a
/// thumbnail. As many at a time as there are `picture_workers`.
const EXAMINED_UP_TO: u64 = 128 * 1024 * 1024;

/// Enough of a file to name its format, in bytes.
const HEAD: u64 = 64 * 1024;

/// A file that has been received whole.
pub struct Received {
    /// Where it is; removed when dropped.
    pub path: tempfile::TempPath,
    /// As the client called it; it may be anything.
    pub name: Option<String>,
    /// In bytes.
    pub size: u64,
    /// Lower-case hex.
    pub sha256: String,
    /// Base64.
    pub content_md5: String,
    /// Counts it for as long as it is on this disk.
    pub arrival: Option<Arrival>,
}

/// Makes a picture of a received file, or finds the one with the same bytes.
///
/// # Errors
/// When it is no picture, or the store can't be reached.
pub async fn ingest(app: &Service, user_id: Uuid, mut received: Received) -> Result<image::Model> {
    if received.size == 0 {
        return Err(Error::new(ErrorCode::UnsupportedMedia, "The file is empty."));
    }
    if let Some(row) = grant::duplicate(app, user_id, &received.sha256).await? {
        return Ok(row);
    }
    let examined = examine(app, &received.path, received.size, received.name.clone()).await?;
    let mut picture = examined.map_err(|error| Error::new(ErrorCode::UnsupportedMedia, error.to_string()))?;
    let thumbnail = picture.thumbnail.take();
    let announced =
        grant::open(app, user_id, announce(&received, &picture, thumbnail.as_ref()), None, Sender::Service).await?;
    // The ledger counts it from here on.
    drop(received.arrival.take());
    send(app, &announced, &received.path).await?;
    let row = match complete::complete(app, user_id, announced.row.id, Vec::new()).await? {
        Completed::Verified(row) => row,
        Completed::Duplicate(row) => return Ok(row),
    };
    let (Some(key), Some(thumbnail)) = (&row.thumbnail_key, thumbnail) else { return Ok(row) };
    // The picture is safe; that its thumbnail isn't there is no reason to say otherwise.
    if let Err(error) = send_thumbnail(app, &row, key, thumbnail).await {
        tracing::warn!(%error, image = %row.id, "the thumbnail could not be stored");
        return Ok(row);
    }
    images::find(app, user_id, row.id, true).await
}

/// Looks at the picture in a file of so many bytes.
///
/// # Errors
/// When the file can't be read; within, what the picture is not or can't be.
pub async fn examine(
    app: &Service,
    path: &Path,
    size: u64,
    name: Option<String>,
) -> Result<Result<Picture, PictureError>> {
    let _permit = app.picture_workers.acquire().await.map_err(Error::internal)?;
    let (path, name) = (path.to_path_buf(), name.unwrap_or_default());
    let examined = tokio::task::spawn_blocking(move || -> std::io::Result<Result<Picture, PictureError>> {
        use std::io::Read;
        // Of a file that is too large to be looked at as a picture the beginning is read, which names the format.
        let read = if size <= EXAMINED_UP_TO { size } else { HEAD };
        let mut bytes = Vec::with_capacity(read as usize);
        std::fs::File::open(path)?.take(read).read_to_end(&mut bytes)?;
        if size <= EXAMINED_UP_TO {
            return Ok(decoding::examine_named(&bytes, &name));
        }
        Ok(pictures::sniff_named(&bytes, &name).map(Picture::unseen).ok_or(PictureError::NotAPicture))
    });
    examined.await.map_err(Error::internal)?.map_err(Error::internal)
}

/// What is wrong with a file, in the words of the wire.
pub fn worded(remark: pictures::Remark) -> Remark {
    Remark { code: remark.code().to_owned(), message: remark.to_string() }
}

fn announce(received: &Received, picture: &Picture, thumbnail: Option<&pictures::Thumbnail>) -> NewPicture {
    let short = |text: &Option<String>, most: usize| text.as_ref().filter(|text| text.chars().count() <= most).cloned();
    NewPicture {
        reference: String::new(),
        name: file_name(received.name.as_deref(), picture.format),
        format: picture.format.name().to_owned(),
        size: received.size,
        sha256: received.sha256.clone(),
        content_md5: received.content_md5.clone(),
        width: picture.width,
        height: picture.height,
        taken_at: short(&picture.taken_at, 40),
        file_modified_at: None,
        camera: short(&picture.camera, 200),
        facts: picture.facts.clone(),
        thumbhash: picture.thumbhash.as_ref().map(|hash| BASE64_STANDARD.encode(hash)),
        remark: picture.remark.map(worded),
        thumbnail: thumbnail.map(|thumbnail| ThumbnailSpec {
            content_type: thumbnail.mime.to_owned(),
            size: thumbnail.bytes.len() as u64,
            content_md5: BASE64_STANDARD.encode(Md5::digest(&thumbnail.bytes)),
        }),
    }
}

/// What is kept of whatever the client sent.
fn file_name(sent: Option<&str>, format: pictures::Format) -> String {
    sent.and_then(names::kept).unwrap_or_else(|| format!("picture.{}", format.extension()))
}

async fn send(app: &Service, announced: &Announced, path: &Path) -> Result<()> {
    let Some((part_size, count)) = announced.parts() else {
        return Ok(app.store.put_file(&announced.object(), path).await?);
    };
    let key = &announced.row.object_key;
    let store_upload_id = grant::begin(app, announced).await?;
    for number in 1..=count {
        let offset = part_size * u64::from(number - 1);
        let size = announced.size_of_part(number).unwrap_or_default();
        app.store.put_part(key, &store_upload_id, number, path, offset, size).await?;
    }
    Ok(())
}

async fn send_thumbnail(app: &Service, row: &image::Model, key: &str, thumbnail: pictures::Thumbnail) -> Result<()> {
    let spec: ThumbnailSpec =
        serde_json::from_str(row.thumbnail_spec.as_deref().unwrap_or_default()).map_err(Error::internal)?;
    // An upload that was announced elsewhere with the same bytes may have another thumbnail: its client will send that.
    if spec.content_md5 != BASE64_STANDARD.encode(Md5::digest(&thumbnail.bytes)) {
        return Ok(());
    }
    app.store.put(&thumbnails::object(&spec, key), Bytes::from(thumbnail.bytes)).await?;
    thumbnails::note(app, row.user_id, &[row.id]).await
}

/// Counts and hashes what is received.
pub struct Intake {
    sha256: sha2::Sha256,
    md5: Md5,
    size: u64,
    largest: u64,
}

impl Intake {
    /// Of at most so many bytes.
    pub fn new(largest: u64) -> Self {
        Self { sha256: sha2::Digest::new(), md5: Md5::new(), size: 0, largest }
    }

    /// Takes in the next bytes.
    ///
    /// # Errors
    /// [`ErrorCode::TooLarge`].
    pub fn take(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > self.largest {
            return Err(announcement::too_large(self.largest));
        }
        self.sha256.update(bytes);
        self.md5.update(bytes);
        Ok(())
    }

    /// What was received.
    pub fn finish(self, path: tempfile::TempPath, name: Option<String>, arrival: Option<Arrival>) -> Received {
        Received {
            path,
            name,
            arrival,
            size: self.size,
            sha256: hex::encode(self.sha256.finalize()),
            content_md5: BASE64_STANDARD.encode(self.md5.finalize()),
        }
    }
}
