//! Grants: permission to store exactly what was announced.

use std::sync::Arc;
use std::time::Duration;

use account_api::{Fault, Grant, GrantOutcome, GrantRequest, GrantResponse, GrantResult, NewPicture, Transfer};
use futures::{StreamExt, stream};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::announcement::{self, Announced};
use super::known::{Found, Known};
use super::ledger::{self, Room};
use super::new_row::new_row;
use crate::edits;
use crate::error::{Error, Result};
use crate::images;
use crate::quota;
use crate::service::{App, Service};
use crate::storage::entity::{image, upload};

/// How many files of a batch are worked on at the same time.
const AT_ONCE: usize = 8;

/// How often it is tried to find or begin an upload while others of the same bytes come and go.
const ATTEMPTS: u32 = 10;

/// Answers a batch, in its order. A file that can't be taken doesn't keep the others from being.
///
/// # Errors
/// When the request as a whole is not as documented.
pub async fn grant_batch(app: &App, user_id: Uuid, request: GrantRequest) -> Result<GrantResponse> {
    super::check_batch(request.files.len())?;
    let mut references: Vec<&str> = request.files.iter().map(|file| &*file.reference).collect();
    references.sort_unstable();
    if references.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::invalid("files: every reference has to be there once."));
    }
    // What can't be found out for all of them at once is for each of them.
    let known = Known::of_batch(app, user_id, &request.files).await;
    let mut known =
        known.inspect_err(|error| tracing::debug!(%error, "a batch is looked at one by one")).unwrap_or_default();
    let files: Vec<(NewPicture, Found)> = request
        .files
        .into_iter()
        .map(|file| {
            let found = known.take(&file.sha256);
            (file, found)
        })
        .collect();
    let results = stream::iter(files)
        .map(|(file, found)| {
            let app = Arc::clone(app);
            async move {
                let reference = file.reference.clone();
                let outcome = grant(&app, user_id, file, found).await;
                let outcome = outcome.unwrap_or_else(|error| GrantOutcome::Refused { error: error.into_detail() });
                GrantResult { reference, outcome }
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(GrantResponse { results })
}

async fn grant(app: &Service, user_id: Uuid, file: NewPicture, found: Found) -> Result<GrantOutcome> {
    announcement::check(&file, &app.limits)?;
    let announced = match found {
        Found::New(row) => Announced::of(*row)?,
        Found::Begun(row) => open(app, user_id, file, Some(*row), Sender::Client).await?,
        Found::Picture(row) => match usable(app, user_id, *row).await? {
            Some(row) => return already_here(app, row).await,
            None => open(app, user_id, file, None, Sender::Client).await?,
        },
        Found::Unknown => match duplicate(app, user_id, &file.sha256).await? {
            Some(row) => return already_here(app, row).await,
            None => open(app, user_id, file, None, Sender::Client).await?,
        },
    };
    let transfer = match announced.parts() {
        None => Transfer::Single { put: app.store.presign_put(&announced.object(), app.limits.address).await? },
        Some((part_size, part_count)) => {
            begin(app, &announced).await?;
            Transfer::Multipart { part_size, part_count }
        }
    };
    Ok(GrantOutcome::Granted { grant: Grant { upload_id: announced.row.id.to_string(), transfer } })
}

async fn already_here(app: &Service, row: image::Model) -> Result<GrantOutcome> {
    Ok(GrantOutcome::Duplicate { image: Box::new(images::without_urls(app, row).await?) })
}

/// The picture that this person has already with these bytes, taken out of the trash if it was there. One whose stored
/// bytes were lost, or never proven, doesn't count: sending them again mends it.
///
/// # Errors
/// When the database can't be reached.
pub async fn duplicate(app: &Service, user_id: Uuid, sha256: &str) -> Result<Option<image::Model>> {
    match ledger::same_bytes(app.database.read(), user_id, sha256).await? {
        Some(row) => usable(app, user_id, row).await,
        None => Ok(None),
    }
}

/// The picture, out of the trash; none when its stored bytes were lost or never proven.
async fn usable(app: &Service, user_id: Uuid, row: image::Model) -> Result<Option<image::Model>> {
    if !row.is_safe() {
        Ok(None)
    } else if row.deleted_at.is_some() {
        edits::restore(app, user_id, row.id).await.map(Some)
    } else {
        Ok(Some(row))
    }
}

/// Who sends the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The client, which gets an address for it.
    Client,
    /// The service, which has received them.
    Service,
}

/// The open upload of these bytes, or a new one. The first to be tried is the one that was found, if any was.
///
/// # Errors
/// When the database can't be reached.
pub async fn open(
    app: &Service,
    user_id: Uuid,
    file: NewPicture,
    mut found: Option<upload::Model>,
    sender: Sender,
) -> Result<Announced> {
    for _ in 0..ATTEMPTS {
        let announced = match found.take() {
            Some(row) => Announced::taken_up(row)?,
            None => match find_or_insert(app, user_id, &file, sender).await? {
                Some(announced) => announced,
                // Another request was faster.
                None => continue,
            },
        };
        if announced.is_of(&file) {
            if sender == Sender::Service || ledger::touch(app, &announced.row).await? {
                return Ok(announced);
            }
            // It has ended meanwhile.
            continue;
        }
        // One that was begun with another size or sum can't be gone on with. It is closed, and a new one begins.
        ledger::close(app, user_id, announced.row.id).await?;
    }
    Err(Error::new(account_api::ErrorCode::Conflict, "The same bytes are being uploaded in other ways. Try again."))
}

async fn find_or_insert(app: &Service, user_id: Uuid, file: &NewPicture, sender: Sender) -> Result<Option<Announced>> {
    if let Some(row) = open_of_same_bytes(app.database.read(), user_id, file).await? {
        return Announced::taken_up(row).map(Some);
    }
    let media = announcement::check(file, &app.limits)?;
    if let Some(disk) = &app.store_disk {
        disk.has_room(file.size).await?;
    }
    let mut row = new_row(app, user_id, file, &media)?;
    if sender == Sender::Service {
        row.addresses_until = 0;
    }
    // An account that is full can still be mended, where the store has nothing left: what is there takes its room until
    // other bytes have taken its place.
    let lost = ledger::same_bytes(app.database.read(), user_id, &file.sha256).await?;
    let room = match lost.filter(|row| row.fault.as_deref() == Some(images::fault_text(Fault::Missing))) {
        Some(row) => Room::Left(quota::of_picture(&row)),
        None => Room::Needed,
    };
    if ledger::begin(app, user_id, std::slice::from_ref(&row), room).await? {
        return Announced::of(row).map(Some);
    }
    Ok(None)
}

async fn open_of_same_bytes(
    connection: &impl ConnectionTrait,
    user_id: Uuid,
    file: &NewPicture,
) -> Result<Option<upload::Model>> {
    let found = upload::Entity::find()
        .filter(upload::Column::UserId.eq(user_id))
        .filter(upload::Column::Sha256.eq(file.sha256.clone()))
        .filter(upload::Column::State.eq(upload::State::Open))
        .one(connection)
        .await?;
    Ok(found)
}

/// Begins the multipart upload at the store, if that hasn't been done. Gives its identifier there.
///
/// # Errors
/// When the store can't be reached.
pub async fn begin(app: &Service, announced: &Announced) -> Result<String> {
    if let Some(store_upload_id) = &announced.row.store_upload_id {
        return Ok(store_upload_id.clone());
    }
    let created = create(app, announced).await?;
    let write = app.database.write().await?;
    let noted = upload::Entity::update_many()
        .col_expr(upload::Column::StoreUploadId, Expr::value(created.clone()))
        .filter(upload::Column::Id.eq(announced.row.id))
        .filter(upload::Column::State.eq(upload::State::Open))
        .filter(upload::Column::StoreUploadId.is_null())
        .exec(&*write)
        .await?;
    write.commit().await?;
    if noted.rows_affected == 1 {
        if announced.is_taken_up {
            // A service that was killed may have begun one, too, and not come to noting it. Another request that is just
            // about to loses here as it would there.
            abort_strays(app, &announced.row.object_key, Some(&created)).await;
        }
        return Ok(created);
    }
    // Another request was faster; what it began counts.
    app.store.abort_multipart(&announced.row.object_key, &created).await?;
    let row = ledger::find_open(app, announced.row.user_id, announced.row.id).await?;
    row.store_upload_id.ok_or_else(ledger::gone)
}

/// How often a multipart upload is begun of which no answer comes.
const CREATIONS: u32 = 3;

/// The pause before the second attempt; each further one is twice as long.
const CREATION_PAUSE: Duration = Duration::from_millis(200);

/// Begins it at the store, leaving nothing behind when an answer is lost.
async fn create(app: &Service, announced: &Announced) -> Result<String> {
    let mut attempts = 1;
    loop {
        let error = match app.store.create_multipart(&announced.object()).await {
            Ok(created) => return Ok(created),
            Err(error) => error,
        };
        let row = ledger::find(app.database.read(), announced.row.user_id, announced.row.id).await?;
        abort_strays(app, &row.object_key, row.store_upload_id.as_deref()).await;
        if attempts == CREATIONS || error.is_refusal() {
            return Err(error.into());
        }
        tokio::time::sleep(CREATION_PAUSE * 2_u32.pow(attempts - 1)).await;
        attempts += 1;
    }
}

/// Ends what was begun at the store for this key and is not the one that is known, as far as the store can say.
async fn abort_strays(app: &Service, key: &str, known: Option<&str>) {
    if let Err(error) = app.store.abort_strays(key, known).await {
        tracing::debug!(%error, "the store doesn’t say which uploads it has begun");
    }
}
