//! The deletion queue: objects that no row needs any more, each noted in the transaction that let go of it. They are removed
//! from the store as soon as can be, and what the store keeps for now stays noted.

use std::time::Duration;

use sea_orm::{EntityTrait, QueryOrder, QuerySelect};

use crate::error::Result;
use crate::object_store::StoreError;
use crate::service::Service;
use crate::storage::entity::queued_deletion;

/// How long removing objects may keep whoever asked for it.
const REMOVAL: Duration = Duration::from_secs(10);

/// How many rows at a time.
const BATCH: u64 = 500;

/// Removes objects that no row needs, for as long as a request may wait. What the store doesn't remove now stays noted.
pub async fn work_off(app: &Service) {
    if tokio::time::timeout(REMOVAL, remove_all(app)).await.is_err() {
        tracing::warn!("the store is slow to remove objects; the rest goes later");
    }
}

async fn remove_all(app: &Service) {
    loop {
        let rows = queued_deletion::Entity::find()
            .order_by_asc(queued_deletion::Column::QueuedAt)
            .limit(BATCH)
            .all(app.database.read())
            .await;
        let rows = match rows {
            Ok(rows) if rows.is_empty() => return,
            Ok(rows) => rows,
            Err(error) => return tracing::warn!(%error, "queued deletions can’t be read"),
        };
        for row in rows {
            let done = match remove_object(app, &row).await {
                Ok(()) => forget(app, &row).await,
                Err(error) => return tracing::warn!(%error, "the store keeps queued deletions for now"),
            };
            if let Err(error) = done {
                return tracing::warn!(%error, "queued deletions can’t be taken off the queue");
            }
        }
    }
}

async fn remove_object(app: &Service, row: &queued_deletion::Model) -> Result<(), StoreError> {
    if let Some(upload_id) = &row.store_upload_id {
        app.store.abort_multipart(&row.object_key, upload_id).await?;
    }
    app.store.delete(&row.object_key).await
}

async fn forget(app: &Service, row: &queued_deletion::Model) -> Result<()> {
    let write = app.database.write().await?;
    queued_deletion::Entity::delete_by_id(&row.object_key).exec(&*write).await?;
    write.commit().await?;
    if row.store_upload_id.is_some() {
        crate::uploads::aborted(app, &row.object_key).await?;
    }
    Ok(())
}
