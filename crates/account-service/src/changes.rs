//! The change feed, and the news that there is something in it.

use account_api::{Change, ChangesPage, Operation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::error::Result;
use crate::images::{page_size, wire_image};
use crate::service::Service;
use crate::storage::entity::{image, tombstone, user};

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
    Ok(ChangesPage { changes, next: page.next, more: page.more })
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

/// Tells the streams of this process that an account has changed. What other processes change, a stream sees because it
/// looks from time to time.
#[derive(Clone)]
pub struct News(broadcast::Sender<Uuid>);

impl Default for News {
    fn default() -> Self {
        // Whoever lags behind is told so and looks for themselves: a small buffer is enough.
        Self(broadcast::Sender::new(1024))
    }
}

impl News {
    /// This account has changed; call it after the commit.
    pub fn publish(&self, user_id: Uuid) {
        // An error only means that nobody listens.
        let _ = self.0.send(user_id);
    }

    /// From now on.
    pub fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }
}

/// Hears of changes.
pub struct Subscription(broadcast::Receiver<Uuid>);

impl Subscription {
    /// Waits until some account has changed, and says which; none when changes may have been missed.
    pub async fn any(&mut self) -> Option<Uuid> {
        match self.0.recv().await {
            Ok(changed) => Some(changed),
            Err(broadcast::error::RecvError::Lagged(_)) => None,
            // The service is ending; whoever waits here hears of that elsewhere.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// Waits until this account has changed, or may have.
    pub async fn changed(&mut self, user_id: Uuid) {
        loop {
            if self.any().await.is_none_or(|changed| changed == user_id) {
                return;
            }
        }
    }
}
