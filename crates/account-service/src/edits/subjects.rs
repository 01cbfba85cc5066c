//! What the operations of a batch are about, read in a few statements: pictures, albums, and of a picture's tags and albums
//! only what is asked for.

use std::collections::HashSet;

use account_api::EditKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::album;
use super::batch::Batch;
use super::picture::Draft;
use super::read::Operation;
use crate::error::Result;
use crate::storage::entity::{album as albums, album_image, image, tag};

impl Batch<'_> {
    /// Reads what these operations are about.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn read<'o>(&mut self, operations: impl IntoIterator<Item = &'o Operation>) -> Result<()> {
        let (mut pictures, mut albums) = (HashSet::new(), HashSet::new());
        let (mut with_tags, mut with_albums) = (HashSet::new(), HashSet::new());
        for operation in operations {
            let picture = operation.image_id();
            pictures.extend(picture);
            albums.extend(operation.album_id());
            match operation.kind {
                EditKind::AddTag { .. } | EditKind::RemoveTag { .. } => with_tags.extend(picture),
                EditKind::AddToAlbum { .. } | EditKind::RemoveFromAlbum { .. } => with_albums.extend(picture),
                _ => {}
            }
        }
        self.read_pictures(pictures).await?;
        self.read_tags(with_tags).await?;
        self.read_pairs(with_albums).await?;
        self.read_albums(albums).await
    }

    /// Reads a picture with its tags.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn read_one(&mut self, id: Uuid) -> Result<Option<&Draft>> {
        self.read_pictures([id].into()).await?;
        self.read_tags([id].into()).await?;
        Ok(self.pictures.get(&id))
    }

    /// Reads pictures with all of their tags and albums.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub(super) async fn read_in_full(&mut self, ids: HashSet<Uuid>) -> Result<()> {
        self.read_pictures(ids.clone()).await?;
        self.read_tags(ids.clone()).await?;
        self.read_pairs(ids).await
    }

    async fn read_pictures(&mut self, ids: HashSet<Uuid>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let rows = image::Entity::find()
            .filter(image::Column::UserId.eq(self.user_id))
            .filter(image::Column::Id.is_in(ids))
            .all(&*self.write)
            .await?;
        for row in rows {
            self.pictures.insert(row.id, Draft::of(row)?);
        }
        Ok(())
    }

    async fn read_tags(&mut self, ids: HashSet<Uuid>) -> Result<()> {
        let ids = self.with_pairs(ids);
        if ids.is_empty() {
            return Ok(());
        }
        for row in tag::Entity::find().filter(tag::Column::ImageId.is_in(ids)).all(&*self.write).await? {
            if let Some(picture) = self.pictures.get_mut(&row.image_id) {
                picture.know_tag(row)?;
            }
        }
        Ok(())
    }

    async fn read_pairs(&mut self, ids: HashSet<Uuid>) -> Result<()> {
        let ids = self.with_pairs(ids);
        if ids.is_empty() {
            return Ok(());
        }
        let rows = album_image::Entity::find().filter(album_image::Column::ImageId.is_in(ids)).all(&*self.write);
        for row in rows.await? {
            if let Some(picture) = self.pictures.get_mut(&row.image_id) {
                picture.know_album(row)?;
            }
        }
        Ok(())
    }

    /// Those of these pictures that have tags or albums at all.
    fn with_pairs(&self, mut ids: HashSet<Uuid>) -> HashSet<Uuid> {
        ids.retain(|id| self.pictures.get(id).is_some_and(Draft::has_pairs));
        ids
    }

    /// Reads albums.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub(super) async fn read_albums(&mut self, ids: HashSet<Uuid>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let rows = albums::Entity::find()
            .filter(albums::Column::UserId.eq(self.user_id))
            .filter(albums::Column::Id.is_in(ids))
            .all(&*self.write)
            .await?;
        for row in rows {
            self.albums.insert(row.id, album::Draft::of(row)?);
        }
        Ok(())
    }
}
