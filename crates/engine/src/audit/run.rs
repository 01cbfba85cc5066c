//! One run through all pictures.

use account_api::MAX_BATCH;
use catalogue::table::audit::{self, Run};
use catalogue::table::picture;

use super::check::ask_about;
use super::findings::{Depth, now};
use crate::library::Library;
use crate::view::AuditProgress;
use crate::{EngineError, ErrorKind, Result};

/// Pictures a transaction when their bytes are read: what is read is not to be read again.
const DEEP_PAGE: usize = 12;

/// How the library is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditOptions {
    /// Download the bytes and hash them, in place of asking for size and entity tag.
    pub deep: bool,
    /// Begin with the first picture, although an earlier run could be gone on with.
    pub restart: bool,
}

/// Goes on with an unfinished run of the same kind, or begins one, and goes through to the end. What was asked about is
/// kept when this fails or is dropped.
///
/// # Errors
/// When the service or the store can't be asked, or the catalogue can't be written.
pub(crate) async fn run(
    library: &Library,
    options: AuditOptions,
    on_progress: &mut (dyn FnMut(&AuditProgress) + Send),
) -> Result<AuditProgress> {
    let at = now();
    library
        .catalogue
        .write(move |conn| match audit::run(conn)? {
            Some(Run { finished_at: None, deep, .. }) if deep == options.deep && !options.restart => Ok(()),
            _ => audit::begin(conn, &at, options.deep),
        })
        .await?;
    let (size, depth) = if options.deep { (DEEP_PAGE, Depth::Bytes) } else { (MAX_BATCH, Depth::Look) };
    loop {
        let (from, page) = library
            .catalogue
            .read(move |conn| {
                let from = audit::run(conn)?.map_or(0, |run| run.upto);
                Ok((from, picture::page(conn, from, size)?))
            })
            .await?;
        let Some(last) = page.last().map(|picture| picture.id) else { break };
        let findings = ask_about(library, &page, depth).await?;
        if let Some(reason) = findings.outage() {
            // Nothing could be asked about: more of the same would only fill the list.
            library.client.ready().await?;
            if page.len() > 1 {
                return Err(EngineError::new(ErrorKind::StoreUnreachable, messages::Audit::Stopped { why: reason }));
            }
        }
        let records = findings.images;
        let anything = !records.is_empty();
        library
            .catalogue
            .write(move |conn| {
                for record in &records {
                    picture::upsert(conn, record)?;
                }
                for look in &findings.looks {
                    audit::put(conn, look)?;
                }
                audit::advance(conn, from, last, &findings.looks)
            })
            .await?;
        if anything {
            library.events.library_changed();
        }
        on_progress(&progress(library, true).await?);
    }
    let at = now();
    library.catalogue.write(move |conn| audit::finish(conn, &at)).await?;
    progress(library, false).await
}

/// How far the newest run is.
///
/// # Errors
/// When the catalogue can't be read.
pub(crate) async fn progress(library: &Library, running: bool) -> Result<AuditProgress> {
    let (run, total) = library.catalogue.read(|conn| Ok((audit::run(conn)?, picture::total(conn)?))).await?;
    let Some(run) = run else { return Ok(AuditProgress { running, total, ..AuditProgress::default() }) };
    let done = run.confirmed + run.missing + run.changed + run.failed;
    Ok(AuditProgress {
        running,
        deep: run.deep,
        total: total.max(done),
        done,
        confirmed: run.confirmed,
        missing: run.missing,
        changed: run.changed,
        failed: run.failed,
        started_at: Some(run.started_at),
        finished_at: run.finished_at,
        stopped: None,
    })
}
