//! The change feed: what happened after a revision.

use account_api::{Change, ChangesPage, Operation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::error::Result;
use crate::images::{page_size, wire_image};
use crate::service::Service;
use crate::storage::entity::{image, tombstone, user};
use crate::trash_rule;

/// A page of changes without a given size.
const PAGE: u32 = 500;

/// A changed picture as it stands in the database.
pub enum Changed {
    /// It is there, in the trash or not.
    Image(Box<image::Model>),
    /// It is gone for good.
    Removed(tombstone::Model),
}

impl Changed {
    /// The account's revision of the change.
    pub fn revision(&self) -> i64 {
        match self {
            Self::Image(row) => row.revision,
            Self::Removed(row) => row.revision,
        }
    }

    /// As it stands on the wire.
    pub fn into_wire(self) -> Change {
        match self {
            Self::Image(row) => Change {
                revision: row.revision,
                image_id: row.id.to_string(),
                operation: Operation::Upsert { image: Box::new(wire_image(*row)) },
            },
            Self::Removed(row) => {
                Change { revision: row.revision, image_id: row.image_id.to_string(), operation: Operation::Remove }
            }
        }
    }
}

/// What happened after a revision, oldest first.
pub struct Page {
    /// Each picture once.
    pub changes: Vec<Changed>,
    /// The revision up to which this is everything.
    pub next: i64,
    /// Whether there are more right now.
    pub more: bool,
}

/// What happened after a revision, as a device gets it.
///
/// # Errors
/// When the page's size is not as documented, or the database can't be reached.
pub async fn after(app: &Service, user_id: Uuid, after: i64, limit: Option<u32>) -> Result<ChangesPage> {
    let page = page(app, user_id, after, page_size(limit, PAGE)?).await?;
    let changes = page.changes.into_iter().map(Changed::into_wire).collect();
    let trash = Some(trash_rule::current(app.database.read()).await?.into_wire());
    Ok(ChangesPage { changes, albums: Vec::new(), links: Vec::new(), next: page.next, more: page.more, trash })
}

/// What happened after a revision. Reads up to the revision that the account has at the beginning: what comes later has
/// a later revision, so nothing is missed between the two reads.
///
/// # Errors
/// When the database can't be reached.
pub async fn page(app: &Service, user_id: Uuid, after: i64, limit: u32) -> Result<Page> {
    let newest = newest_revision(app, user_id).await?;
    let images = image::Entity::find()
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Revision.gt(after))
        .filter(image::Column::Revision.lte(newest))
        .order_by_asc(image::Column::Revision)
        .limit(u64::from(limit) + 1)
        .all(app.database.read())
        .await?;
    let tombstones = tombstone::Entity::find()
        .filter(tombstone::Column::UserId.eq(user_id))
        .filter(tombstone::Column::Revision.gt(after))
        .filter(tombstone::Column::Revision.lte(newest))
        .order_by_asc(tombstone::Column::Revision)
        .limit(u64::from(limit) + 1)
        .all(app.database.read())
        .await?;
    let there = images.into_iter().map(|row| Changed::Image(Box::new(row)));
    let mut changes: Vec<Changed> = there.chain(tombstones.into_iter().map(Changed::Removed)).collect();
    changes.sort_by_key(Changed::revision);
    let more = changes.len() > limit as usize;
    changes.truncate(limit as usize);
    let next = if more { changes.last().map_or(newest, Changed::revision) } else { newest.max(after) };
    Ok(Page { changes, next, more })
}

/// The account's newest revision; 0 before the first change.
///
/// # Errors
/// When the database can't be reached.
pub async fn newest_revision(app: &Service, user_id: Uuid) -> Result<i64> {
    let revision: Option<i64> = user::Entity::find_by_id(user_id)
        .select_only()
        .column(user::Column::Revision)
        .into_tuple()
        .one(app.database.read())
        .await?;
    Ok(revision.unwrap_or_default())
}
