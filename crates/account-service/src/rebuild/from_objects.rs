//! Pictures that only the bucket knows, by what their objects say of themselves.

use account_api::VerifiedBy;
use futures::{StreamExt, TryStreamExt, stream};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::owner::Owner;
use super::report::{RebuildError, Report, Teller};
use super::rows::add;
use super::scratch::{Found, Scratch};
use crate::clock;
use crate::error::Result;
use crate::images::verified_by_text;
use crate::media::{self, Media};
use crate::object_store::{StoreError, StoredObject};
use crate::service::Service;
use crate::storage::entity::image;
use crate::uploads::{PICTURES, THUMBNAILS, part_size};

/// How many objects are looked at in one go.
const BATCH: u32 = 200;

/// How many are asked at the same time.
const AT_ONCE: usize = 16;

/// A key that is one of this service's.
struct Key {
    user: String,
    id: Uuid,
    media: Media,
}

impl Key {
    fn read(key: &str) -> Option<Self> {
        let (user, name) = key.strip_prefix(PICTURES)?.split_once('/')?;
        let (id, extension) = name.split_once('.')?;
        let media = media::by_extension(extension)?;
        // As it is written, so that one object has one identifier.
        let id = Uuid::try_parse(id).ok().filter(|parsed| parsed.to_string() == id)?;
        Some(Self { user: user.to_owned(), id, media })
    }

    fn thumbnails(&self) -> [String; 3] {
        ["jpg", "png", "webp"].map(|extension| format!("{THUMBNAILS}{}/{}.{extension}", self.user, self.id))
    }
}

/// Adds the pictures that have no entry.
pub async fn restore(
    app: &Service,
    owner: &Owner,
    scratch: &Scratch,
    teller: &Teller<'_>,
    report: &mut Report,
) -> Result<(), RebuildError> {
    let mut after = String::new();
    loop {
        let page = scratch.unknown(&after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.key);
        let done = page.len() as u64;
        let here = here_already(app, &page).await?;
        let mut asked = Vec::with_capacity(page.len());
        for found in page {
            match Key::read(&found.key) {
                Some(_) if here.contains(&found.key) => report.already += 1,
                Some(key) if !scratch.is_removed(&key.id.to_string()).await? => asked.push((key, found)),
                _ => report.left_alone += 1,
            }
        }
        let answers: Vec<Option<(Key, Found, StoredObject)>> = stream::iter(asked)
            .map(|(key, found)| async move {
                match app.store.head_in_full(&found.key).await {
                    Ok(stored) => Ok(Some((key, found, stored))),
                    Err(StoreError::NoSuchKey) => Ok(None),
                    Err(error) => Err(error),
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut rows = Vec::with_capacity(answers.len());
        for (key, found, stored) in answers.into_iter().flatten() {
            let thumbnail = scratch.thumbnail(&key.thumbnails()).await?;
            match row(owner, &key, found, stored, thumbnail) {
                Some(row) => rows.push(row),
                None => report.left_alone += 1,
            }
        }
        let added = add(app, owner, rows, false).await?;
        report.from_objects += added.new;
        report.already += added.already;
        report.left_alone += added.left_alone;
        teller.done(done);
    }
}

async fn here_already(app: &Service, page: &[Found]) -> Result<Vec<String>> {
    let keys = image::Entity::find()
        .select_only()
        .column(image::Column::ObjectKey)
        .filter(image::Column::ObjectKey.is_in(page.iter().map(|found| found.key.clone())))
        .into_tuple()
        .all(app.database.read())
        .await?;
    Ok(keys)
}

fn row(
    owner: &Owner,
    key: &Key,
    found: Found,
    stored: StoredObject,
    thumbnail: Option<String>,
) -> Option<image::Model> {
    let says = stored.says?;
    let size = i64::try_from(stored.facts.size).ok().filter(|size| *size > 0)?;
    let side = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    let at = stored.modified.unwrap_or_else(clock::now);
    // Every way in has the store check what it takes; see `uploads`.
    let verified_by = if part_size(stored.facts.size).is_some() { VerifiedBy::PartMd5 } else { VerifiedBy::ContentMd5 };
    Some(image::Model {
        name: says.name,
        format: key.media.name.to_owned(),
        content_type: key.media.content_type.to_owned(),
        size,
        sha256: says.sha256,
        width: side(says.width),
        height: side(says.height),
        taken_at: says.taken_at,
        camera: says.camera,
        thumbhash: says.thumbhash,
        object_key: found.key,
        has_thumbnail: thumbnail.is_some(),
        thumbnail_key: thumbnail,
        stored_size: size,
        etag: stored.facts.etag,
        verified_by: verified_by_text(verified_by).to_owned(),
        ..image::Model::new(key.id, owner.user_id, at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_this_service_count() {
        let (user, id) = (Uuid::new_v4(), Uuid::new_v4());
        let key = Key::read(&format!("pictures/{user}/{id}.jpg")).unwrap();
        assert_eq!((key.id, key.media.name), (id, "jpeg"));
        assert_eq!(key.thumbnails()[0], format!("thumbnails/{user}/{id}.jpg"));
        for foreign in [
            format!("pictures/{user}/holiday.jpg"),
            format!("pictures/{user}/{id}.exe"),
            format!("pictures/{user}/{id}"),
            format!("pictures/{user}/{}.jpg", id.simple()),
            format!("pictures/{user}/more/{id}.jpg"),
            format!("elsewhere/{user}/{id}.jpg"),
        ] {
            assert!(Key::read(&foreign).is_none(), "{foreign}");
        }
    }
}
