//! Grants: permission to store exactly what was announced.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use account_api::{Grant, GrantOutcome, GrantRequest, GrantResponse, GrantResult, NewPicture, Transfer};
use futures::{StreamExt, stream};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::announcement::{self, Announced};
use super::{PICTURES, ledger};
use crate::clock;
use crate::error::{Error, Result};
use crate::images;
use crate::quota;
use crate::service::{App, Service};
use crate::storage::Write;
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
    if let Err(error) = begin_together(app, user_id, &request.files).await {
        tracing::debug!(code = %error.code(), "a batch can't be begun as one; its files are begun one by one");
    }
    let results = stream::iter(request.files)
        .map(|file| {
            let app = Arc::clone(app);
            async move {
                let reference = file.reference.clone();
                let outcome = grant(&app, user_id, file).await;
                let outcome = outcome.unwrap_or_else(|error| GrantOutcome::Refused { error: error.into_detail() });
                GrantResult { reference, outcome }
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(GrantResponse { results })
}

/// Begins every upload of a batch that is new, in one transaction: one for each would wait for the disk as often. What it
/// can't begin is left to whoever looks at the files one by one, and knows why.
async fn begin_together(app: &Service, user_id: Uuid, files: &[NewPicture]) -> Result<()> {
    let sums = || files.iter().map(|file| file.sha256.as_str());
    let pictures = image::Entity::find()
        .select_only()
        .column(image::Column::Sha256)
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Sha256.is_in(sums()));
    let begun = upload::Entity::find()
        .select_only()
        .column(upload::Column::Sha256)
        .filter(upload::Column::UserId.eq(user_id))
        .filter(upload::Column::Sha256.is_in(sums()))
        .filter(upload::Column::State.eq(upload::State::Open));
    let mut known: HashSet<String> = pictures.into_tuple().all(app.database.read()).await?.into_iter().collect();
    known.extend(begun.into_tuple::<String>().all(app.database.read()).await?);
    let is_new = |file: &&NewPicture| announcement::check(file, app.limits.file_size).is_ok();
    let new: Vec<&NewPicture> = files.iter().filter(is_new).filter(|file| known.insert(file.sha256.clone())).collect();
    if new.len() < 2 {
        return Ok(());
    }
    let write = app.database.write().await?;
    for file in new {
        if !insert(app, &write, user_id, file).await? {
            return Ok(());
        }
    }
    Ok(write.commit().await?)
}

async fn grant(app: &Service, user_id: Uuid, file: NewPicture) -> Result<GrantOutcome> {
    announcement::check(&file, app.limits.file_size)?;
    if let Some(row) = duplicate(app, user_id, &file.sha256).await? {
        return Ok(GrantOutcome::Duplicate { image: Box::new(images::with_urls(app, row).await?) });
    }
    let announced = open(app, user_id, file).await?;
    let transfer = match announced.parts() {
        None => Transfer::Single { put: app.store.presign_put(&announced.object()).await? },
        Some((part_size, part_count)) => {
            begin(app, &announced).await?;
            Transfer::Multipart { part_size, part_count }
        }
    };
    Ok(GrantOutcome::Granted { grant: Grant { upload_id: announced.row.id.to_string(), transfer } })
}

/// The picture that this person has already with these bytes, taken out of the trash if it was there. One whose stored
/// bytes were lost doesn't count: sending them again mends it.
///
/// # Errors
/// When the database can't be reached.
pub async fn duplicate(app: &Service, user_id: Uuid, sha256: &str) -> Result<Option<image::Model>> {
    match ledger::same_bytes(app.database.read(), user_id, sha256).await? {
        Some(row) if row.fault.is_some() => Ok(None),
        Some(row) if row.deleted_at.is_some() => images::restore(app, user_id, row.id).await.map(Some),
        other => Ok(other),
    }
}

/// The open upload of these bytes, or a new one.
///
/// # Errors
/// When the database can't be reached.
pub async fn open(app: &Service, user_id: Uuid, file: NewPicture) -> Result<Announced> {
    for _ in 0..ATTEMPTS {
        // Closed or completed by another request between looking and looking again.
        let Some(row) = find_or_insert(app, user_id, &file).await? else { continue };
        let announced = Announced::of(row)?;
        if announced.file.size == file.size && announced.file.content_md5 == file.content_md5 {
            ledger::touch(app, &announced.row).await?;
            return Ok(announced);
        }
        // One that was begun with another size or sum can't be gone on with. It is closed, and a new one begins.
        ledger::close(app, user_id, announced.row.id).await?;
    }
    Err(Error::new(account_api::ErrorCode::Conflict, "The same bytes are being uploaded in other ways. Try again."))
}

async fn find_or_insert(app: &Service, user_id: Uuid, file: &NewPicture) -> Result<Option<upload::Model>> {
    if let Some(row) = open_of_same_bytes(app.database.read(), user_id, file).await? {
        return Ok(Some(row));
    }
    let write = app.database.write().await?;
    if !insert(app, &write, user_id, file).await? {
        // Another request was faster; the room that was taken here is given back with the transaction.
        return Ok(None);
    }
    let row = open_of_same_bytes(&*write, user_id, file).await?;
    write.commit().await?;
    Ok(row)
}

/// Begins an upload. False when one of the same bytes is open: then the transaction must not be committed.
async fn insert(app: &Service, write: &Write, user_id: Uuid, file: &NewPicture) -> Result<bool> {
    let media = announcement::check(file, app.limits.file_size)?;
    let id = Uuid::new_v4();
    let now = clock::now();
    // Before anything else, because it locks the account's row, as everything does that changes the account's uploads.
    quota::take(app, write, user_id, file.size).await?;
    let inserted = upload::Entity::insert(upload::ActiveModel {
        id: Set(id),
        user_id: Set(user_id),
        state: Set(upload::State::Open),
        sha256: Set(file.sha256.clone()),
        size: Set(i64::try_from(file.size).map_err(Error::internal)?),
        announced: Set(serde_json::to_string(file).map_err(Error::internal)?),
        object_key: Set(format!("{PICTURES}{user_id}/{id}.{}", media.extension)),
        store_upload_id: Set(None),
        part_size: Set(announcement::part_size(file.size).and_then(|part| part.try_into().ok())),
        image_id: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    })
    // Without a column: the index is a partial one, and it is the only one that can be in the way.
    .on_conflict(OnConflict::new().do_nothing().to_owned())
    .exec_without_returning(&**write)
    .await?;
    Ok(inserted > 0)
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
        // A service that was killed may have begun one, too, and not come to noting it. Another request that is just about
        // to loses here as it would there.
        abort_strays(app, &announced.row.object_key, Some(&created)).await;
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
        tracing::debug!(%error, "the store doesn't say which uploads it has begun");
    }
}
