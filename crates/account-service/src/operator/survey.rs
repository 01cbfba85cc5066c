//! Comparing what the rows say with what the bucket has, one person at a time.
//!
//! The order of reading is what makes it right beside running instances. The bucket is listed first; then come the open
//! uploads, then the pictures, then what is to be removed. A key is in a row before its bytes are in the bucket, and a row
//! hands it on to the next kind of row in one transaction, in this order: so a key that was listed and is in none of these
//! is needed by nobody. What a row has and the listing hadn't may have come meanwhile, and the store is asked once more.

use std::collections::{HashMap, HashSet};

use account_api::{Clock, ThumbnailSpec};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::finding::{Finding, Kind};
use super::holdings::{Holdings, PICTURES, Stored, THUMBNAILS, foreign_object, owner_of};
use super::journal_says::JournalSays;
use super::orphan::orphan;
use super::records;
use super::tally::Tally;
use crate::clock;
use crate::counted::counted;
use crate::error::Result;
use crate::journal;
use crate::object_store::{Depth, ObjectFacts, StoreError, Unfinished};
use crate::service::Service;
use crate::stamps::Stamps;
use crate::storage::entity::{held_key, image, queued_deletion, upload, user};

/// How many rows are read at a time.
const PAGE: u64 = 1000;

/// What a thumbnail may be late, in milliseconds: it is sent after its picture is confirmed.
const THUMBNAIL_COMES: i64 = 60 * 60 * 1000;

/// How thoroughly it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thoroughness {
    /// For what nobody needs: a journal is read only where it may say something of that.
    Refuse,
    /// Sizes, entity tags and journals, and the bytes where these leave a doubt.
    Facts,
    /// The bytes of every picture, too.
    Bytes,
}

/// The next people, in the order of their identifiers.
///
/// # Errors
/// When the database can't be reached.
pub async fn people_after(app: &Service, after: Option<Uuid>) -> Result<Vec<Uuid>> {
    let mut people = user::Entity::find().select_only().column(user::Column::Id);
    if let Some(after) = after {
        people = people.filter(user::Column::Id.gt(after));
    }
    Ok(people.order_by_asc(user::Column::Id).limit(PAGE).into_tuple().all(app.database.read()).await?)
}

/// Everything that differs for one person, but for multipart uploads.
///
/// # Errors
/// When database or bucket can't be reached.
pub async fn of_person(app: &Service, user_id: Uuid, how: Thoroughness, tally: &mut Tally) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let mut pictures = Holdings::list(app, PICTURES, user_id, &mut found).await?;
    let mut thumbnails = Holdings::list(app, THUMBNAILS, user_id, &mut found).await?;
    tally.objects += (pictures.len() + thumbnails.len()) as u64;

    let open = upload::Entity::find()
        .filter(upload::Column::UserId.eq(user_id))
        .filter(upload::Column::State.eq(upload::State::Open))
        .all(app.database.read())
        .await?;
    for row in &open {
        pictures.take(&row.object_key);
    }
    // Pictures by revision, not by identifier: one that changes meanwhile comes again later, and none is passed over.
    let (mut revision, mut seen) = (0, HashMap::new());
    loop {
        let rows = image::Entity::find()
            .filter(image::Column::UserId.eq(user_id))
            .filter(image::Column::Revision.gt(revision))
            .order_by_asc(image::Column::Revision)
            .limit(PAGE)
            .all(app.database.read())
            .await?;
        let Some(last) = rows.last() else { break };
        revision = last.revision;
        for row in rows {
            if seen.insert(row.id, (row.revision, Stamps::read(&row.stamps)?.latest())).is_some() {
                continue;
            }
            tally.pictures += 1;
            tally.not_proven += u64::from(!row.proof().is_proof());
            found.extend(picture(app, &row, pictures.take(&row.object_key), how).await?);
            if let Some(key) = &row.thumbnail_key {
                found.extend(thumbnail(app, &row, key, thumbnails.take(key)).await?);
            }
        }
    }
    let mut to_go = HashSet::new();
    for folder in [PICTURES, THUMBNAILS] {
        let rows = queued_deletion::Entity::find()
            .filter(queued_deletion::Column::ObjectKey.starts_with(format!("{folder}{user_id}/")))
            .all(app.database.read())
            .await?;
        to_go.extend(rows.into_iter().map(|row| row.object_key));
    }
    // What somebody may still store where nothing is wanted any more is looked for by the service itself.
    let held = held_key::Entity::find().filter(held_key::Column::UserId.eq(user_id)).all(app.database.read()).await?;
    to_go.extend(held.into_iter().map(|row| row.object_key).filter(|key| pictures.has(key) || thumbnails.has(key)));
    tally.to_be_removed += to_go.len() as u64;
    let mut unneeded = pictures.rest().chain(thumbnails.rest()).filter(|(key, _)| !to_go.contains(key)).peekable();
    let says = match unneeded.peek() {
        None if how == Thoroughness::Refuse => JournalSays::default(),
        _ => JournalSays::read(app, user_id).await?,
    };
    let known = says.by_key();
    for (key, stored) in unneeded {
        found.extend(orphan(app, user_id, key, stored, &says, &known).await?);
    }
    found.extend(later_edits(app, user_id, &says, seen).await?);
    found.extend(says.damaged);
    found.extend(stale_uploads(app, open));
    Ok(found)
}

/// What the journal has and the database lacks. The journal was read later than the rows: what differs is looked at once more.
async fn later_edits(
    app: &Service,
    user_id: Uuid,
    says: &JournalSays,
    seen: HashMap<Uuid, (i64, Clock)>,
) -> Result<Option<Finding>> {
    let differ: Vec<Uuid> = seen
        .into_iter()
        .filter(|(id, (revision, latest))| says.is_later(*id, *revision, *latest))
        .map(|(id, _)| id)
        .collect();
    let mut count = 0;
    for some in differ.chunks(PAGE as usize) {
        let rows = image::Entity::find().filter(image::Column::Id.is_in(some.iter().copied()));
        for row in rows.all(app.database.read()).await? {
            count += u64::from(says.is_later(row.id, row.revision, Stamps::read(&row.stamps)?.latest()));
        }
    }
    let message = format!(
        "The journal has later edits of {} than the database, which is older than the bucket. “check --adopt” takes them up.",
        counted(count, "picture")
    );
    Ok((count > 0).then(|| Finding::new(Kind::LaterEdits, journal::of_user(user_id), message).whose(user_id)))
}

fn stale_uploads(app: &Service, open: Vec<upload::Model>) -> impl Iterator<Item = Finding> {
    let before = clock::now() - app.limits.open_upload.as_millis() as i64;
    open.into_iter().filter(move |row| row.updated_at < before).map(|row| {
        let message = "This upload was begun and never finished.";
        let mut finding = Finding::new(Kind::StaleUpload, row.object_key, message).whose(row.user_id);
        finding.upload_id = Some(row.id.to_string());
        finding.store_upload_id = row.store_upload_id;
        finding.aged(row.updated_at)
    })
}

async fn look(app: &Service, key: &str) -> Result<Option<ObjectFacts>> {
    match app.store.head(key).await {
        Ok(facts) => Ok(Some(facts)),
        Err(StoreError::NoSuchKey) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether the row is still what it was.
async fn still(app: &Service, row: &image::Model) -> Result<bool> {
    let now = image::Entity::find_by_id(row.id).one(app.database.read()).await?;
    Ok(now.is_some_and(|now| {
        (now.object_key, now.thumbnail_key, now.has_thumbnail)
            == (row.object_key.clone(), row.thumbnail_key.clone(), row.has_thumbnail)
    }))
}

async fn picture(
    app: &Service,
    row: &image::Model,
    listed: Option<Stored>,
    how: Thoroughness,
) -> Result<Option<Finding>> {
    let size_fits = |size: u64| i64::try_from(size).is_ok_and(|size| size == row.size);
    let tag_fits = |etag: Option<&str>| etag == row.etag.as_deref();
    let key = &*row.object_key;
    let bad_record = || {
        let message = format!("The store’s own record of the picture “{}” is damaged; its bytes are whole.", row.name);
        Finding::of(row, Kind::BadRecord, key, message)
    };
    // Of the own store the record tells of the object, as the tag of another one does.
    let has_record = match &app.own_store {
        Some(store) => listed.is_none() || records::fits(store, row).await,
        None => true,
    };
    if how != Thoroughness::Bytes
        && listed.is_some_and(|stored| size_fits(stored.size) && tag_fits(stored.etag.as_deref()))
    {
        return if has_record { Ok(None) } else { Ok(still(app, row).await?.then(bad_record)) };
    }
    let finding = match look(app, key).await? {
        None => {
            let message = format!("The bytes of the picture “{}” are not in the bucket.", row.name);
            Finding::of(row, Kind::MissingObject, key, message).sizes(row.size, None)
        }
        Some(facts) if !size_fits(facts.size) => {
            let message = format!("The picture “{}” has another size in the bucket.", row.name);
            Finding::of(row, Kind::SizeDiffers, key, message).sizes(row.size, Some(facts.size))
        }
        Some(facts) if how != Thoroughness::Bytes && tag_fits(facts.etag.as_deref()) => return Ok(None),
        // A bucket that was copied has other tags for the same bytes, and some stores give none: the bytes tell.
        Some(facts) => match app.store.read_back(key).await {
            Ok(read)
                if read.sha256 == row.sha256 && (read.etag.is_none() || !has_record) && app.own_store.is_some() =>
            {
                bad_record()
            }
            Ok(read) if read.sha256 == row.sha256 => return Ok(None),
            Ok(_) => {
                let message = format!("The bucket has other bytes than those of the picture “{}”.", row.name);
                Finding::of(row, Kind::ContentDiffers, key, message).sizes(row.size, Some(facts.size))
            }
            Err(StoreError::NoSuchKey) => return Ok(None),
            Err(error) => return Err(error.into()),
        },
    };
    Ok(still(app, row).await?.then_some(finding))
}

async fn thumbnail(app: &Service, row: &image::Model, key: &str, listed: Option<Stored>) -> Result<Option<Finding>> {
    let announced: Option<ThumbnailSpec> = row.thumbnail_spec.as_deref().and_then(|s| serde_json::from_str(s).ok());
    let expected = announced.and_then(|spec| i64::try_from(spec.size).ok());
    let same = |size: u64| expected.is_none_or(|expected| i64::try_from(size).is_ok_and(|size| size == expected));
    let finding = match (row.has_thumbnail, listed) {
        (true, Some(stored)) if same(stored.size) && stored.etag.is_none() && app.own_store.is_some() => {
            let message =
                format!("The store’s own record of the thumbnail of “{}” is damaged; its bytes are there.", row.name);
            Finding::of(row, Kind::BadRecord, key, message)
        }
        (true, Some(stored)) if same(stored.size) => return Ok(None),
        (true, _) => match look(app, key).await? {
            Some(facts) if same(facts.size) => return Ok(None),
            Some(facts) => {
                let message = format!("The thumbnail of “{}” has another size in the bucket.", row.name);
                Finding::of(row, Kind::ThumbnailDiffers, key, message)
                    .sizes(expected.unwrap_or_default(), Some(facts.size))
            }
            None => {
                let message = format!("The thumbnail of “{}” is not in the bucket.", row.name);
                Finding::of(row, Kind::MissingThumbnail, key, message)
            }
        },
        // Under way, most likely.
        (false, _) if clock::now() - row.created_at < THUMBNAIL_COMES => return Ok(None),
        (false, Some(stored)) if same(stored.size) => {
            let message = format!("The thumbnail of “{}” is in the bucket and was never confirmed.", row.name);
            Finding::of(row, Kind::UnconfirmedThumbnail, key, message).aged(stored.stored_at)
        }
        (false, _) => {
            let message = format!("The thumbnail of “{}” was announced and never came.", row.name);
            Finding::of(row, Kind::MissingThumbnail, key, message)
        }
    };
    Ok(still(app, row).await?.then_some(finding))
}

/// Multipart uploads: those in the bucket that no open upload is for, and open uploads whose own is gone.
///
/// # Errors
/// When database or bucket can't be reached.
pub async fn multipart(app: &Service) -> Result<Vec<Finding>> {
    let unfinished = match app.store.unfinished(PICTURES).await {
        Ok(unfinished) => unfinished,
        Err(StoreError::Refused { status: 501, .. }) => {
            tracing::warn!("this store can’t list multipart uploads; stale ones can’t be found");
            return Ok(Vec::new());
        }
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    let mut there = HashSet::new();
    for one in unfinished {
        found.extend(stale_multipart(app, &one).await?);
        there.insert(one.upload_id);
    }
    let open = upload::Entity::find()
        .filter(upload::Column::State.eq(upload::State::Open))
        .filter(upload::Column::StoreUploadId.is_not_null())
        .all(app.database.read())
        .await?;
    for row in open {
        let Some(store_upload_id) = row.store_upload_id.clone().filter(|id| !there.contains(id)) else { continue };
        // One that has been put together and awaits its confirmation is not lost.
        let gone = match app.store.list_parts(&row.object_key, &store_upload_id).await {
            Err(StoreError::NoSuchUpload | StoreError::NoSuchKey) => look(app, &row.object_key).await?.is_none(),
            Ok(_) => false,
            Err(error) => return Err(error.into()),
        };
        let now = upload::Entity::find_by_id(row.id).one(app.database.read()).await?;
        if gone && now.is_some_and(|now| now.state == upload::State::Open) {
            let message = "The bucket has dropped the parts of this upload, which the database holds open.";
            let mut finding = Finding::new(Kind::LostMultipart, row.object_key, message).whose(row.user_id);
            finding.upload_id = Some(row.id.to_string());
            finding.store_upload_id = Some(store_upload_id);
            found.push(finding.aged(row.updated_at));
        }
    }
    Ok(found)
}

async fn stale_multipart(app: &Service, one: &Unfinished) -> Result<Option<Finding>> {
    let told = |kind, message: &str| {
        let mut finding = Finding::new(kind, &*one.key, message).aged(one.begun.unwrap_or_else(clock::now));
        finding.store_upload_id = Some(one.upload_id.clone());
        finding
    };
    let known = match owner_of(&one.key) {
        Some((user_id, upload_id)) => {
            let person = user::Entity::find_by_id(user_id).one(app.database.read()).await?;
            person.map(|_| (user_id, upload_id))
        }
        None => None,
    };
    let Some((user_id, upload_id)) = known else {
        return Ok(Some(told(Kind::Foreign, "This multipart upload is none of this service’s. It is left alone.")));
    };
    let row = upload::Entity::find_by_id(upload_id).one(app.database.read()).await?;
    let needed = row.is_some_and(|row| {
        row.user_id == user_id
            && row.state == upload::State::Open
            && row.store_upload_id.as_deref() == Some(&*one.upload_id)
    });
    if needed {
        return Ok(None);
    }
    Ok(Some(told(Kind::StaleMultipart, "No open upload is for this multipart upload.").whose(user_id)))
}

/// What is under the service's folders and belongs to nobody whom the database knows.
///
/// # Errors
/// When database or bucket can't be reached.
pub async fn strangers(app: &Service) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for below in [PICTURES, THUMBNAILS] {
        let mut from = None;
        loop {
            let page = app.store.list(below, Depth::OneFolder, from).await?;
            found.extend(page.objects.iter().map(foreign_object));
            let id = |folder: &str| Uuid::try_parse(folder.strip_prefix(below)?.trim_end_matches('/')).ok();
            let ids: Vec<Uuid> = page.folders.iter().filter_map(|folder| id(folder)).collect();
            let known: Vec<Uuid> = user::Entity::find()
                .select_only()
                .column(user::Column::Id)
                .filter(user::Column::Id.is_in(ids))
                .into_tuple()
                .all(app.database.read())
                .await?;
            for folder in &page.folders {
                // As the service writes it: another spelling of the same identifier is another folder.
                let whose = id(folder).filter(|id| *folder == format!("{below}{id}/"));
                if !whose.is_some_and(|id| known.contains(&id)) {
                    found.extend(foreign_folder(app, folder).await?);
                }
            }
            match page.next {
                Some(next) => from = Some(next),
                None => break,
            }
        }
    }
    Ok(found)
}

async fn foreign_folder(app: &Service, folder: &str) -> Result<Option<Finding>> {
    let (mut objects, mut bytes, mut from) = (0_u64, 0_u64, None);
    loop {
        let page = app.store.list(folder, Depth::Everything, from).await?;
        objects += page.objects.len() as u64;
        bytes += page.objects.iter().map(|object| object.size).sum::<u64>();
        match page.next {
            Some(next) => from = Some(next),
            None => break,
        }
    }
    if objects == 0 {
        return Ok(None);
    }
    let what = counted(objects, "object");
    let message = format!(
        "{what} of somebody whom this database doesn’t know: another service’s in the same bucket, or the database is older \
         than the bucket. Nothing of it is touched."
    );
    let mut finding = Finding::new(Kind::Foreign, folder, message);
    finding.found_size = Some(bytes);
    Ok(Some(finding))
}
