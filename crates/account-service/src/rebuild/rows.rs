//! Adding rows, a batch in a transaction.

use std::collections::HashSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::owner::Owner;
use crate::error::Result;
use crate::journal;
use crate::quota;
use crate::service::Service;
use crate::storage::entity::{doomed_object, held_key, image, tombstone, upload};
use crate::storage::{Write, take_revisions};

/// What became of a batch.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Rows that were added.
    pub new: u64,
    /// How many of them are of pictures that nothing is proven of.
    pub not_proven: u64,
    /// Pictures that are here already, by identifier or key.
    pub already: u64,
    /// Pictures whose bytes are here already as another picture, or that were removed for good or are on their way out.
    pub left_alone: u64,
}

/// Adds pictures, in this order, each as a change of the feed. `journaled` says that the journal has them as they are.
///
/// # Errors
/// When the database can't be reached; then none of them was added.
pub async fn add(app: &Service, owner: &Owner, rows: Vec<image::Model>, journaled: bool) -> Result<Added> {
    let mut added = Added::default();
    if rows.is_empty() {
        return Ok(added);
    }
    let write = app.database.write().await?;
    // Takes the account's lock: what is seen from here on stays so.
    let before = take_revisions(&write, owner.user_id, 0).await?;
    let position = journal::position(&*write, owner.user_id).await?;
    let known = Known::of(&write, owner.user_id, &rows).await?;
    let mut bytes = known.bytes;
    let mut new = Vec::with_capacity(rows.len());
    for row in rows {
        if known.ids.contains(&row.id) || known.keys.contains(&row.object_key) {
            added.already += 1;
        } else if known.gone.contains(&row.id)
            || known.busy.contains(&row.object_key)
            || !bytes.insert(row.sha256.clone())
        {
            added.left_alone += 1;
        } else {
            new.push(row);
        }
    }
    if new.is_empty() {
        return Ok(added);
    }
    added.new = new.len() as u64;
    added.not_proven = new.iter().filter(|row| !row.proof().is_proof()).count() as u64;
    let last = take_revisions(&write, owner.user_id, added.new as i64).await?;
    quota::count(&write, owner.user_id, new.iter().map(quota::of_picture).sum(), added.new as i64).await?;
    let rows = new
        .into_iter()
        .zip(before + 1..=last)
        .map(|(row, revision)| image::Model { revision, ..row }.into_active_model());
    image::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(image::Column::Id).do_nothing().to_owned())
        .exec_without_returning(&*write)
        .await?;
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
    async fn of(write: &Write, user_id: Uuid, rows: &[image::Model]) -> Result<Self> {
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
        let doomed = doomed_object::Entity::find()
            .select_only()
            .column(doomed_object::Column::ObjectKey)
            .filter(doomed_object::Column::ObjectKey.is_in(keys()))
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
            busy: open.into_iter().chain(doomed).chain(held).collect(),
        })
    }
}
