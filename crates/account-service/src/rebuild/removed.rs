//! Pictures that their owner had removed for good, and that a restored database knows again.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::failure::RebuildError;
use super::report::Report;
use super::scratch::Scratch;
use crate::edits::{Which, remove_all};
use crate::service::Service;
use crate::storage::entity::image;

/// How many are looked at a time.
const BATCH: u32 = 200;

/// Removes what the journal says is gone for good, where its bytes are gone, too.
pub async fn settle(app: &Service, user_id: Uuid, scratch: &Scratch, report: &mut Report) -> Result<(), RebuildError> {
    let mut after = String::new();
    loop {
        let page = scratch.gone(&after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(last);
        let ids = page.iter().filter_map(|id| Uuid::try_parse(id).ok());
        let rows = image::Entity::find()
            .filter(image::Column::UserId.eq(user_id))
            .filter(image::Column::Id.is_in(ids))
            .all(app.database.read())
            .await
            .map_err(crate::error::Error::from)?;
        let mut gone = Vec::new();
        for row in rows {
            if !scratch.has_object(&row.object_key).await? {
                gone.push(row.id);
            }
        }
        if !gone.is_empty() {
            report.removed += remove_all(app, user_id, &gone, Which::All).await? as u64;
        }
    }
}
