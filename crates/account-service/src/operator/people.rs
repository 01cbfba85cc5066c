//! Accounts, as their operator sees them.

use std::collections::HashMap;

use account_api::Timestamp;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryOrder, QuerySelect};
use secrecy::SecretString;
use serde::Serialize;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::service::Service;
use crate::storage::entity::{session, user};
use crate::{auth, clock, images, quota};

/// A person with an account, and what they use.
#[derive(Debug, Clone, Serialize)]
pub struct Person {
    /// Opaque.
    pub id: String,
    /// As it was registered.
    pub username: String,
    /// As it was registered.
    pub email: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When a session was last used.
    pub last_used_at: Option<Timestamp>,
    /// When the account was closed by its operator.
    pub disabled_at: Option<Timestamp>,
    /// Pictures, those in the trash and uploads that are open included.
    pub pictures: u64,
    /// Their bytes, without thumbnails.
    pub bytes: u64,
    /// The most pictures that the account may hold; absent without a limit.
    pub quota_pictures: Option<u64>,
    /// The most bytes that the account may hold; absent without a limit.
    pub quota_bytes: Option<u64>,
}

/// What an account may hold of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// What the configuration says for everyone.
    Default,
    /// As much as there is.
    Unlimited,
    /// At most so much.
    AtMost(u64),
}

impl Quota {
    /// As it stands in the account's row.
    fn column(self) -> Result<Option<i64>> {
        match self {
            Self::Default => Ok(None),
            Self::Unlimited => Ok(Some(-1)),
            Self::AtMost(most) => i64::try_from(most).map(Some).map_err(|_| Error::invalid("This quota is too large.")),
        }
    }
}

pub async fn add(app: &Service, username: &str, email: &str, password: SecretString) -> Result<Person> {
    let row = auth::add(app, username, email, password).await?;
    Ok(person(app, row, None))
}

pub async fn list(app: &Service) -> Result<Vec<Person>> {
    let last: Vec<(Uuid, i64)> = session::Entity::find()
        .select_only()
        .column(session::Column::UserId)
        .column_as(session::Column::LastUsedAt.max(), "last_used_at")
        .group_by(session::Column::UserId)
        .into_tuple()
        .all(app.database.read())
        .await?;
    let last: HashMap<Uuid, i64> = last.into_iter().collect();
    let rows = user::Entity::find().order_by_asc(user::Column::UsernameKey).all(app.database.read()).await?;
    let people = rows.into_iter().map(|row| {
        let last = last.get(&row.id).copied();
        person(app, row, last)
    });
    Ok(people.collect())
}

pub async fn set_quota(app: &Service, username: &str, bytes: Option<Quota>, pictures: Option<Quota>) -> Result<Person> {
    let row = named(app, username).await?;
    let id = row.id;
    // Only what is set: what the account holds is counted in the same row meanwhile.
    let mut change = user::ActiveModel { id: Unchanged(id), ..Default::default() };
    if let Some(bytes) = bytes {
        change.quota_bytes = Set(bytes.column()?);
    }
    if let Some(pictures) = pictures {
        change.quota_pictures = Set(pictures.column()?);
    }
    if change.is_changed() {
        let write = app.database.write().await?;
        change.update(&*write).await?;
        write.commit().await?;
    }
    one(app, id).await
}

pub async fn set_disabled(app: &Service, username: &str, disabled: bool) -> Result<Person> {
    let row = named(app, username).await?;
    let now = clock::now();
    let write = app.database.write().await?;
    let closed_since = row.disabled_at;
    let disabled_at = Set(disabled.then(|| row.disabled_at.unwrap_or(now)));
    let row = user::ActiveModel { id: Unchanged(row.id), disabled_at, ..Default::default() }.update(&*write).await?;
    if disabled {
        auth::end_all(&write, row.id, None).await?;
    } else if let Some(since) = closed_since {
        // Nobody could take anything back meanwhile.
        images::pass_over(&write, row.id, now - since).await?;
    }
    write.commit().await?;
    one(app, row.id).await
}

pub async fn remove(app: &Service, username: &str) -> Result<Person> {
    let row = named(app, username).await?;
    if row.password_hash.is_none() {
        return Err(Error::new(account_api::ErrorCode::Forbidden, "The library of this computer is no account."));
    }
    let gone = one(app, row.id).await?;
    auth::remove_any(app, row.id).await?;
    Ok(gone)
}

/// The person of this name.
async fn named(app: &Service, username: &str) -> Result<user::Model> {
    auth::by_name(app.database.read(), username).await?.ok_or_else(|| {
        let message = format!("There is nobody called “{username}”. `account-service user list` says who there is.");
        Error::new(account_api::ErrorCode::NotFound, message)
    })
}

async fn one(app: &Service, id: Uuid) -> Result<Person> {
    let people = list(app).await?;
    people.into_iter().find(|person| person.id == id.to_string()).ok_or_else(|| Error::not_found("account"))
}

fn person(app: &Service, row: user::Model, last_used_at: Option<i64>) -> Person {
    let usage = quota::usage(&app.quotas, &row);
    Person {
        id: row.id.to_string(),
        username: row.username,
        email: row.email,
        created_at: clock::wire(row.created_at),
        last_used_at: last_used_at.map(clock::wire),
        disabled_at: row.disabled_at.map(clock::wire),
        pictures: usage.pictures,
        bytes: usage.bytes,
        quota_pictures: usage.quota_pictures,
        quota_bytes: usage.quota_bytes,
    }
}
