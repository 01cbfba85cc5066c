//! Reading the bytes: downloaded to this computer and hashed, nothing of them kept.

use catalogue::table::audit::Outcome;
use catalogue::table::picture::Picture;
use futures::{StreamExt, stream};

use super::findings::{DOWNLOADED, Depth, Findings, request, take};
use crate::blobs::{Original, hash_stored};
use crate::library::Library;
use crate::{EngineError, ErrorKind, Result};

/// Downloads at the same time.
const AT_ONCE: usize = 3;

/// Reads the bytes of those that look right so far.
///
/// # Errors
/// When the service can't be asked about bytes that arrived otherwise.
pub(super) async fn read_bytes(library: &Library, pictures: &[Picture], findings: &mut Findings) -> Result<()> {
    let sound: Vec<Picture> = pictures
        .iter()
        .filter(|picture| {
            findings.looks.iter().any(|look| look.picture == picture.id && look.outcome == Outcome::Confirmed)
        })
        .cloned()
        .collect();
    let read: Vec<(Picture, Result<(), EngineError>)> = stream::iter(sound)
        .map(|picture| async move {
            let result = hash_stored(library, &Original::of(&picture)).await;
            (picture, result)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for (picture, result) in read {
        match result {
            Ok(()) => confirm(findings, picture.id),
            // The service looks for itself, and writes it down for every device: also what the store breaks off giving, which it
            // may never give again.
            Err(error) if asks_service(error.code) => {
                let asked = std::slice::from_ref(&picture);
                let answer = library.client.verify_images(&request(asked, true, Depth::Bytes)).await?;
                for result in answer.results {
                    take(library, findings, &picture, result);
                }
                if findings.looks.iter().any(|look| look.picture == picture.id && look.outcome == Outcome::Confirmed) {
                    fail(findings, picture.id, only_here(error));
                }
            }
            Err(error) => fail(findings, picture.id, error.message),
        }
    }
    Ok(())
}

fn asks_service(code: ErrorKind) -> bool {
    matches!(code, ErrorKind::NotFound | ErrorKind::ChecksumMismatch | ErrorKind::StoreUnreachable)
}

/// Why bytes that the store has don't arrive here.
fn only_here(error: EngineError) -> String {
    if error.code == ErrorKind::StoreUnreachable {
        return error.message;
    }
    messages::Audit::Altered.to_string()
}

fn confirm(findings: &mut Findings, id: u32) {
    for look in findings.looks.iter_mut().filter(|look| look.picture == id) {
        look.checked_by = Some(DOWNLOADED.to_owned());
    }
}

fn fail(findings: &mut Findings, id: u32, why: String) {
    for look in findings.looks.iter_mut().filter(|look| look.picture == id) {
        look.outcome = Outcome::Failed;
        look.checked_by = None;
        look.message = Some(why.clone());
    }
}
