//! What pictures are compared by, made of thumbnails that are here.

use std::collections::HashSet;

use catalogue::table::likeness::{self, Likeness};

use crate::library::Library;
use crate::{EngineError, Result};

/// Pictures asked for at a time.
const PAGE: usize = 100;

/// As the catalogue keeps it.
pub(crate) fn in_catalogue(made: &pictures::Likeness) -> Likeness {
    Likeness { hashes: made.hashes, grey: made.grey }
}

/// Learns it of every picture whose thumbnail is here.
pub(super) async fn all(library: &Library) -> Result<()> {
    let mut after = 0;
    loop {
        let unknown = library.catalogue.read(move |conn| likeness::unknown(conn, after, PAGE)).await?;
        let Some((last, _)) = unknown.last() else { return Ok(()) };
        after = *last;
        of(library, unknown).await?;
    }
}

/// Learns it of the pictures with these bytes.
pub(super) async fn these(library: &Library, arrived: HashSet<String>) -> Result<()> {
    if arrived.is_empty() {
        return Ok(());
    }
    let unknown = library.catalogue.read(move |conn| {
        let mut unknown = Vec::new();
        for sha256 in arrived {
            unknown.extend(likeness::unknown_with_bytes(conn, &sha256)?.map(|picture| (picture, sha256)));
        }
        Ok(unknown)
    });
    of(library, unknown.await?).await
}

async fn of(library: &Library, unknown: Vec<(u32, String)>) -> Result<()> {
    let mut learnt = Vec::with_capacity(unknown.len());
    for (picture, sha256) in unknown {
        let Some(thumbnail) = library.thumbs.peek(&sha256).await? else { continue };
        let made = tokio::task::spawn_blocking(move || decoding::likeness(&thumbnail.bytes));
        let made = made.await.map_err(|_| EngineError::fault())?.unwrap_or_else(|error| {
            tracing::info!(code = error.code(), "a thumbnail can't be compared");
            None
        });
        learnt.push((picture, made.as_ref().map(in_catalogue)));
    }
    if learnt.is_empty() {
        return Ok(());
    }
    let write = move |conn: &catalogue::Connection| {
        learnt.iter().try_for_each(|(picture, made)| likeness::put(conn, *picture, made.as_ref()))
    };
    Ok(library.catalogue.write(write).await?)
}
