//! Pictures that the journal knows, as it knows them.

use account_api::{Fault, Image, Operation, VerifiedBy};
use uuid::Uuid;

use super::failure::RebuildError;
use super::owner::Owner;
use super::report::{Report, Stage, Teller};
use super::rows::add;
use super::scratch::{Known, Scratch};
use super::twins;
use crate::clock;
use crate::edits::learn;
use crate::error::{Error, Result};
use crate::images::{Picture, fault_text, said_in};
use crate::journal::{Entry, StoredAs};
use crate::legacy::Legacy;
use crate::service::Service;
use crate::storage::entity::image;
use crate::trash_rule::{self, Rule};

/// How many pictures are added at a time.
const BATCH: u32 = 200;

/// Adds the pictures that have an entry and an object.
pub async fn restore(
    app: &Service,
    owner: &Owner,
    scratch: &Scratch,
    teller: &Teller<'_>,
    report: &mut Report,
) -> Result<(), RebuildError> {
    teller.begin(Stage::Pictures, scratch.count_objects().await?);
    let removed = scratch.count_removed().await?;
    report.left_alone += removed;
    teller.done(removed);
    let rule = trash_rule::current(app.database.read()).await?;
    let mut after = (i64::MIN, String::new());
    loop {
        let page = scratch.known((after.0, &after.1), BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.revision, last.image_id.clone());
        let done = page.len() as u64;
        let mut rows = Vec::with_capacity(page.len());
        for known in page {
            match picture(owner, &known, &rule)? {
                Some(picture) => {
                    report.changed += u64::from(known.size.is_some_and(|size| picture.row.size != size));
                    rows.push(picture);
                }
                None => report.left_alone += 1,
            }
        }
        let added = add(app, owner, rows, true).await?;
        let told_apart = twins::settle(app, owner, added.taken, report).await?;
        report.from_journal += added.new + told_apart;
        report.not_proven += added.not_proven;
        report.already += added.already;
        report.learned += learn(app, owner.user_id, &added.here, &[]).await?;
        report.left_alone += added.left_alone;
        teller.done(done);
    }
}

/// Adds the pictures that have an entry and no object, as missing: what was said of them stays, and their files mend them.
pub async fn restore_missing(
    app: &Service,
    owner: &Owner,
    scratch: &Scratch,
    report: &mut Report,
) -> Result<(), RebuildError> {
    let rule = trash_rule::current(app.database.read()).await?;
    let mut after = (i64::MIN, String::new());
    loop {
        let page = scratch.missing((after.0, &after.1), BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.revision, last.image_id.clone());
        let mut rows = Vec::with_capacity(page.len());
        for known in page {
            match picture(owner, &known, &rule)? {
                Some(picture) => rows.push(picture),
                None => report.left_alone += 1,
            }
        }
        let added = add(app, owner, rows, true).await?;
        report.missing += added.new + added.already;
        report.learned += learn(app, owner.user_id, &added.here, &[]).await?;
        // Of those whose bytes are another picture's, nothing is missing.
        report.left_alone += added.left_alone + added.taken.len() as u64;
    }
}

/// The picture that an entry was made of.
fn picture(owner: &Owner, known: &Known, rule: &Rule) -> Result<Option<Picture>> {
    let entry: Entry = serde_json::from_str(&known.entry).map_err(Error::internal)?;
    let (Operation::Upsert { image }, Some(stored)) = (entry.change.operation, entry.stored) else { return Ok(None) };
    let Ok(id) = Uuid::try_parse(&image.id) else { return Ok(None) };
    let deleted_at = image.deleted_at.as_deref().and_then(clock::read);
    // A picture whose time in the trash is over gets it once more: nobody loses a picture by looking for it.
    let now = clock::now();
    let deleted_at = deleted_at.map(|at| if rule.removed_at(at).is_some_and(|over| over < now) { now } else { at });
    let legacy = legacy(&image);
    let mut row = model(owner.user_id, id, *image, stored, known.has_thumbnail, deleted_at)?;
    settle_proof(&mut row, known);
    match entry.said {
        Some(said) => said.with(row),
        None => legacy.apart(id).with(row),
    }
    .map(Some)
}

/// What was proven once holds for the object of today only while that looks the same: by a tag that both have. Another size
/// is no longer the picture; anything else awaits being read.
fn settle_proof(row: &mut image::Model, known: &Known) {
    let Some(size) = known.size else {
        row.fault = Some(fault_text(Fault::Missing).to_owned());
        row.verified_by = VerifiedBy::NotProven.as_str().to_owned();
        return;
    };
    if size != row.size {
        row.fault = Some(fault_text(Fault::Changed).to_owned());
    }
    // A fault that was that the object is missing: it is there.
    if row.fault.as_deref() == Some(fault_text(Fault::Missing)) {
        row.fault = None;
        row.verified_by = VerifiedBy::NotProven.as_str().to_owned();
    }
    if known.etag.is_none() || known.etag != row.etag {
        row.verified_by = VerifiedBy::NotProven.as_str().to_owned();
        row.etag.clone_from(&known.etag);
    }
}

fn model(
    user_id: Uuid,
    id: Uuid,
    image: Image,
    stored: StoredAs,
    has_thumbnail: bool,
    deleted_at: Option<i64>,
) -> Result<image::Model> {
    let at = |text: &str| clock::read(text).unwrap_or_else(clock::now);
    let side = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    let thumbnail_spec = stored.thumbnail.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?;
    let mut row = image::Model {
        width: side(image.width),
        height: side(image.height),
        size: i64::try_from(image.size).map_err(Error::internal)?,
        thumbnail_spec,
        has_thumbnail,
        updated_at: at(&image.updated_at),
        deleted_at,
        stored_size: i64::try_from(image.receipt.stored_size).map_err(Error::internal)?,
        verified_by: image.receipt.verified_by.as_str().to_owned(),
        verified_at: image.receipt.verified_at.as_deref().map_or_else(clock::now, at),
        fault: image.receipt.fault.map(|fault| fault_text(fault).to_owned()),
        ..image::Model::new(id, user_id, at(&image.created_at))
    };
    said_in(&image, &mut row)?;
    Ok(image::Model {
        name: image.name,
        format: image.format,
        content_type: image.content_type,
        sha256: image.sha256,
        file_modified_at: image.file_modified_at,
        camera: image.camera,
        facts: image::facts_text(&image.facts.sound()),
        thumbhash: image.thumbhash,
        remark: image::remark_text(image.remark.as_ref()),
        object_key: stored.key,
        thumbnail_key: stored.thumbnail_key,
        etag: image.receipt.etag,
        ..row
    })
}

/// What versions said of a picture that knew of one author only.
fn legacy(image: &Image) -> Legacy {
    Legacy {
        description: image.description.clone(),
        alt_text: image.alt_text.clone(),
        tags: image.tags.clone(),
        text_in_image: image.text_in_image.clone(),
        described_by: image.described_by.clone(),
        described_at: image.described_at.as_deref().and_then(clock::read),
    }
}
