//! Adding rows, a batch in a transaction.

use std::collections::HashSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::owner::Owner;
use crate::edits::{write_in_albums, write_tags};
use crate::error::Result;
use crate::images::Picture;
use crate::journal;
use crate::quota;
use crate::service::Service;
use crate::stamps::Stamps;
use crate::storage::entity::{held_key, image, queued_deletion, tombstone, upload};
use crate::storage::{Write, latest_clock, note_clock, take_revisions};

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Added {
    /// Rows that were added.
    pub new: u64,
    /// How many of them are of pictures that nothing is proven of.
    pub not_proven: u64,
    /// Pictures that are here already, by identifier or key.
    pub already: u64,
    /// Those of them that are here by their identifier, as they were to be added.
    pub here: Vec<Picture>,
    /// Pictures that were removed for good or are on their way out.
    pub left_alone: u64,
    /// Pictures whose bytes are another picture's already, for all that is said of both. They were not added.
    pub taken: Vec<Picture>,
}

/// Adds pictures, in this order, each as a change of the feed. `journaled` says that the journal has them as they are.
///
/// # Errors
/// When the database can't be reached; then none of them was added.
pub async fn add(app: &Service, owner: &Owner, pictures: Vec<Picture>, journaled: bool) -> Result<Added> {
    let mut added = Added::default();
    if pictures.is_empty() {
        return Ok(added);
    }
    let write = app.database.write().await?;
    // Takes the account's lock: what is seen from here on stays so.
    let before = take_revisions(&write, owner.user_id, 0).await?;
    let position = journal::position(&*write, owner.user_id).await?;
    let rows: Vec<&image::Model> = pictures.iter().map(|picture| &picture.row).collect();
    let known = Known::of(&write, owner.user_id, &rows).await?;
    let mut bytes = known.bytes;
    let mut new = Vec::with_capacity(pictures.len());
    for picture in pictures {
        let row = &picture.row;
        if known.ids.contains(&row.id) {
            added.already += 1;
            added.here.push(picture);
        } else if known.keys.contains(&row.object_key) {
            added.already += 1;
        } else if known.gone.contains(&row.id) || known.busy.contains(&row.object_key) {
            added.left_alone += 1;
        } else if !bytes.insert(row.sha256.clone()) {
            added.taken.push(picture);
        } else {
            new.push(picture);
        }
    }
    if new.is_empty() {
        return Ok(added);
    }
    added.new = new.len() as u64;
    added.not_proven = new.iter().filter(|picture| !picture.row.proof().is_proof()).count() as u64;
    let last = take_revisions(&write, owner.user_id, added.new as i64).await?;
    quota::count(
        &write,
        owner.user_id,
        new.iter().map(|picture| quota::of_picture(&picture.row)).sum(),
        added.new as i64,
    )
    .await?;
    let (mut tags, mut albums, mut rows) = (Vec::new(), Vec::new(), Vec::with_capacity(new.len()));
    let mut clock = latest_clock(&*write, owner.user_id).await?;
    for (picture, revision) in new.into_iter().zip(before + 1..=last) {
        clock = clock.seen(Stamps::read(&picture.row.stamps)?.latest());
        rows.push(image::Model { revision, ..picture.row }.into_active_model());
        tags.extend(picture.tags);
        albums.extend(picture.albums);
    }
    note_clock(&write, owner.user_id, clock).await?;
    image::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(image::Column::Id).do_nothing().to_owned())
        .exec_without_returning(&*write)
        .await?;
    write_tags(&write, tags).await?;
    write_in_albums(&write, albums).await?;
    if journaled && owner.same && position.written_to == before {
        journal::advance_within(&write, &position, last, false).await?;
    }
    write.commit().await?;
    app.news.publish(owner.user_id);
    Ok(added)
}

/// What the database says of some pictures.
struct Known {
    ids: HashSet<Uuid>,
    keys: HashSet<String>,
    bytes: HashSet<String>,
    gone: HashSet<Uuid>,
    busy: HashSet<String>,
}

impl Known {
    async fn of(write: &Write, user_id: Uuid, rows: &[&image::Model]) -> Result<Self> {
        let ids = || rows.iter().map(|row| row.id);
        let keys = || rows.iter().map(|row| row.object_key.clone());
        let there = image::Entity::find()
            .select_only()
            .columns([image::Column::Id, image::Column::ObjectKey])
            .filter(image::Column::Id.is_in(ids()))
            .into_tuple::<(Uuid, String)>()
            .all(&**write)
            .await?;
        let by_key = image::Entity::find()
            .select_only()
            .column(image::Column::ObjectKey)
            .filter(image::Column::ObjectKey.is_in(keys()))
            .into_tuple::<String>()
            .all(&**write)
            .await?;
        let bytes = image::Entity::find()
            .select_only()
            .column(image::Column::Sha256)
            .filter(image::Column::UserId.eq(user_id))
            .filter(image::Column::Sha256.is_in(rows.iter().map(|row| row.sha256.clone())))
            .into_tuple::<String>()
            .all(&**write)
            .await?;
        let gone = tombstone::Entity::find()
            .select_only()
            .column(tombstone::Column::ImageId)
            .filter(tombstone::Column::ImageId.is_in(ids()))
            .into_tuple::<Uuid>()
            .all(&**write)
            .await?;
        // An upload that is open may still be closed, which removes its object; and what arrived for one that was closed is
        // what its person, or the service, didn't want.
        let open = upload::Entity::find()
            .select_only()
            .column(upload::Column::ObjectKey)
            .filter(upload::Column::Id.is_in(ids()))
            .filter(upload::Column::State.ne(upload::State::Verified))
            .into_tuple::<String>()
            .all(&**write)
            .await?;
        let to_go = queued_deletion::Entity::find()
            .select_only()
            .column(queued_deletion::Column::ObjectKey)
            .filter(queued_deletion::Column::ObjectKey.is_in(keys()))
            .into_tuple::<String>()
            .all(&**write)
            .await?;
        // Nor is anything wanted that came after its upload had ended.
        let held = held_key::Entity::find()
            .select_only()
            .column(held_key::Column::ObjectKey)
            .filter(held_key::Column::ObjectKey.is_in(keys()))
            .into_tuple::<String>()
            .all(&**write)
            .await?;
        Ok(Self {
            ids: there.iter().map(|(id, _)| *id).collect(),
            keys: by_key.into_iter().collect(),
            bytes: bytes.into_iter().collect(),
            gone: gone.into_iter().collect(),
            busy: open.into_iter().chain(to_go).chain(held).collect(),
        })
    }
}
