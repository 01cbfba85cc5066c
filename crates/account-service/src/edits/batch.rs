//! A batch of operations: what they are about is read, they are merged in memory, and what came of it is written, in one
//! transaction under the account's lock.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use account_api::{Clock, EditKind, EditStatus};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::answers::{self, Answer};
use super::picture::{Draft, Merged};
use super::read::Operation;
use super::{album, tombstones, write};
use crate::clock::{self, Millis};
use crate::error::Result;
use crate::service::Service;
use crate::storage::entity::{album as albums, image};
use crate::storage::{Write, latest_clock, note_clock, take_revisions};
use crate::trash_rule::{self, Rule};

/// A batch that is being worked on. Dropped without [`finish`](Self::finish), nothing of it remains.
pub struct Batch<'a> {
    app: &'a Service,
    pub(super) write: Write,
    pub(super) user_id: Uuid,
    /// When all of it happens.
    pub now: Millis,
    clock: Clock,
    pub(super) pictures: HashMap<Uuid, Draft>,
    pub(super) albums: HashMap<Uuid, album::Draft>,
    /// In the order in which they were first named, which is that of their revisions.
    order: Vec<Subject>,
}

/// What operations are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Picture(Uuid),
    Album(Uuid),
}

/// What became of an operation, before the revisions are known.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What became of it.
    pub status: EditStatus,
    /// Why it is invalid.
    pub message: Option<String>,
    subject: Option<Subject>,
}

/// What a batch has left behind.
pub struct Done {
    /// The pictures that it was about and that are still there.
    pub pictures: HashMap<Uuid, image::Model>,
    /// Whether objects are noted for removal, which is for the caller to begin.
    pub lets_go: bool,
    albums: HashMap<Uuid, i64>,
}

impl Done {
    /// At which revision the picture or album of an operation was last changed.
    pub fn revision(&self, outcome: &Outcome) -> Option<i64> {
        match outcome.subject? {
            Subject::Picture(id) => self.pictures.get(&id).map(|row| row.revision),
            Subject::Album(id) => self.albums.get(&id).copied(),
        }
    }
}

impl<'a> Batch<'a> {
    /// Begins a transaction, in which nobody else changes anything of this account.
    ///
    /// # Errors
    /// When the account is gone or the database can't be reached.
    pub async fn open(app: &'a Service, user_id: Uuid) -> Result<Self> {
        let write = app.database.write().await?;
        take_revisions(&write, user_id, 0).await?;
        let clock = latest_clock(&*write, user_id).await?;
        let (pictures, albums, order) = (HashMap::new(), HashMap::new(), Vec::new());
        Ok(Self { app, write, user_id, now: clock::now(), clock, pictures, albums, order })
    }

    /// What was answered before to those of these operations that are sent again.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn answered(&self, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, Answer>> {
        answers::known(&*self.write, self.user_id, ids).await
    }

    /// A picture that was read.
    pub fn picture(&self, id: Uuid) -> Option<&Draft> {
        self.pictures.get(&id)
    }

    /// How long the trash is kept.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn trash_rule(&self) -> Result<Rule> {
        trash_rule::current(&*self.write).await
    }

    /// A moment for something that the service does itself.
    pub fn tick(&mut self) -> Clock {
        self.clock = self.clock.tick(self.now);
        self.clock
    }

    /// Something was said of it, at this moment at the latest.
    pub(super) fn heard(&mut self, subject: Subject, latest: Clock) {
        self.clock = self.clock.seen(latest);
        self.order.push(subject);
    }

    /// Merges an operation.
    ///
    /// # Errors
    /// When a row was written by another version in another form.
    pub fn merge(&mut self, operation: &Operation) -> Result<Outcome> {
        self.clock = self.clock.seen(operation.stamp.clock);
        match operation.image_id() {
            Some(id) => self.merge_picture(id, operation),
            None => self.merge_album(operation),
        }
    }

    fn merge_picture(&mut self, id: Uuid, operation: &Operation) -> Result<Outcome> {
        let subject = Subject::Picture(id);
        let Some(picture) = self.pictures.get_mut(&id).filter(|picture| !picture.is_gone) else {
            return Ok(Outcome::of(EditStatus::Gone, None));
        };
        // What is said of an album that is gone counts when that is made again.
        let is_in_vain = match operation.album_id().map(|album_id| self.albums.get(&album_id)) {
            Some(None) => return Ok(Outcome::of(EditStatus::Gone, Some(subject))),
            Some(Some(album)) => album.is_removed(),
            None => false,
        };
        let merged = picture.merge(operation, self.now)?;
        self.order.push(subject);
        Ok(match merged {
            Merged::Holds | Merged::Superseded if is_in_vain => Outcome::of(EditStatus::Gone, Some(subject)),
            merged => Outcome::merged(merged, subject),
        })
    }

    fn merge_album(&mut self, operation: &Operation) -> Result<Outcome> {
        let id = operation.album_id().unwrap_or_default();
        let subject = Subject::Album(id);
        let album = match (self.albums.get_mut(&id), &operation.kind) {
            (Some(album), _) => album,
            (None, EditKind::CreateAlbum { .. }) => {
                let new = album::Draft::new(self.user_id, id, operation, self.now);
                self.albums.entry(id).or_insert(new)
            }
            (None, _) => return Ok(Outcome::of(EditStatus::Gone, None)),
        };
        let merged = album.merge(operation, self.now)?;
        self.order.push(subject);
        if album.is_removed() && matches!(operation.kind, EditKind::SetAlbum { .. }) {
            return Ok(Outcome::of(EditStatus::Gone, None));
        }
        Ok(Outcome::merged(merged, subject))
    }

    /// Writes what came of it, and what is to be answered. Tells whoever follows the account.
    ///
    /// # Errors
    /// When the database can't be reached; then nothing was changed.
    pub async fn finish(mut self, answers: &[(Uuid, Outcome)]) -> Result<Done> {
        let mut met = HashSet::new();
        self.order.retain(|subject| met.insert(*subject));
        let gone: Vec<Uuid> = self.pictures.values().filter(|one| one.is_gone).map(|one| one.before.id).collect();
        self.uncover(&gone).await?;
        let changed = self.settle()?;
        let last = take_revisions(&self.write, self.user_id, changed.len() as i64).await?;
        let revisions = last - changed.len() as i64 + 1..=last;
        let mut removed = Vec::new();
        for (subject, revision) in changed.iter().zip(revisions) {
            match subject {
                Subject::Picture(id) => {
                    let Some(picture) = self.pictures.get_mut(id) else { continue };
                    if picture.is_gone {
                        removed.push((picture.before.clone(), revision));
                    } else {
                        picture.row.revision = revision;
                    }
                }
                Subject::Album(id) => {
                    if let Some(album) = self.albums.get_mut(id) {
                        album.row.revision = revision;
                    }
                }
            }
        }
        write::pictures(&self.write, self.pictures.values()).await?;
        write::albums(&self.write, self.albums.values(), &changed_albums(&changed)).await?;
        tombstones::remove_rows(&self.write, self.user_id, &removed, self.now).await?;
        for album in self.albums.values().filter(|album| album.is_back()) {
            write::back_in(&self.write, self.user_id, album.row.id, self.now).await?;
        }
        let lets_go = !removed.is_empty();
        let mut done = Done { pictures: HashMap::new(), albums: HashMap::new(), lets_go };
        let albums = self.albums.values().filter(|album| !album.is_removed());
        done.albums.extend(albums.map(|album| (album.row.id, album.row.revision)));
        let pictures = self.pictures.into_iter().filter(|(_, picture)| !picture.is_gone);
        done.pictures.extend(pictures.map(|(id, picture)| (id, picture.row)));
        let kept = answers.iter().filter(|(_, outcome)| outcome.status != EditStatus::Invalid);
        let kept: Vec<_> = kept.map(|(id, outcome)| (*id, (outcome.status, done.revision(outcome)))).collect();
        answers::keep(&self.write, self.user_id, &kept, self.now).await?;
        note_clock(&self.write, self.user_id, self.clock).await?;
        self.write.commit().await?;
        if !changed.is_empty() {
            self.app.news.publish(self.user_id);
        }
        Ok(done)
    }

    /// Albums whose cover is one of these pictures have none any more.
    async fn uncover(&mut self, gone: &[Uuid]) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let rows = albums::Entity::find()
            .filter(albums::Column::UserId.eq(self.user_id))
            .filter(albums::Column::Cover.is_in(gone.iter().copied()))
            .all(&*self.write)
            .await?;
        for row in rows {
            // One that operations are about has been read, and may be another by now.
            if let Entry::Vacant(unread) = self.albums.entry(row.id) {
                unread.insert(album::Draft::of(row)?);
            }
        }
        for (id, album) in &mut self.albums {
            if album.row.cover.is_some_and(|cover| gone.contains(&cover)) {
                album.row.cover = None;
                self.order.push(Subject::Album(*id));
            }
        }
        let mut met = HashSet::new();
        self.order.retain(|subject| met.insert(*subject));
        Ok(())
    }

    /// What has changed, in its order.
    fn settle(&mut self) -> Result<Vec<Subject>> {
        let mut changed = Vec::with_capacity(self.order.len());
        for subject in &self.order {
            let differs = match subject {
                Subject::Picture(id) => match self.pictures.get_mut(id) {
                    Some(picture) if picture.is_gone => true,
                    Some(picture) => picture.settle(self.now)?,
                    None => false,
                },
                Subject::Album(id) => match self.albums.get_mut(id) {
                    Some(album) => album.settle(self.now)?,
                    None => false,
                },
            };
            if differs {
                changed.push(*subject);
            }
        }
        Ok(changed)
    }
}

fn changed_albums(changed: &[Subject]) -> HashSet<Uuid> {
    let albums = changed.iter().filter_map(|subject| match subject {
        Subject::Album(id) => Some(*id),
        Subject::Picture(_) => None,
    });
    albums.collect()
}

impl Outcome {
    fn of(status: EditStatus, subject: Option<Subject>) -> Self {
        Self { status, message: None, subject }
    }

    fn merged(merged: Merged, subject: Subject) -> Self {
        match merged {
            Merged::Holds => Self::of(EditStatus::Applied, Some(subject)),
            Merged::Superseded => Self::of(EditStatus::Superseded, Some(subject)),
            Merged::Refused(message) => {
                Self { status: EditStatus::Invalid, message: Some(message), subject: Some(subject) }
            }
        }
    }
}
