//! Looking at some pictures: the service asks the store, and with `deep` this computer reads the bytes.

use account_api::MAX_BATCH;
use catalogue::Connection;
use catalogue::SqliteError;
use catalogue::table::audit::{self, Look, Outcome};
use catalogue::table::picture::{self, Picture};

use super::deep::read_bytes;
use super::findings::{Depth, Findings, request, take};
use super::last_check::last_check;
use super::proof::{is_proven, needs_bytes};
use crate::Result;
use crate::blobs::local_copy;
use crate::library::{Library, known_picture};
use crate::view::CheckedPicture;

/// What the service may have to read for one call, in bytes: so that calls end, and what is read is soon written down.
const READ_AT_ONCE: u64 = 256 * 1024 * 1024;

/// Looks at some pictures. One that the account no longer has is left out: sync will remove it.
///
/// # Errors
/// When the service can't be asked.
pub(super) async fn ask_about(library: &Library, pictures: &[Picture], depth: Depth) -> Result<Findings> {
    let mut findings = Findings::default();
    for some in batches(pictures, depth) {
        let answer = library.client.verify_images(&request(some, false, depth)).await?;
        for (picture, result) in some.iter().zip(answer.results) {
            take(library, &mut findings, picture, result);
        }
    }
    if depth == Depth::Bytes {
        read_bytes(library, pictures, &mut findings).await?;
    }
    Ok(findings)
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

/// Looks at some pictures and writes down what was found, apart from any run.
///
/// # Errors
/// When one of them is unknown, the service can't be asked, or the catalogue can't be written.
pub(crate) async fn check_pictures(library: &Library, ids: &[u32], depth: Depth) -> Result<Vec<CheckedPicture>> {
    let mut checked = Vec::with_capacity(ids.len());
    for some in ids.chunks(MAX_BATCH) {
        let mut pictures = Vec::with_capacity(some.len());
        for id in some {
            pictures.push(known_picture(library, *id).await?);
        }
        let Findings { looks, images } = ask_about(library, &pictures, depth).await?;
        let anything = !images.is_empty();
        let told = library
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
            library.events.library_changed();
        }
        checked.extend(told.into_iter().flatten());
    }
    Ok(checked)
}

/// Pictures after a number that were not found as they should be; at most `limit`.
///
/// # Errors
/// When the catalogue can't be read.
pub(crate) async fn problems(library: &Library, after: u32, limit: usize) -> Result<Vec<CheckedPicture>> {
    let told = library
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
