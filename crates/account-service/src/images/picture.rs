//! A picture with everything that is said of it: its row, its tags, and the albums that it is in.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::error::Result;
use crate::storage::entity::{album, album_image, image, tag};

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What is there once.
    pub row: image::Model,
    /// What was said of tags, in the order in which they are shown; also that it hasn't one.
    pub tags: Vec<tag::Model>,
    /// What was said of albums, in the order of their identifiers; also that it isn't in one.
    pub albums: Vec<album_image::Model>,
    /// Those of the albums that are there.
    pub there: HashSet<Uuid>,
}

impl From<image::Model> for Picture {
    /// One that nobody has said anything of.
    fn from(row: image::Model) -> Self {
        Self { row, tags: Vec::new(), albums: Vec::new(), there: HashSet::new() }
    }
}

/// Pictures of one account with what is said of them, in this order, in three statements however many they are.
///
/// # Errors
/// When the database can't be reached.
pub async fn gather(connection: &impl ConnectionTrait, rows: Vec<image::Model>) -> Result<Vec<Picture>> {
    // What has no stamps has neither tags nor albums: nobody has said anything of it.
    let ids: Vec<Uuid> = rows.iter().filter(|row| row.stamps != "{}").map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(rows.into_iter().map(Picture::from).collect());
    }
    let mut tags = HashMap::<Uuid, Vec<tag::Model>>::new();
    let found = tag::Entity::find().filter(tag::Column::ImageId.is_in(ids.iter().copied())).all(connection).await?;
    for tag in found {
        tags.entry(tag.image_id).or_default().push(tag);
    }
    let found = album_image::Entity::find().filter(album_image::Column::ImageId.is_in(ids)).all(connection).await?;
    let there = there(connection, &rows, &found).await?;
    let mut albums = HashMap::<Uuid, Vec<album_image::Model>>::new();
    for pair in found {
        albums.entry(pair.image_id).or_default().push(pair);
    }
    let pictures = rows.into_iter().map(|row| {
        let mut tags = tags.remove(&row.id).unwrap_or_default();
        tags.sort_by(|one, other| (&one.stamp, &one.key).cmp(&(&other.stamp, &other.key)));
        let mut albums = albums.remove(&row.id).unwrap_or_default();
        albums.sort_by_key(|pair| pair.album_id);
        let there = albums.iter().map(|pair| pair.album_id).filter(|id| there.contains(&(row.user_id, *id))).collect();
        Picture { row, tags, albums, there }
    });
    Ok(pictures.collect())
}

/// Which of these albums are there, by whose they are.
async fn there(
    connection: &impl ConnectionTrait,
    rows: &[image::Model],
    pairs: &[album_image::Model],
) -> Result<HashSet<(Uuid, Uuid)>> {
    if pairs.is_empty() {
        return Ok(HashSet::new());
    }
    let users: HashSet<Uuid> = rows.iter().map(|row| row.user_id).collect();
    let ids: HashSet<Uuid> = pairs.iter().map(|pair| pair.album_id).collect();
    let found: Vec<(Uuid, Uuid)> = album::Entity::find()
        .select_only()
        .columns([album::Column::UserId, album::Column::Id])
        .filter(album::Column::UserId.is_in(users))
        .filter(album::Column::Id.is_in(ids))
        .filter(album::Column::RemovedAt.is_null())
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().collect())
}
