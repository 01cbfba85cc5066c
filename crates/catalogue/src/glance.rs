//! A look at a catalogue that isn't open here.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::FILE_NAME;
use crate::table::{picture, state, upload};

/// How long a look waits for another process that is writing.
const BUSY: Duration = Duration::from_millis(500);

/// What can be told of a library without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// Its pictures, without those in the trash; absent where the account has never been asked for them.
    pub pictures: Option<u64>,
    /// Uploads that are not finished.
    pub unfinished: u64,
}

/// Looks into the catalogue in a library's folder, also while another process has it open. Changes nothing: nothing is
/// made, migrated or set aside. Blocks.
///
/// `None` when there is no catalogue, or it can't be read by this version of the app.
pub fn glance(folder: &Path) -> Option<Glance> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(folder.join(FILE_NAME), flags).ok()?;
    let look = || {
        conn.busy_timeout(BUSY)?;
        let shown = picture::shown(&conn)?;
        // What the place says of its trash comes with the first answer, also from an empty account.
        let asked = shown > 0 || state::revision(&conn)? > 0 || state::trash(&conn)?.is_some();
        Ok::<_, rusqlite::Error>(Glance { pictures: asked.then_some(shown), unfinished: upload::totals(&conn)?.open })
    };
    look()
        .inspect_err(|error| tracing::debug!(%error, folder = %folder.display(), "a catalogue can't be looked at"))
        .ok()
}
