//! What the merging of edits needs and no device gets: when things were said, and what was taken away. So an operation of a
//! computer that was away merges after a rebuild as it would have before.

use account_api::{Author, LinkChange, PERSON};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::images::Picture;
use crate::stamps::{Stamp, Stamps};
use crate::storage::entity::{album, album_image, image, link, tag};

/// What was said of a picture, beside what the feed has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Of its fields.
    pub stamps: Stamps,
    /// Of tags, those that were taken away included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<SaidOfTag>,
    /// Of albums, those that it was taken out of included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub albums: Vec<SaidOfAlbum>,
}

/// What was said of a picture and a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidOfTag {
    /// As it was written.
    pub tag: String,
    /// By whom.
    pub by: Author,
    /// That the picture has it, or hasn't.
    pub present: bool,
    /// When, and where.
    pub stamp: Stamp,
}

/// What was said of a picture and an album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidOfAlbum {
    /// The album.
    pub album_id: Uuid,
    /// Where in it.
    pub place: String,
    /// That the picture is in it, or isn't.
    pub present: bool,
    /// When, and where.
    pub stamp: Stamp,
}

impl Said {
    /// Of a picture.
    ///
    /// # Errors
    /// When a row was written by another version in another form.
    pub fn of(picture: &Picture) -> Result<Self> {
        let tags = picture.tags.iter().map(|row| {
            let by = if row.author == PERSON { Author::Person } else { Author::Model };
            Ok(SaidOfTag { tag: row.tag.clone(), by, present: row.present, stamp: row.stamp.parse()? })
        });
        let albums = picture.albums.iter().map(|row| {
            let stamp = row.stamp.parse()?;
            Ok(SaidOfAlbum { album_id: row.album_id, place: row.place.clone(), present: row.present, stamp })
        });
        let stamps = Stamps::read(&picture.row.stamps)?;
        Ok(Self { stamps, tags: tags.collect::<Result<_>>()?, albums: albums.collect::<Result<_>>()? })
    }

    /// The picture whose row this is, with what was said of it.
    ///
    /// # Errors
    /// None that is known: it can be written as JSON.
    pub fn with(self, row: image::Model) -> Result<Picture> {
        let image_id = row.id;
        let tags = self.tags.into_iter().map(|said| tag::Model {
            image_id,
            key: names::key(&said.tag),
            tag: said.tag,
            author: if said.by == Author::Person { PERSON } else { "model" }.to_owned(),
            present: said.present,
            stamp: said.stamp.to_string(),
        });
        let albums = self.albums.into_iter().map(|said| album_image::Model {
            image_id,
            album_id: said.album_id,
            place: said.place,
            present: said.present,
            stamp: said.stamp.to_string(),
        });
        let row = image::Model { stamps: self.stamps.text()?, ..row };
        Ok(Picture { tags: tags.collect(), albums: albums.collect(), ..row.into() })
    }
}

/// An album, there or gone, in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlbumEntry {
    /// The account's revision of this change.
    pub revision: i64,
    /// The album.
    pub album_id: Uuid,
    /// What it is called, or was.
    pub name: String,
    /// The picture that stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<Uuid>,
    /// How its pictures are ordered.
    pub order: String,
    /// The album that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Uuid>,
    /// Milliseconds since 1970, as are the next two.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// When it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<i64>,
    /// Of its fields.
    pub stamps: Stamps,
}

impl AlbumEntry {
    /// Of a row.
    ///
    /// # Errors
    /// When the row was written by another version in another form.
    pub fn of(row: album::Model) -> Result<Self> {
        Ok(Self {
            revision: row.revision,
            album_id: row.id,
            name: row.name,
            cover: row.cover,
            order: row.sorted,
            parent: row.parent,
            created_at: row.created_at,
            updated_at: row.updated_at,
            removed_at: row.removed_at,
            stamps: Stamps::read(&row.stamps)?,
        })
    }

    /// The row of this account.
    ///
    /// # Errors
    /// None that is known: it can be written as JSON.
    pub fn into_row(self, user_id: Uuid) -> Result<album::Model> {
        Ok(album::Model {
            user_id,
            id: self.album_id,
            name: self.name,
            cover: self.cover,
            sorted: self.order,
            parent: self.parent,
            created_at: self.created_at,
            updated_at: self.updated_at,
            removed_at: self.removed_at,
            revision: self.revision,
            stamps: self.stamps.text()?,
        })
    }
}

/// The row of a link of this account; none of one that is gone or names no picture.
pub fn link_row(entry: LinkChange, user_id: Uuid) -> Result<Option<link::Model>> {
    let Some(given) = entry.link else { return Ok(None) };
    let image_id = Uuid::try_parse(&given.image_id).map_err(Error::internal)?;
    let created_at = crate::clock::read(&given.created_at).unwrap_or_else(crate::clock::now);
    Ok(Some(link::Model { token: entry.token, image_id, user_id, created_at, revision: entry.revision }))
}
