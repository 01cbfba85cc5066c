//! What came of a batch, written in a few statements.

use std::collections::HashSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Statement,
};
use uuid::Uuid;

use super::album;
use super::picture::Draft;
use crate::clock::Millis;
use crate::error::{Error, Result};
use crate::storage::entity::{album as albums, album_image, image, tag};
use crate::storage::{Write, take_revisions, update_changed};

/// How many rows go into one statement.
const ROWS: usize = 2_000;

/// Writes pictures, their tags and the albums that they are in.
///
/// # Errors
/// When the database can't be reached.
pub async fn pictures(write: &Write, drafts: impl Iterator<Item = &Draft>) -> Result<()> {
    let drafts: Vec<&Draft> = drafts.filter(|draft| !draft.is_gone && draft.row != draft.before).collect();
    let rows: Vec<_> = drafts.iter().map(|draft| (&draft.before, &draft.row)).collect();
    update_changed::<image::Entity>(&**write, image::Column::Id, &rows).await?;
    let changed: Vec<tag::Model> = drafts.iter().flat_map(|draft| draft.changed_tags()).cloned().collect();
    tags(write, changed).await?;
    let changed: Vec<album_image::Model> = drafts.iter().flat_map(|draft| draft.changed_albums()).cloned().collect();
    in_albums(write, changed).await
}

/// Writes what is said of pictures and tags.
///
/// # Errors
/// When the database can't be reached.
pub async fn tags(write: &Write, rows: Vec<tag::Model>) -> Result<()> {
    use tag::Column::{Author, ImageId, Key, Present, Stamp, Tag};
    for some in rows.chunks(ROWS) {
        tag::Entity::insert_many(some.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(OnConflict::columns([ImageId, Key]).update_columns([Tag, Author, Present, Stamp]).to_owned())
            .exec_without_returning(&**write)
            .await?;
    }
    Ok(())
}

/// Writes what is said of pictures and albums.
///
/// # Errors
/// When the database can't be reached.
pub async fn in_albums(write: &Write, rows: Vec<album_image::Model>) -> Result<()> {
    use album_image::Column::{AlbumId, ImageId, Place, Present, Stamp};
    for some in rows.chunks(ROWS) {
        album_image::Entity::insert_many(some.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(OnConflict::columns([ImageId, AlbumId]).update_columns([Place, Present, Stamp]).to_owned())
            .exec_without_returning(&**write)
            .await?;
    }
    Ok(())
}

/// Writes those of these albums that have changed.
///
/// # Errors
/// When the database can't be reached.
pub async fn albums(write: &Write, drafts: impl Iterator<Item = &album::Draft>, changed: &HashSet<Uuid>) -> Result<()> {
    use albums::Column::{Cover, Id, Name, Parent, RemovedAt, Revision, Sorted, Stamps, UpdatedAt, UserId};
    let rows: Vec<_> = drafts.filter(|draft| changed.contains(&draft.row.id)).map(|draft| draft.row.clone()).collect();
    for some in rows.chunks(ROWS) {
        albums::Entity::insert_many(some.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(
                OnConflict::columns([UserId, Id])
                    .update_columns([Name, Cover, Sorted, Parent, UpdatedAt, RemovedAt, Revision, Stamps])
                    .to_owned(),
            )
            .exec_without_returning(&**write)
            .await?;
    }
    Ok(())
}

/// An album is there again: every picture that is in it is told of anew.
///
/// # Errors
/// When the database can't be reached.
pub async fn back_in(write: &Write, user_id: Uuid, album_id: Uuid, now: Millis) -> Result<()> {
    let count = album_image::Entity::find()
        .filter(album_image::Column::AlbumId.eq(album_id))
        .filter(album_image::Column::Present.eq(true))
        .count(&**write)
        .await?;
    let count = i64::try_from(count).map_err(Error::internal)?;
    if count == 0 {
        return Ok(());
    }
    let before = take_revisions(write, user_id, count).await? - count;
    let backend = write.get_database_backend();
    let place = |number: usize| if backend == DbBackend::Postgres { format!("${number}") } else { "?".to_owned() };
    // Others' pictures can be in an album of the same identifier, if somebody has made one.
    let sql = format!(
        "UPDATE images SET revision = {} + numbered.number, updated_at = {} FROM ( \
           SELECT image_id, ROW_NUMBER() OVER (ORDER BY image_id) AS number FROM album_images \
           WHERE album_id = {} AND present \
         ) AS numbered WHERE images.id = numbered.image_id AND images.user_id = {}",
        place(1),
        place(2),
        place(3),
        place(4),
    );
    let values = [before.into(), now.into(), album_id.into(), user_id.into()];
    write.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}
