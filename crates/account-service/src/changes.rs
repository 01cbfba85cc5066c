//! The change feed, and the news that there is something in it.

use account_api::{Change, ChangesPage, MAX_PAGE, Operation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::error::Result;
use crate::images::wire_image;
use crate::service::Service;
use crate::storage::entity::{image, tombstone, user};

/// A page of changes without a given size.
const PAGE: u32 = 500;

/// What happened after a revision. Reads up to the revision that the account has at the beginning: what comes later has
/// a later revision, so nothing is missed between the two reads.
///
/// # Errors
/// When the database can't be reached.
pub async fn after(app: &Service, user_id: Uuid, after: i64, limit: Option<u32>) -> Result<ChangesPage> {
    let limit = limit.unwrap_or(PAGE).clamp(1, MAX_PAGE) as usize;
    let newest = newest_revision(app, user_id).await?;
    let images = image::Entity::find()
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Revision.gt(after))
        .filter(image::Column::Revision.lte(newest))
        .order_by_asc(image::Column::Revision)
        .limit(limit as u64 + 1)
        .all(app.database.read())
        .await?;
    let tombstones = tombstone::Entity::find()
        .filter(tombstone::Column::UserId.eq(user_id))
        .filter(tombstone::Column::Revision.gt(after))
        .filter(tombstone::Column::Revision.lte(newest))
        .order_by_asc(tombstone::Column::Revision)
        .limit(limit as u64 + 1)
        .all(app.database.read())
        .await?;

    let upserts = images.into_iter().map(|row| Change {
        revision: row.revision,
        image_id: row.id.to_string(),
        operation: Operation::Upsert { image: Box::new(wire_image(row)) },
    });
    let removals = tombstones.into_iter().map(|row| Change {
        revision: row.revision,
        image_id: row.image_id.to_string(),
        operation: Operation::Remove,
    });
    let mut changes: Vec<Change> = upserts.chain(removals).collect();
    changes.sort_by_key(|change| change.revision);
    let more = changes.len() > limit;
    changes.truncate(limit);
    let next = if more { changes.last().map_or(newest, |change| change.revision) } else { newest.max(after) };
    Ok(ChangesPage { changes, next, more })
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
    /// Waits until this account has changed, or may have.
    pub async fn changed(&mut self, user_id: Uuid) {
        loop {
            match self.0.recv().await {
                Ok(changed) if changed == user_id => return,
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => return,
                // The service is ending; the stream hears of that elsewhere.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
