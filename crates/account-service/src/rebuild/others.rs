//! Albums and links, as the journal says.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::failure::RebuildError;
use super::owner::Owner;
use super::report::Report;
use super::scratch::Scratch;
use crate::edits::learn;
use crate::error::Result;
use crate::journal::{self, link_row};
use crate::service::Service;
use crate::stamps::Stamps;
use crate::storage::entity::{album, image, link};
use crate::storage::{Write, latest_clock, note_clock, take_revisions};

/// How many are added at a time.
const BATCH: u32 = 500;

/// Adds the albums, and the links of pictures that are there. Those that are here already stay as they are, but for what was said
/// of an album later.
pub async fn restore(app: &Service, owner: &Owner, scratch: &Scratch, report: &mut Report) -> Result<(), RebuildError> {
    let mut after = String::new();
    loop {
        let page = scratch.albums(&after, BATCH).await?;
        let Some(last) = page.last() else { break };
        after = last.album_id.to_string();
        let rows: Result<Vec<album::Model>> = page.into_iter().map(|entry| entry.into_row(owner.user_id)).collect();
        add_albums(app, owner, rows?, report).await?;
    }
    let mut after = String::new();
    loop {
        let page = scratch.links(&after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.token);
        let rows: Result<Vec<Option<link::Model>>> =
            page.into_iter().map(|entry| link_row(entry, owner.user_id)).collect();
        report.links += add_links(app, owner, rows?.into_iter().flatten().collect()).await?;
    }
}

async fn add_albums(app: &Service, owner: &Owner, rows: Vec<album::Model>, report: &mut Report) -> Result<()> {
    let adding = Adding::begin(app, owner).await?;
    let here: Vec<Uuid> = album::Entity::find()
        .select_only()
        .column(album::Column::Id)
        .filter(album::Column::UserId.eq(owner.user_id))
        .filter(album::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .into_tuple()
        .all(&*adding.write)
        .await?;
    let here: HashSet<Uuid> = here.into_iter().collect();
    let (known, new): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| here.contains(&row.id));
    let new = new.into_iter().zip(adding.before + 1..);
    let new: Vec<album::Model> = new.map(|(row, revision)| album::Model { revision, ..row }).collect();
    if new.is_empty() {
        drop(adding);
        report.learned += learn(app, owner.user_id, &[], &known).await?;
        return Ok(());
    }
    let mut clock = latest_clock(&*adding.write, owner.user_id).await?;
    for row in &new {
        clock = clock.seen(Stamps::read(&row.stamps)?.latest());
    }
    note_clock(&adding.write, owner.user_id, clock).await?;
    let count = new.len();
    let rows = new.into_iter().map(IntoActiveModel::into_active_model);
    album::Entity::insert_many(rows).exec_without_returning(&*adding.write).await?;
    report.albums += adding.finish(app, owner, count).await?;
    report.learned += learn(app, owner.user_id, &[], &known).await?;
    Ok(())
}

async fn add_links(app: &Service, owner: &Owner, rows: Vec<link::Model>) -> Result<u64> {
    let adding = Adding::begin(app, owner).await?;
    let there: Vec<Uuid> = image::Entity::find()
        .select_only()
        .column(image::Column::Id)
        .filter(image::Column::UserId.eq(owner.user_id))
        .filter(image::Column::Id.is_in(rows.iter().map(|row| row.image_id)))
        .into_tuple()
        .all(&*adding.write)
        .await?;
    let there: HashSet<Uuid> = there.into_iter().collect();
    let (images, tokens) = (rows.iter().map(|row| row.image_id), rows.iter().map(|row| row.token.clone()));
    let here = link::Entity::find()
        .filter(link::Column::ImageId.is_in(images).or(link::Column::Token.is_in(tokens)))
        .all(&*adding.write)
        .await?;
    let mut taken: HashSet<Uuid> = here.iter().map(|row| row.image_id).collect();
    let tokens: HashSet<String> = here.into_iter().map(|row| row.token).collect();
    let new = rows
        .into_iter()
        .filter(|row| there.contains(&row.image_id) && !tokens.contains(&row.token) && taken.insert(row.image_id))
        .zip(adding.before + 1..);
    let new: Vec<_> = new.map(|(row, revision)| link::Model { revision, ..row }.into_active_model()).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let count = new.len();
    link::Entity::insert_many(new).exec_without_returning(&*adding.write).await?;
    adding.finish(app, owner, count).await
}

/// A transaction under the account's lock.
struct Adding {
    write: Write,
    before: i64,
}

impl Adding {
    async fn begin(app: &Service, owner: &Owner) -> Result<Self> {
        let write = app.database.write().await?;
        let before = take_revisions(&write, owner.user_id, 0).await?;
        Ok(Self { write, before })
    }

    /// So many were added, which the journal has as they are.
    async fn finish(self, app: &Service, owner: &Owner, count: usize) -> Result<u64> {
        let position = journal::position(&*self.write, owner.user_id).await?;
        let last = take_revisions(&self.write, owner.user_id, count as i64).await?;
        if owner.same && position.written_to == self.before {
            journal::advance_within(&self.write, &position, last, false).await?;
        }
        self.write.commit().await?;
        app.news.publish(owner.user_id);
        Ok(count as u64)
    }
}
