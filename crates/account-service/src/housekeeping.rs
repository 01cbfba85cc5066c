//! What has to be done from time to time: emptying the trash, forgetting stale uploads, dead sessions and what was
//! answered to edits long ago, removing objects that no row needs. Several processes may do it at once.

use std::collections::BTreeMap;
use std::time::Duration;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::clock;
use crate::deletion_queue;
use crate::edits::{Which, remove_all};
use crate::error::Result;
use crate::service::{App, Service};
use crate::storage::entity::{email_change, image, invitation, refresh_token, reset_link, session, upload, user};
use crate::trash_rule;

/// How often.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// How long a finished upload answers a completion that is sent again.
const FINISHED_UPLOAD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long a used refresh token is remembered, so that using it again ends its session.
const USED_TOKEN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many rows at a time.
const BATCH: u64 = 500;

/// Does it until the service ends.
pub async fn run(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.ending.cancelled() => return,
            _ = ticks.tick() => once(&app).await,
        }
    }
}

/// Does it once. What fails is logged and tried again the next time.
pub async fn once(app: &Service) {
    // By the way the store's clock is learnt, before anything goes by a wrong one or is presigned by it.
    let store = app.store.check().await;
    if let Err(error) = &store {
        tracing::warn!(%error, "the picture store can’t be used right now");
    }
    // Whether this computer's clock is right isn't known without the store's, and nothing could be removed there.
    let knows_the_time = store.is_ok() || app.own_store.is_some();
    for (what, result) in [
        ("emptying the trash", if knows_the_time { empty_trash(app).await } else { Ok(()) }),
        ("closing stale uploads", close_stale_uploads(app).await),
        ("forgetting dead sessions", forget_dead_sessions(app).await),
        ("forgetting answers to edits", crate::edits::forget_answers(app).await),
    ] {
        if let Err(error) = result {
            tracing::warn!(%error, "{what} failed; it will be tried again");
        }
    }
    deletion_queue::work_off(app).await;
    if let Err(error) = crate::uploads::give_back_ended(app).await {
        tracing::warn!(%error, "room whose addresses have ended is given back later");
    }
    crate::auth::clear_removed(app).await;
    app.rates.forget();
}

async fn empty_trash(app: &Service) -> Result<()> {
    loop {
        let rule = trash_rule::current(app.database.read()).await?;
        let Some(before) = trash_rule::due_before(app, &rule, clock::now()) else { return Ok(()) };
        let rows: Vec<(Uuid, Uuid)> = image::Entity::find()
            .select_only()
            .columns([image::Column::UserId, image::Column::Id])
            .filter(image::Column::DeletedAt.lt(before))
            // Of an account that the operator has closed everything is kept: nobody could take a picture back.
            .filter(image::Column::UserId.in_subquery(user::not_disabled()))
            .limit(BATCH)
            .into_tuple()
            .all(app.database.read())
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut of_user = BTreeMap::<Uuid, Vec<Uuid>>::new();
        for (user_id, id) in rows {
            of_user.entry(user_id).or_default().push(id);
        }
        let mut all = 0;
        for (user_id, ids) in of_user {
            let removed = remove_all(app, user_id, &ids, Which::Due).await?;
            tracing::info!(user = %user_id, removed, "pictures left the trash for good");
            all += removed;
        }
        // Restored, or kept for longer, in this very moment.
        if all == 0 {
            return Ok(());
        }
    }
}

async fn close_stale_uploads(app: &Service) -> Result<()> {
    let before = clock::now() - app.limits.open_upload.as_millis() as i64;
    let stale = upload::Entity::find()
        .filter(upload::Column::State.eq(upload::State::Open))
        .filter(upload::Column::UpdatedAt.lt(before))
        .limit(BATCH)
        .all(app.database.read())
        .await?;
    for row in stale {
        crate::uploads::close(app, row.user_id, row.id).await?;
    }
    let forgotten = clock::now() - FINISHED_UPLOAD.as_millis() as i64;
    let write = app.database.write().await?;
    upload::Entity::delete_many()
        .filter(upload::Column::State.ne(upload::State::Open))
        .filter(upload::Column::UpdatedAt.lt(forgotten))
        .exec(&*write)
        .await?;
    Ok(write.commit().await?)
}

async fn forget_dead_sessions(app: &Service) -> Result<()> {
    let now = clock::now();
    let idle = now - app.sessions.idle.as_millis() as i64;
    // A session that was ended is kept as long as its access tokens live, and a day more for whoever looks.
    let ended = now - app.sessions.access.as_millis() as i64 - 24 * 60 * 60 * 1000;
    let write = app.database.write().await?;
    session::Entity::delete_many()
        .filter(Condition::any().add(session::Column::LastUsedAt.lt(idle)).add(session::Column::RevokedAt.lt(ended)))
        .exec(&*write)
        .await?;
    // One that turns up after so long is unknown, and refused for that.
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::ReplacedAt.lt(now - USED_TOKEN.as_millis() as i64))
        .exec(&*write)
        .await?;
    reset_link::Entity::delete_many().filter(reset_link::Column::ExpiresAt.lt(now)).exec(&*write).await?;
    invitation::Entity::delete_many().filter(invitation::Column::ExpiresAt.lt(now)).exec(&*write).await?;
    email_change::Entity::delete_many().filter(email_change::Column::ExpiresAt.lt(now)).exec(&*write).await?;
    Ok(write.commit().await?)
}
