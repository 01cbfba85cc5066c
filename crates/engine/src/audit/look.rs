//! Looking at some pictures: the service asks the store, and with `deep` this computer reads the bytes.

use account_api::{CheckedBy, Image, MAX_BATCH, VerifiedBy, VerifyOutcome, VerifyRequest, VerifyResult};
use catalogue::Connection;
use catalogue::SqliteError;
use catalogue::table::audit::{self, Look, Outcome};
use catalogue::table::picture::{self, Picture};

use super::deep::read_bytes;
use super::run::{is_problem, now};
use crate::blobs::local_copy;
use crate::connection::Access;
use crate::library::known_picture;
use crate::session::Session;
use crate::view::{CheckOutcome, CheckedPicture, LastCheck};
use crate::{ErrorKind, Result};

/// By download, as it stands in the catalogue beside the wire's names.
pub(super) const DOWNLOADED: &str = "downloaded";

/// What was found of some pictures, and records that changed by looking.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) looks: Vec<Look>,
    pub(super) images: Vec<Image>,
}

impl Looked {
    /// Why, when none of several pictures could be asked about.
    pub(super) fn outage(&self) -> Option<String> {
        let all_failed = !self.looks.is_empty() && self.looks.iter().all(|look| look.outcome == Outcome::Failed);
        all_failed.then(|| self.looks[0].message.clone().unwrap_or_default())
    }
}

/// How thoroughly pictures are looked at. What isn't proven yet is read back by the service in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The service asks the store for size and entity tag.
    Look,
    /// The same for somebody who is about to give up a file of their own: a tag has to be the store's word for the bytes of
    /// today, or else the service reads them.
    Proof,
    /// The bytes are downloaded to this computer and hashed.
    Bytes,
}

/// What the service may have to read for one call, in bytes: so that calls end, and what is read is soon written down.
const READ_AT_ONCE: u64 = 256 * 1024 * 1024;

/// Looks at some pictures. One that the account no longer has is left out: sync will remove it.
///
/// # Errors
/// When the service can't be asked.
pub(super) async fn look_at(session: &Session, pictures: &[Picture], depth: Depth) -> Result<Looked> {
    let mut looked = Looked::default();
    for some in batches(pictures, depth) {
        let answer = session.client.verify_images(&request(some, false, depth)).await?;
        for (picture, result) in some.iter().zip(answer.results) {
            take(session, &mut looked, picture, result);
        }
    }
    if depth == Depth::Bytes {
        read_bytes(session, pictures, &mut looked).await?;
    }
    Ok(looked)
}

/// In their order, as many in a call as may be, and as are read soon.
fn batches(pictures: &[Picture], depth: Depth) -> Vec<&[Picture]> {
    let mut batches = Vec::new();
    let mut rest = pictures;
    while !rest.is_empty() {
        let (mut count, mut bytes) = (0, 0);
        for picture in rest.iter().take(MAX_BATCH) {
            if depth == Depth::Proof || !is_proven(picture) {
                bytes += picture.image.size;
            }
            if count > 0 && bytes > READ_AT_ONCE {
                break;
            }
            count += 1;
        }
        let (batch, after) = rest.split_at(count);
        batches.push(batch);
        rest = after;
    }
    batches
}

fn is_proven(picture: &Picture) -> bool {
    picture.image.receipt.verified_by.is_proof()
}

/// Whether uploading the picture's file again would do something for it: its stored bytes are lost, changed or not proven.
pub(crate) fn needs_bytes(picture: &Picture) -> bool {
    picture.image.receipt.fault.is_some() || !is_proven(picture)
}

/// Asks about these pictures.
pub(super) fn request(pictures: &[Picture], read_back: bool, depth: Depth) -> VerifyRequest {
    let image_ids = pictures.iter().map(|picture| picture.image.id.clone()).collect();
    VerifyRequest { image_ids, read_back, proof: depth == Depth::Proof }
}

/// Takes in what the service said.
pub(super) fn take(session: &Session, looked: &mut Looked, picture: &Picture, result: VerifyResult) {
    looked.images.extend(result.image.map(|image| *image));
    let (outcome, checked_by, message) = match result.outcome {
        VerifyOutcome::Confirmed { checked_by } => {
            session.way.store_works(Access::Read);
            (Outcome::Confirmed, Some(by_text(checked_by).to_owned()), None)
        }
        VerifyOutcome::Missing => {
            (Outcome::Missing, None, Some("The store no longer has this picture's file.".to_owned()))
        }
        VerifyOutcome::Changed { message } => (Outcome::Changed, None, Some(message)),
        VerifyOutcome::Failed { error } => {
            let error = session.client.explain(&error);
            if error.code == ErrorKind::StoreUnreachable {
                session.way.store_unreadable(error.message.clone());
            }
            (Outcome::Failed, None, Some(error.message))
        }
        VerifyOutcome::Unknown => return,
    };
    looked.looks.retain(|look| look.picture != picture.id);
    looked.looks.push(Look { picture: picture.id, checked_at: now(), outcome, checked_by, message });
}

fn by_text(by: CheckedBy) -> &'static str {
    match by {
        CheckedBy::SizeAndTag => "size_and_tag",
        CheckedBy::ReadBack => "read_back",
    }
}

/// Looks at some pictures and writes down what was found, apart from any run.
///
/// # Errors
/// When one of them is unknown, the service can't be asked, or the catalogue can't be written.
pub(crate) async fn check_pictures(session: &Session, ids: &[u32], depth: Depth) -> Result<Vec<CheckedPicture>> {
    let mut checked = Vec::with_capacity(ids.len());
    for some in ids.chunks(MAX_BATCH) {
        let mut pictures = Vec::with_capacity(some.len());
        for id in some {
            pictures.push(known_picture(session, *id).await?);
        }
        let Looked { looks, images } = look_at(session, &pictures, depth).await?;
        let anything = !images.is_empty();
        let told = session
            .catalogue
            .write(move |conn| {
                for image in &images {
                    picture::upsert(conn, image)?;
                }
                for look in &looks {
                    audit::put(conn, look)?;
                }
                looks.into_iter().map(|look| describe(conn, look)).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        if anything {
            session.events.library_changed();
        }
        checked.extend(told.into_iter().flatten());
    }
    Ok(checked)
}

/// Pictures after a number that were not found as they should be; at most `limit`.
///
/// # Errors
/// When the catalogue can't be read.
pub(crate) async fn problems(session: &Session, after: u32, limit: usize) -> Result<Vec<CheckedPicture>> {
    let told = session
        .catalogue
        .read(move |conn| {
            let looks = audit::problems(conn, after, limit)?;
            looks.into_iter().map(|look| describe(conn, look)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(told.into_iter().flatten().collect())
}

fn describe(conn: &Connection, look: Look) -> Result<Option<CheckedPicture>, SqliteError> {
    let Some(picture) = picture::get(conn, look.picture)? else { return Ok(None) };
    let faulty = matches!(look.outcome, Outcome::Missing | Outcome::Changed);
    let local_copy = if faulty { local_copy(conn, &picture)? } else { None };
    let proven = look.outcome == Outcome::Confirmed && !needs_bytes(&picture);
    Ok(Some(CheckedPicture {
        proven,
        id: picture.id,
        image_id: picture.image.id,
        name: picture.image.name,
        sha256: picture.image.sha256,
        check: last_check(look, picture.image.receipt.verified_by),
        local_copy: local_copy.map(|path| path.display().to_string()),
    }))
}

/// The last look at a picture that is proven in this way, for people.
pub(crate) fn last_check(look: Look, by: VerifiedBy) -> LastCheck {
    let message = if is_problem(look.outcome) {
        look.message.unwrap_or_default()
    } else {
        confirmed_by(look.checked_by.as_deref().unwrap_or_default(), by).to_owned()
    };
    let outcome = match look.outcome {
        Outcome::Confirmed => CheckOutcome::Confirmed,
        Outcome::Missing => CheckOutcome::Missing,
        Outcome::Changed => CheckOutcome::Changed,
        Outcome::Failed => CheckOutcome::Failed,
    };
    LastCheck { at: look.checked_at, outcome, message }
}

fn confirmed_by(check: &str, by: VerifiedBy) -> &'static str {
    if by == VerifiedBy::AsFound {
        return match check {
            "read_back" => "The stored bytes were read back: they are the same as when they were found in the store.",
            DOWNLOADED => {
                "The stored bytes were downloaded to this computer: they are the same as when they were found in the store."
            }
            _ => "The store still has it, as it was found there.",
        };
    }
    match check {
        // Of an earlier version, which took that for enough.
        "size" => "The store has something of the size that it confirmed. Check it again to have the bytes compared.",
        "read_back" => "The service read the stored bytes back, and their SHA-256 is that of this file.",
        DOWNLOADED => "The stored bytes were downloaded to this computer, and their SHA-256 is that of this file.",
        _ => "The store still has it: size and entity tag are those that it confirmed.",
    }
}
