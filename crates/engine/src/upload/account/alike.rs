//! Rows whose bytes came into the library by another row: nothing is sent for them, and what was wished for them holds.

use std::path::PathBuf;

use catalogue::table::job::{self, Kind};
use catalogue::table::picture;
use catalogue::table::upload::{self, Origin, Upload};
use catalogue::{Connection, SqliteError};

use crate::library;
use crate::upload::intake::os_path::from_bytes;
use crate::upload::intake::spool;
use crate::upload::shared::Shared;

/// What is to be done after such rows were written.
#[derive(Debug, Default)]
pub(in crate::upload) struct Afterwards {
    /// Copies that nobody needs any more.
    spooled: Vec<PathBuf>,
    /// Pictures were put into albums.
    pub(in crate::upload) albums: bool,
    /// Descriptions are wanted.
    pub(in crate::upload) descriptions: bool,
}

/// After some rows have landed: also ends those that had failed with the same bytes. `waited` are further ones that ended
/// with them. In the transaction in which they land, so that a crash right after it loses no wish.
///
/// # Errors
/// What SQLite says.
pub(in crate::upload) fn settle(
    conn: &Connection,
    landed: &[u32],
    waited: Vec<Upload>,
) -> Result<Afterwards, SqliteError> {
    let mut afterwards = Afterwards::default();
    for row in upload::settle_failed(conn, landed)?.into_iter().chain(waited) {
        if let (Some(image_id), Some(album)) = (&row.image_id, &row.album) {
            library::put_into(conn, image_id, album)?;
            afterwards.albums = true;
        }
        if let Some(id) = row.picture.filter(|_| row.describe)
            && picture::get(conn, id)?.is_some_and(|picture| picture.image.description.unwrap_or_default().is_empty())
        {
            job::want(conn, Kind::Describe, &[id], None)?;
            afterwards.descriptions = true;
        }
        if row.origin != Origin::File
            && let Some(path) = &row.path
        {
            afterwards.spooled.push(from_bytes(path));
        }
    }
    Ok(afterwards)
}

impl Afterwards {
    /// Does it.
    pub(in crate::upload) async fn happen(self, shared: &Shared) {
        for path in &self.spooled {
            spool::remove(&shared.spool, path);
        }
        if self.descriptions {
            crate::describing::wanted(&shared.context.library).await;
        }
        if self.albums {
            shared.context.library.events.library_changed();
            shared.context.library.sync.wake();
        }
    }
}
