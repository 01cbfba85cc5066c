//! Offers to put a whole picture in the place of a damaged one.

use rusqlite::{Connection, Result, params};

use super::next_revision;
use crate::table::picture;

/// Notes of a row which damaged picture its own could take the place of. To be asked before the row ends.
///
/// # Errors
/// What SQLite says.
pub fn could_replace(conn: &Connection, id: u32, picture: u32) -> Result<()> {
    let damaged = picture::damaged_before(conn, id, picture)?;
    conn.prepare_cached("UPDATE upload SET replaces = ?2 WHERE id = ?1 AND replaces IS NOT ?2")?
        .execute(params![id, damaged])?;
    Ok(())
}

/// Has observers told again of rows that offer to replace a picture, because it has changed.
///
/// # Errors
/// What SQLite says.
pub fn offered(conn: &Connection, damaged: u32) -> Result<()> {
    let revision = next_revision(conn)?;
    conn.prepare_cached("UPDATE upload SET revision = ?2 WHERE replaces = ?1")?.execute(params![damaged, revision])?;
    Ok(())
}
