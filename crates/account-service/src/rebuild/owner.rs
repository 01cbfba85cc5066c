//! Who gets the library: the local person, who becomes the one whose library it is when they have none of their own.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ModelTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::auth;
use crate::error::{Error, Result};
use crate::journal;
use crate::service::Service;
use crate::storage::entity::{album, image, link, tombstone, upload, user};

/// Who gets the library.
pub struct Owner {
    /// The local person.
    pub user_id: Uuid,
    /// Whether the library's journal is this person's: then it needs not be written again.
    pub same: bool,
}

/// Makes the local person the one whose library it is, unless they have pictures of their own: then these stay, and the
/// library is added to theirs. Revisions go on after `newest`, the journal's last one.
///
/// # Errors
/// When the database can't be reached.
pub async fn adopt(app: &Service, library: Uuid, newest: i64) -> Result<Owner> {
    let local = auth::local_user(app).await?;
    let newest = newest.max(local.revision);
    if local.id != library {
        let write = app.database.write().await?;
        if !is_untouched(&*write, &local).await? {
            return Ok(Owner { user_id: local.id, same: false });
        }
        // With them go their sessions; whoever runs this service opens another one.
        local.clone().delete(&*write).await?;
        user::ActiveModel {
            id: Set(library),
            username: Set(local.username),
            username_key: Set(local.username_key),
            username_look: Set(local.username_look),
            email: Set(local.email),
            email_key: Set(local.email_key),
            password_hash: Set(local.password_hash),
            revision: Set(0),
            created_at: Set(local.created_at),
            quota_bytes: Set(local.quota_bytes),
            quota_pictures: Set(local.quota_pictures),
            used_bytes: Set(0),
            used_pictures: Set(0),
            disabled_at: Set(None),
            clock: Set(local.clock),
        }
        .insert(&*write)
        .await?;
        write.commit().await?;
    }
    go_on_after(app, library, newest).await?;
    Ok(Owner { user_id: library, same: true })
}

async fn is_untouched(connection: &impl ConnectionTrait, local: &user::Model) -> Result<bool> {
    let id = local.id;
    let images = image::Entity::find().filter(image::Column::UserId.eq(id)).count(connection).await?;
    let tombstones = tombstone::Entity::find().filter(tombstone::Column::UserId.eq(id)).count(connection).await?;
    let uploads = upload::Entity::find().filter(upload::Column::UserId.eq(id)).count(connection).await?;
    let albums = album::Entity::find().filter(album::Column::UserId.eq(id)).count(connection).await?;
    Ok(images + tombstones + uploads + albums == 0)
}

/// A later change must have a later revision than any in the journal.
pub async fn go_on_after(app: &Service, user_id: Uuid, newest: i64) -> Result<()> {
    let write = app.database.write().await?;
    let raised = user::Entity::update_many()
        .col_expr(user::Column::Revision, Expr::value(newest))
        .filter(user::Column::Id.eq(user_id))
        .filter(user::Column::Revision.lt(newest))
        .exec(&*write)
        .await?;
    if raised.rows_affected == 1 {
        let position = journal::position(&*write, user_id).await?;
        // Unless something of this database waits to be written, everything up to there is in the journal.
        if position.written_to < newest && !waits(&*write, user_id, position.written_to).await? {
            journal::advance_within(&write, &position, newest, true).await?;
        }
    }
    write.commit().await.map_err(Error::from)
}

async fn waits(connection: &impl ConnectionTrait, user_id: Uuid, written_to: i64) -> Result<bool> {
    let image = image::Entity::find()
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Revision.gt(written_to))
        .one(connection)
        .await?;
    let tombstone = tombstone::Entity::find()
        .filter(tombstone::Column::UserId.eq(user_id))
        .filter(tombstone::Column::Revision.gt(written_to))
        .one(connection)
        .await?;
    let album = album::Entity::find()
        .filter(album::Column::UserId.eq(user_id))
        .filter(album::Column::Revision.gt(written_to))
        .one(connection)
        .await?;
    let link = link::Entity::find()
        .filter(link::Column::UserId.eq(user_id))
        .filter(link::Column::Revision.gt(written_to))
        .one(connection)
        .await?;
    Ok(image.is_some() || tombstone.is_some() || album.is_some() || link.is_some())
}
