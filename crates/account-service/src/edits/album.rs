//! An album that operations are about: what is there, and what it becomes.

use account_api::EditKind;
use uuid::Uuid;

use super::picture::Merged;
use super::read::Operation;
use crate::clock::Millis;
use crate::error::{Error, Result};
use crate::stamps::Stamps;
use crate::storage::entity::album;

/// The field of an album's stamps that says when it was last made or removed.
const MADE: &str = "made";

/// An album while operations are merged into it.
pub struct Draft {
    /// As it was; none when it is new.
    pub before: Option<album::Model>,
    /// As it is to be, but for its stamps.
    pub row: album::Model,
    stamps: Stamps,
}

impl Draft {
    /// As it is now.
    ///
    /// # Errors
    /// When the row was written by another version in another form.
    pub fn of(row: album::Model) -> Result<Self> {
        Ok(Self { stamps: Stamps::read(&row.stamps)?, before: Some(row.clone()), row })
    }

    /// One that nobody has heard of, made by this operation.
    pub fn new(user_id: Uuid, id: Uuid, operation: &Operation, now: Millis) -> Self {
        let row = album::Model {
            user_id,
            id,
            name: String::new(),
            cover: None,
            sorted: "by_hand".to_owned(),
            parent: None,
            created_at: operation.stamp.clock.millis().min(now),
            updated_at: now,
            removed_at: None,
            revision: 0,
            stamps: String::new(),
        };
        Self { before: None, row, stamps: Stamps::default() }
    }

    /// Whether it is gone.
    pub fn is_removed(&self) -> bool {
        self.row.removed_at.is_some()
    }

    /// Whether it had been gone, and is there again: so is what was in it.
    pub fn is_back(&self) -> bool {
        !self.is_removed() && self.before.as_ref().is_some_and(|before| before.removed_at.is_some())
    }

    /// Merges an operation that is about it alone.
    ///
    /// # Errors
    /// None that is known: what it says can be written.
    pub fn merge(&mut self, operation: &Operation, now: Millis) -> Result<Merged> {
        let (stamp, row, stamps) = (operation.stamp, &mut self.row, &mut self.stamps);
        let mut holds = false;
        match &operation.kind {
            EditKind::CreateAlbum { name, .. } => {
                if stamps.take(MADE, stamp) {
                    (row.removed_at, holds) = (None, true);
                }
                if stamps.take("name", stamp) {
                    row.name.clone_from(name);
                    holds = true;
                }
                // It was removed later than this.
                holds &= row.removed_at.is_none();
            }
            EditKind::SetAlbum { name, cover, order, parent, .. } => {
                if let Some(name) = name.as_ref().filter(|_| stamps.take("name", stamp)) {
                    row.name.clone_from(name);
                    holds = true;
                }
                if let Some(cover) = cover.as_ref().filter(|_| stamps.take("cover", stamp)) {
                    row.cover = Uuid::try_parse(cover).ok();
                    holds = true;
                }
                if let Some(order) = order.filter(|_| stamps.take("order", stamp)) {
                    row.sorted = order_text(order)?;
                    holds = true;
                }
                if let Some(parent) = parent.as_ref().filter(|_| stamps.take("parent", stamp)) {
                    row.parent = Uuid::try_parse(parent).ok();
                    holds = true;
                }
            }
            EditKind::RemoveAlbum { .. } if stamps.take(MADE, stamp) => {
                row.removed_at = row.removed_at.or(Some(now));
                holds = true;
            }
            _ => {}
        }
        Ok(holds.into())
    }

    /// Takes what another record of it says later than this one. True when that was anything.
    ///
    /// # Errors
    /// When a row was written by another version in another form.
    pub fn learn(&mut self, theirs: &album::Model) -> Result<bool> {
        let mut learned = false;
        for (field, stamp) in Stamps::read(&theirs.stamps)?.iter() {
            if self.stamps.of(field).is_some_and(|known| known >= stamp) {
                continue;
            }
            let row = &mut self.row;
            match field {
                MADE => row.removed_at = theirs.removed_at,
                "name" => row.name.clone_from(&theirs.name),
                "cover" => row.cover = theirs.cover,
                "order" => row.sorted.clone_from(&theirs.sorted),
                "parent" => row.parent = theirs.parent,
                _ => continue,
            }
            learned |= self.stamps.take(field, stamp);
        }
        Ok(learned)
    }

    /// Brings the stamps into the row, at this time. True when anything has changed.
    pub fn settle(&mut self, now: Millis) -> Result<bool> {
        self.row.stamps = self.stamps.text()?;
        let changed = self.before.as_ref() != Some(&self.row);
        if changed {
            self.row.updated_at = now;
        }
        Ok(changed)
    }
}

/// As it stands in a row: as in JSON.
fn order_text(order: account_api::AlbumOrder) -> Result<String> {
    match serde_json::to_value(order).map_err(Error::internal)? {
        serde_json::Value::String(text) => Ok(text),
        other => Err(Error::internal(format!("an order is no {other}"))),
    }
}
