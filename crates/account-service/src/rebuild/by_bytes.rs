//! A picture that nothing but its bytes tells of: some stores and gateways drop what objects say of themselves.

use account_api::VerifiedBy;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pictures::Picture;
use tokio::fs::File;

use super::failure::RebuildError;
use super::key::{Key, made_up_name};
use super::owner::Owner;
use crate::clock;
use crate::error::{Error, Result};
use crate::images::mend_record;
use crate::media;
use crate::object_store::{ReadBack, StoredObject};
use crate::service::Service;
use crate::storage::entity::image;
use crate::uploads::{examine, worded};

/// Reads an object and looks at it as a picture; none when it is no picture.
///
/// # Errors
/// When the object can't be read, or the disk refuses.
pub async fn look(app: &Service, object_key: &str) -> Result<Option<(Picture, ReadBack)>, RebuildError> {
    // So many are on the disk and in memory at once as are looked at.
    let _turn = app.rebuilding.acquire().await.map_err(Error::internal)?;
    let folder = app.transit_dir.clone();
    let file = tokio::task::spawn_blocking(move || tempfile::Builder::new().prefix("read-").tempfile_in(folder));
    let (file, path) = file.await.map_err(Error::internal)?.map_err(Error::internal)?.into_parts();
    let read = app.store.read_into(object_key, tokio::io::BufWriter::new(File::from_std(file))).await?;
    let examined = examine(app, &path, read.size, Some(object_key.to_owned())).await?;
    Ok(examined.ok().map(|picture| (picture, read)))
}

/// Reads an object and makes a row of what its bytes are; none when they are no picture. That they are those of a file is not
/// proven by that: the hash is their own.
///
/// # Errors
/// When the object can't be read, or the disk refuses.
pub async fn row(
    app: &Service,
    owner: &Owner,
    key: &Key,
    object_key: &str,
    stored: &StoredObject,
) -> Result<Option<image::Model>, RebuildError> {
    let Some((picture, read)) = look(app, object_key).await? else { return Ok(None) };
    let Some(media) = media::by_name(picture.format.name()) else { return Ok(None) };
    let ReadBack { size, sha256, .. } = read.clone();
    let size = i64::try_from(size).map_err(Error::internal)?;
    let side = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    let says = stored.says.clone();
    let taken_at = picture.taken_at.or(says.taken_at);
    let now = clock::now();
    let mut row = image::Model {
        name: says.name.unwrap_or_else(|| made_up_name(key, taken_at.as_deref(), media)),
        format: media.name.to_owned(),
        content_type: media.content_type.to_owned(),
        size,
        sha256,
        width: side(picture.width),
        height: side(picture.height),
        taken_at,
        file_modified_at: says.file_modified_at,
        camera: picture.camera.or(says.camera),
        facts: image::facts_text(&picture.facts),
        thumbhash: picture.thumbhash.as_ref().map(|hash| BASE64_STANDARD.encode(hash)),
        remark: image::remark_text(picture.remark.map(worded).as_ref()),
        object_key: object_key.to_owned(),
        stored_size: size,
        etag: read.etag.clone(),
        verified_by: VerifiedBy::AsFound.as_str().to_owned(),
        verified_at: now,
        ..image::Model::new(key.id, owner.user_id, stored.modified.unwrap_or(now))
    };
    if row.etag.is_none() {
        row.etag = mend_record(app, &row, &read).await;
    }
    Ok(Some(row))
}
