//! A picture that operations are about: what is there, and what it becomes.

use std::collections::{HashMap, HashSet};

use account_api::{Author, EditKind, MAX_TAGS, Marks, Reading};
use uuid::Uuid;

use super::read::Operation;
use crate::clock::Millis;
use crate::error::{Error, Result};
use crate::images::Picture;
use crate::legacy::PAIRS;
use crate::stamps::{Stamp, Stamps};
use crate::storage::entity::{album_image, image, tag};

/// The field of a picture's stamps that says when it was last moved to the trash or out of it.
pub const TRASH: &str = "trash";

/// The most tags that were ever said of a picture, those that were taken away included.
const MOST_PAIRS: usize = 10 * MAX_TAGS;

/// What becomes of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// It holds.
    Holds,
    /// Something later holds, or a person's word.
    Superseded,
    /// It can't be.
    Refused(String),
}

impl From<bool> for Merged {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Superseded }
    }
}

/// A picture while operations are merged into it.
pub struct Draft {
    /// As it was.
    pub before: image::Model,
    /// As it is to be, but for its stamps.
    pub row: image::Model,
    /// Whether it goes for good.
    pub is_gone: bool,
    marks: Marks,
    stamps: Stamps,
    tags: HashMap<String, (tag::Model, Stamp)>,
    albums: HashMap<Uuid, (album_image::Model, Stamp)>,
    changed_tags: HashSet<String>,
    changed_albums: HashSet<Uuid>,
}

impl Draft {
    /// As it is now, with those of its tags and albums that the operations are about.
    ///
    /// # Errors
    /// When the row was written by another version in another form.
    pub fn of(row: image::Model) -> Result<Self> {
        Ok(Self {
            marks: row.marks()?,
            stamps: Stamps::read(&row.stamps)?,
            before: row.clone(),
            row,
            is_gone: false,
            tags: HashMap::new(),
            albums: HashMap::new(),
            changed_tags: HashSet::new(),
            changed_albums: HashSet::new(),
        })
    }

    /// One of its tags.
    pub fn know_tag(&mut self, row: tag::Model) -> Result<()> {
        let stamp = row.stamp.parse()?;
        self.tags.insert(row.key.clone(), (row, stamp));
        Ok(())
    }

    /// One of its albums.
    pub fn know_album(&mut self, row: album_image::Model) -> Result<()> {
        let stamp = row.stamp.parse()?;
        self.albums.insert(row.album_id, (row, stamp));
        Ok(())
    }

    /// Whether it has tags or albums, or had.
    pub fn has_pairs(&self) -> bool {
        self.stamps.of(PAIRS).is_some()
    }

    /// The tags that it has, in the order in which they are shown.
    pub fn tags(&self) -> Vec<&tag::Model> {
        let mut tags: Vec<&tag::Model> = self.tags.values().map(|(row, _)| row).filter(|row| row.present).collect();
        tags.sort_by_key(|row| (&row.stamp, &row.key));
        tags
    }

    /// What a model said of it.
    pub fn reading(&self) -> Result<Option<Reading>> {
        self.row.reading.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)
    }

    /// Merges an operation that is about it. Marks come and go with [`Marks`].
    pub fn merge(&mut self, operation: &Operation, now: Millis) -> Result<Merged> {
        let stamp = operation.stamp;
        if let Some(mark) = operation.kind.mark() {
            let holds = self.stamps.take(mark, stamp);
            if holds {
                self.marks.set(&operation.kind);
                self.row.marks = image::marks_text(&self.marks)?;
            }
            return Ok(holds.into());
        }
        Ok(match &operation.kind {
            EditKind::SetName { name, .. } => self.set("name", stamp, |row| row.name.clone_from(name)),
            EditKind::SetTakenAt { taken_at, .. } => {
                self.set("taken_at", stamp, |row| row.taken_at_corrected.clone_from(taken_at))
            }
            EditKind::SetDescription { description, .. } => {
                self.set("description", stamp, |row| row.own_description = some(description))
            }
            EditKind::SetAltText { alt_text, .. } => {
                self.set("alt_text", stamp, |row| row.own_alt_text = some(alt_text))
            }
            EditKind::SetReading { reading, .. } => {
                let reading = kept(reading, stamp)?;
                self.set("reading", stamp, |row| row.reading = reading)
            }
            EditKind::Trash { .. } => self.set(TRASH, stamp, |row| row.deleted_at = row.deleted_at.or(Some(now))),
            EditKind::Restore { .. } => self.set(TRASH, stamp, |row| row.deleted_at = None),
            EditKind::Remove { .. } => {
                self.is_gone = true;
                Merged::Holds
            }
            EditKind::AddTag { tag, by, .. } => self.tag(tag, *by, true, stamp),
            EditKind::RemoveTag { tag, by, .. } => self.tag(tag, *by, false, stamp),
            EditKind::AddToAlbum { place, .. } => self.album(operation, Some(place)),
            EditKind::RemoveFromAlbum { .. } => self.album(operation, None),
            // What is about an album alone, and marks, which were merged above.
            _ => Merged::Superseded,
        })
    }

    /// Takes what another record of it says later than this one. True when that was anything.
    ///
    /// # Errors
    /// When a row was written by another version in another form.
    pub fn learn(&mut self, said: &Picture) -> Result<bool> {
        let (theirs, marks, mut learned) = (&said.row, said.row.marks()?, false);
        for (field, stamp) in Stamps::read(&theirs.stamps)?.iter() {
            // Of tags and albums each has a stamp of its own.
            if field == PAIRS || self.stamps.of(field).is_some_and(|known| known >= stamp) {
                continue;
            }
            let row = &mut self.row;
            match field {
                "name" => row.name.clone_from(&theirs.name),
                "taken_at" => row.taken_at_corrected.clone_from(&theirs.taken_at_corrected),
                "description" => row.own_description.clone_from(&theirs.own_description),
                "alt_text" => row.own_alt_text.clone_from(&theirs.own_alt_text),
                "reading" => row.reading.clone_from(&theirs.reading),
                TRASH => row.deleted_at = theirs.deleted_at,
                mark if self.marks.copy(mark, &marks) => row.marks = image::marks_text(&self.marks)?,
                _ => continue,
            }
            learned |= self.stamps.take(field, stamp);
        }
        for row in &said.tags {
            let stamp = row.stamp.parse()?;
            let known = self.tags.get(&row.key).map(|(known, at)| (known.author == PERSON, *at));
            if known.is_none_or(|known| known < (row.author == PERSON, stamp)) {
                self.tags.insert(row.key.clone(), (row.clone(), stamp));
                self.changed_tags.insert(row.key.clone());
                self.pair_changed(stamp);
                learned = true;
            }
        }
        for row in &said.albums {
            let stamp = row.stamp.parse()?;
            if self.albums.get(&row.album_id).is_none_or(|(_, known)| *known < stamp) {
                self.albums.insert(row.album_id, (row.clone(), stamp));
                self.changed_albums.insert(row.album_id);
                self.pair_changed(stamp);
                learned = true;
            }
        }
        Ok(learned)
    }

    fn set(&mut self, field: &str, stamp: Stamp, change: impl FnOnce(&mut image::Model)) -> Merged {
        let holds = self.stamps.take(field, stamp);
        if holds {
            change(&mut self.row);
        }
        holds.into()
    }

    fn tag(&mut self, tag: &str, by: Author, present: bool, stamp: Stamp) -> Merged {
        let key = names::key(tag);
        let known = self.tags.get(&key);
        // A person's word is more than any model's, whenever that was said.
        if known.is_some_and(|(row, known)| (row.author == PERSON, *known) > (by == Author::Person, stamp)) {
            return Merged::Superseded;
        }
        let is_new = known.is_none_or(|(row, _)| !row.present) && present;
        if by == Author::Model && is_new && self.tags.values().filter(|(row, _)| row.present).count() >= MAX_TAGS {
            return Merged::Refused(format!("tag: a picture with {MAX_TAGS} tags gets no more by a model."));
        }
        if known.is_none() && self.tags.len() >= MOST_PAIRS {
            return Merged::Refused(format!("tag: of a picture {MOST_PAIRS} tags are kept at most."));
        }
        let written = if present { tag.to_owned() } else { known.map_or(tag.to_owned(), |(row, _)| row.tag.clone()) };
        let author = if by == Author::Person { PERSON } else { MODEL };
        let row = tag::Model {
            image_id: self.row.id,
            key: key.clone(),
            tag: written,
            author: author.to_owned(),
            present,
            stamp: stamp.to_string(),
        };
        self.tags.insert(key.clone(), (row, stamp));
        self.changed_tags.insert(key);
        self.pair_changed(stamp);
        Merged::Holds
    }

    fn album(&mut self, operation: &Operation, place: Option<&String>) -> Merged {
        let (Some(album_id), stamp) = (operation.album_id(), operation.stamp) else { return Merged::Superseded };
        let known = self.albums.get(&album_id);
        if known.is_some_and(|(_, known)| *known > stamp) {
            return Merged::Superseded;
        }
        let row = album_image::Model {
            image_id: self.row.id,
            album_id,
            place: place.or(known.map(|(row, _)| &row.place)).cloned().unwrap_or_default(),
            present: place.is_some(),
            stamp: stamp.to_string(),
        };
        self.albums.insert(album_id, (row, stamp));
        self.changed_albums.insert(album_id);
        self.pair_changed(stamp);
        Merged::Holds
    }

    /// That is all that is asked of this field's stamp: that it is there, and changes.
    fn pair_changed(&mut self, stamp: Stamp) {
        let known = self.stamps.of(PAIRS).unwrap_or_default();
        self.stamps.take(PAIRS, known.max(stamp));
    }

    /// Brings the stamps into the row, at this time. True when anything has changed.
    pub fn settle(&mut self, now: Millis) -> Result<bool> {
        self.row.stamps = self.stamps.text()?;
        let changed = self.row != self.before || !self.changed_tags.is_empty() || !self.changed_albums.is_empty();
        if changed {
            self.row.updated_at = now;
        }
        Ok(changed)
    }

    /// The tags that have changed.
    pub fn changed_tags(&self) -> impl Iterator<Item = &tag::Model> {
        self.changed_tags.iter().filter_map(|key| self.tags.get(key)).map(|(row, _)| row)
    }

    /// The albums that have changed.
    pub fn changed_albums(&self) -> impl Iterator<Item = &album_image::Model> {
        self.changed_albums.iter().filter_map(|id| self.albums.get(id)).map(|(row, _)| row)
    }
}

/// [`Author::Person`] as it stands in a row.
pub const PERSON: &str = account_api::PERSON;
/// [`Author::Model`] as it stands in a row.
pub const MODEL: &str = "model";

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// What a model said, as it is kept; none when that is nothing.
fn kept(reading: &Reading, stamp: Stamp) -> Result<Option<String>> {
    let Reading { description, alt_text, text_in_image, model, .. } = reading;
    if [description, alt_text, text_in_image, model].into_iter().all(String::is_empty) {
        return Ok(None);
    }
    let mut reading = reading.clone();
    if reading.read_at.is_empty() {
        reading.read_at = crate::clock::wire(stamp.clock.millis());
    }
    serde_json::to_string(&reading).map(Some).map_err(Error::internal)
}
