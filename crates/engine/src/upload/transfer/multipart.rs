//! Large files, in parts: several at a time, written down before they are sent, and after an interruption exactly the
//! missing ones.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use account_api::{CompletedPart, ErrorCode, PartSpec, StoredPart};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catalogue::table::upload_part::{self, UploadPart};
use futures::{StreamExt as _, TryStreamExt as _};

use crate::upload::account::remote::Refused;
use crate::upload::intake::digest::Digester;
use crate::upload::intake::reading::Reading;
use crate::upload::schedule::concurrency_limit::MOST;
use crate::upload::schedule::retry_budget::RetryBudget;
use crate::upload::shared::Shared;
use crate::upload::transfer::attempt::{Attempted, SOON, Transferring};
use crate::upload::transfer::body::{Content, Counter, read_exact_at};
use crate::upload::transfer::deliver::{TimedGrant, Undelivered};

/// How many parts of one file are prepared at a time; how many are sent, the concurrency limit says.
const AT_ONCE: usize = MOST;

/// How often one part is sent that arrives with other bytes.
const SPOILT: u32 = 4;

/// How much is hashed at a time.
const CHUNK: usize = 1 << 20;

/// The parts of one file.
pub(in crate::upload) struct Parts {
    /// The service's name for the upload.
    pub(in crate::upload) upload_id: String,
    /// Size of every part but the last, in bytes.
    pub(in crate::upload) part_size: u64,
    /// Their number.
    pub(in crate::upload) count: u32,
}

impl Parts {
    fn offset(&self, number: u32) -> u64 {
        u64::from(number - 1) * self.part_size
    }

    fn size_of(&self, number: u32, file: u64) -> u64 {
        file.saturating_sub(self.offset(number)).min(self.part_size)
    }
}

/// Sends what is missing, and gives all parts.
pub(in crate::upload) async fn send(
    shared: &Arc<Shared>,
    work: &Transferring<'_>,
    parts: &Parts,
) -> Result<Vec<CompletedPart>, Attempted> {
    let reading = work.reading;
    if u64::from(parts.count) != reading.identity.size.div_ceil(parts.part_size.max(1)) {
        return Err(Attempted::Anew);
    }
    let path = work.path.to_owned();
    let file = tokio::task::spawn_blocking(move || File::open(path)).await.map_err(|_| Attempted::Anew)?;
    let file = Arc::new(file.map_err(Attempted::Unreadable)?);
    let sums = checksums(work.path, &file, reading, parts).await?;

    let mut done = have_already(shared, work, parts, &sums).await?;
    let already: u64 = done.iter().map(|part| parts.size_of(part.number, reading.identity.size)).sum();
    let counter = &work.in_flight.counter;
    counter.file.store(already, std::sync::atomic::Ordering::Relaxed);

    let missing: Vec<u32> = (1..=parts.count).filter(|number| done.iter().all(|part| part.number != *number)).collect();
    plan(shared, work.in_flight.id, &missing, &sums).await?;
    let sums = &sums;
    let sending = missing
        .into_iter()
        .map(|number| send_one(shared, work, parts, &file, number, &sums[number as usize - 1], counter));
    let sent: Vec<CompletedPart> = futures::stream::iter(sending).buffer_unordered(AT_ONCE).try_collect().await?;
    done.extend(sent);
    done.sort_unstable_by_key(|part| part.number);
    Ok(done)
}

/// The MD5 of each part in base64: from the one read, unless the service cuts the file differently.
async fn checksums(path: &Path, file: &Arc<File>, reading: &Reading, parts: &Parts) -> Result<Vec<String>, Attempted> {
    if let Some(known) = reading.digests.parts.as_ref().filter(|known| known.part_size == parts.part_size) {
        return Ok(known.md5.clone());
    }
    let (file, size, part_size) = (Arc::clone(file), reading.identity.size, parts.part_size);
    let digests = tokio::task::spawn_blocking(move || {
        let mut digester = Digester::new(Some(part_size));
        let mut buffer = vec![0; CHUNK];
        while digester.size() < size {
            let length = usize::try_from(size - digester.size()).unwrap_or(CHUNK).min(CHUNK);
            read_exact_at(&file, &mut buffer[..length], digester.size())?;
            digester.update(&buffer[..length]);
        }
        Ok(digester.finish())
    });
    let digests = digests.await.map_err(|_| Attempted::Anew)?.map_err(Attempted::Unreadable)?;
    // What is hashed a second time may have changed since the first.
    if digests.sha256 != reading.digests.sha256 || !reading.identity.still_holds(path) {
        return Err(Attempted::Changed);
    }
    Ok(digests.parts.map(|known| known.md5).unwrap_or_default())
}

/// The parts that the store has and that are those of this file.
async fn have_already(
    shared: &Shared,
    work: &Transferring<'_>,
    parts: &Parts,
    sums: &[String],
) -> Result<Vec<CompletedPart>, Attempted> {
    let id = work.in_flight.id;
    let known = shared.read(move |conn| upload_part::of_upload(conn, id)).await.ok_or(Attempted::Lost)?;
    // An upload with no part of ours may still have some of another device's; asking costs one call a large file.
    let stored = match shared.account.stored(&parts.upload_id).await {
        Ok(stored) => stored,
        Err(Refused(detail)) if detail.code == ErrorCode::Conflict => return Err(Attempted::AllThere),
        Err(Refused(detail)) if matches!(detail.code, ErrorCode::UploadGone | ErrorCode::NotFound) => {
            return Err(Attempted::Anew);
        }
        Err(Refused(detail)) => return Err(Attempted::Refused(detail)),
    };
    let size = work.reading.identity.size;
    Ok(stored.into_iter().filter(|part| is_ours(part, parts, size, &known, sums)).map(completed).collect())
}

fn completed(part: StoredPart) -> CompletedPart {
    CompletedPart { number: part.number, etag: part.etag }
}

/// A stored part counts when the ledger says that these very bytes were answered with this tag, or when the tag is their
/// MD5, as it is in most stores: then only the answer was lost.
fn is_ours(stored: &StoredPart, parts: &Parts, size: u64, known: &[UploadPart], sums: &[String]) -> bool {
    let Some(sum) = (stored.number as usize).checked_sub(1).and_then(|at| sums.get(at)) else { return false };
    if stored.size != parts.size_of(stored.number, size) {
        return false;
    }
    let tag = stored.etag.trim_matches('"');
    let noted = known.iter().any(|part| {
        part.number == stored.number
            && part.content_md5 == *sum
            && part.etag.as_deref().map(|tag| tag.trim_matches('"')) == Some(tag)
    });
    noted || hex::decode(tag).is_ok_and(|md5| STANDARD.encode(md5) == *sum)
}

/// Writes parts down before they are sent.
async fn plan(shared: &Shared, id: u32, missing: &[u32], sums: &[String]) -> Result<(), Attempted> {
    let rows: Vec<UploadPart> = missing
        .iter()
        .map(|number| UploadPart { number: *number, content_md5: sums[*number as usize - 1].clone(), etag: None })
        .collect();
    shared.write(move |conn| upload_part::plan(conn, id, &rows)).await.ok_or(Attempted::Lost)
}

async fn send_one(
    shared: &Shared,
    work: &Transferring<'_>,
    parts: &Parts,
    file: &Arc<File>,
    number: u32,
    sum: &str,
    counter: &Counter,
) -> Result<CompletedPart, Attempted> {
    let content = Content::File {
        file: Arc::clone(file),
        offset: parts.offset(number),
        size: parts.size_of(number, work.reading.identity.size),
    };
    let mut budget = RetryBudget::default();
    let (mut denied, mut spoilt) = (false, 0);
    while spoilt < SPOILT {
        let asked = Instant::now();
        let spec = PartSpec { number, content_md5: sum.to_owned() };
        let put = match shared.account.parts(&parts.upload_id, vec![spec]).await {
            Ok(mut granted) if granted.len() == 1 => granted.remove(0).put,
            Ok(_) => return Err(Attempted::Refused(Refused::silent())),
            Err(Refused(detail)) if matches!(detail.code, ErrorCode::UploadGone | ErrorCode::NotFound) => {
                return Err(Attempted::Anew);
            }
            Err(Refused(detail)) => return Err(Attempted::Refused(detail)),
        };
        match shared.sender.deliver(&work.in_flight.rank, &TimedGrant::new(put), &content, counter, &mut budget).await {
            Ok(etag) => {
                let etag = etag.unwrap_or_default();
                let (id, noted) = (work.in_flight.id, etag.clone());
                shared.write(move |conn| upload_part::stored(conn, id, number, &noted)).await.ok_or(Attempted::Lost)?;
                return Ok(CompletedPart { number, etag });
            }
            // A service that grants nothing but what has expired is not asked for ever.
            Err(Undelivered::Stale) if asked.elapsed() < SOON => spoilt += 1,
            Err(Undelivered::Stale) => {}
            Err(Undelivered::Denied(said)) if std::mem::replace(&mut denied, true) => {
                return Err(Attempted::Denied(said));
            }
            Err(Undelivered::Denied(_)) => {}
            Err(Undelivered::OtherBytes) if !work.reading.identity.still_holds(work.path) => {
                return Err(Attempted::Changed);
            }
            // Spoilt on the way: the store noticed, and it goes again.
            Err(Undelivered::OtherBytes) => spoilt += 1,
            Err(Undelivered::Gone) => return Err(Attempted::Anew),
            Err(Undelivered::Unreadable(error)) => return Err(Attempted::Unreadable(error)),
            Err(Undelivered::Failed(refusal)) => return Err(Attempted::Failed(refusal)),
        }
    }
    Err(Attempted::Spoilt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_part_counts_only_when_it_is_provably_of_these_bytes() {
        let parts = Parts { upload_id: "u".into(), part_size: 8, count: 2 };
        let sums =
            [crate::upload::intake::digest::content_md5(b"12345678"), crate::upload::intake::digest::content_md5(b"9")];
        let md5 = hex::encode(STANDARD.decode(&sums[1]).unwrap());
        let stored = |number, size, etag: &str| StoredPart { number, size, etag: etag.to_owned() };
        let known = [UploadPart { number: 1, content_md5: sums[0].clone(), etag: Some("opaque-1".into()) }];
        let counts = |part: StoredPart| is_ours(&part, &parts, 9, &known, &sums);
        assert!(counts(stored(1, 8, "\"opaque-1\"")), "the answer was noted");
        assert!(counts(stored(2, 1, &md5)), "the answer was lost, but the tag is the MD5");
        assert!(!counts(stored(1, 8, "opaque-2")), "somebody else's");
        assert!(!counts(stored(2, 8, &md5)), "another size");
        assert!(!counts(stored(3, 1, &md5)), "no part of this file");
        let other = [UploadPart { number: 1, content_md5: sums[1].clone(), etag: Some("opaque-1".into()) }];
        assert!(!is_ours(&stored(1, 8, "opaque-1"), &parts, 9, &other, &sums), "the file changed since");
    }
}
