//! Rows put on hold one by one, and the order of the queue.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{APART, OPEN, next_revision};

/// Where rows are to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveTo {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// One place forward, among those that wait.
    Up,
    /// One place back, among those that wait.
    Down,
    /// Right before a row.
    Before(u32),
    /// Right behind a row.
    After(u32),
}

/// Puts unfinished rows on hold; gives those that weren't. What the store has of them stays, so that they go on where they
/// were.
///
/// # Errors
/// What SQLite says.
pub fn hold(conn: &Connection, ids: &[u32]) -> Result<Vec<u32>> {
    let statement =
        format!("UPDATE upload SET held = 1, claimed_by = NULL, revision = ?2 WHERE id = ?1 AND held = 0 AND {OPEN}");
    each(conn, &statement, ids)
}

/// Lets rows go on; gives those that were on hold.
///
/// # Errors
/// What SQLite says.
pub fn unhold(conn: &Connection, ids: &[u32]) -> Result<Vec<u32>> {
    each(conn, "UPDATE upload SET held = 0, revision = ?2 WHERE id = ?1 AND held = 1", ids)
}

/// Lets every row go on.
///
/// # Errors
/// What SQLite says.
pub fn unhold_all(conn: &Connection) -> Result<usize> {
    let revision = next_revision(conn)?;
    conn.prepare_cached("UPDATE upload SET held = 0, revision = ?1 WHERE held = 1")?.execute([revision])
}

fn each(conn: &Connection, statement: &str, ids: &[u32]) -> Result<Vec<u32>> {
    let revision = next_revision(conn)?;
    let mut statement = conn.prepare_cached(statement)?;
    let mut written = Vec::new();
    for id in ids {
        if statement.execute(params![id, revision])? == 1 {
            written.push(*id);
        }
    }
    Ok(written)
}

/// Moves unfinished rows, which keep their order among themselves; gives how many there were. With [`MoveTo::Up`] and
/// [`MoveTo::Down`] each moves by one.
///
/// # Errors
/// What SQLite says.
pub fn move_rows(conn: &Connection, ids: &[u32], to: MoveTo) -> Result<usize> {
    let revision = next_revision(conn)?;
    let mut rows = positions(conn, ids)?;
    // What goes down one by one must not overtake itself.
    if to == MoveTo::Down {
        rows.reverse();
    }
    match to {
        MoveTo::First => {
            let first = edge(conn, "MIN")?;
            let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
            place(conn, &rows, first.saturating_sub(APART.saturating_mul(count)), APART, revision)?;
        }
        MoveTo::Last => place(conn, &rows, edge(conn, "MAX")?.saturating_add(APART), APART, revision)?,
        MoveTo::Before(anchor) | MoveTo::After(anchor) => {
            // A row that is its own neighbour stays; the others gather around it.
            rows.retain(|id| *id != anchor);
            between(conn, &rows, anchor, matches!(to, MoveTo::Before(_)), revision)?;
        }
        MoveTo::Up | MoveTo::Down => {
            for id in &rows {
                if let Some(neighbour) = neighbour(conn, *id, to, &rows)? {
                    between(conn, &[*id], neighbour, to == MoveTo::Up, revision)?;
                }
            }
        }
    }
    Ok(rows.len())
}

/// Of these rows those that aren't finished, in the order of the queue.
fn positions(conn: &Connection, ids: &[u32]) -> Result<Vec<u32>> {
    let mut statement = conn.prepare_cached(&format!("SELECT position FROM upload WHERE id = ?1 AND {OPEN}"))?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(position) = statement.query_row([id], |row| row.get::<_, i64>(0)).optional()? {
            rows.push((position, *id));
        }
    }
    rows.sort_unstable();
    rows.dedup();
    Ok(rows.into_iter().map(|(_, id)| id).collect())
}

fn edge(conn: &Connection, which: &str) -> Result<i64> {
    conn.prepare_cached(&format!("SELECT COALESCE({which}(position), 0) FROM upload WHERE {OPEN}"))?
        .query_row([], |row| row.get(0))
}

/// The row beside one among those that wait: rows that a worker has at hand are not told from each other by people.
fn neighbour(conn: &Connection, id: u32, to: MoveTo, moving: &[u32]) -> Result<Option<u32>> {
    let (side, order) = if to == MoveTo::Up { ("<", "DESC") } else { (">", "ASC") };
    let found: Option<u32> = conn
        .prepare_cached(&format!(
            "SELECT id FROM upload WHERE {OPEN} AND claimed_by IS NULL
                 AND position {side} (SELECT position FROM upload WHERE id = ?1)
             ORDER BY position {order} LIMIT 1"
        ))?
        .query_row([id], |row| row.get(0))
        .optional()?;
    // Several that already stand at the end stay as they stand.
    Ok(found.filter(|neighbour| !moving.contains(neighbour)))
}

fn place(conn: &Connection, rows: &[u32], first: i64, step: i64, revision: i64) -> Result<()> {
    let mut statement = conn.prepare_cached("UPDATE upload SET position = ?2, revision = ?3 WHERE id = ?1")?;
    let mut position = first;
    for id in rows {
        statement.execute(params![id, position, revision])?;
        position = position.saturating_add(step);
    }
    Ok(())
}

/// Puts rows right before or behind another one, into the room that is there; makes room first when there is none.
fn between(conn: &Connection, rows: &[u32], anchor: u32, before: bool, revision: i64) -> Result<()> {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return Ok(());
    }
    for made_room in [false, true] {
        let at: Option<i64> = conn
            .prepare_cached(&format!("SELECT position FROM upload WHERE id = ?1 AND {OPEN}"))?
            .query_row([anchor], |row| row.get(0))
            .optional()?;
        let Some(at) = at else { return Ok(()) };
        let (side, edge, reach) = if before { ("<", "MAX", -1) } else { (">", "MIN", 1) };
        let beside: Option<i64> = conn
            .prepare_cached(&format!("SELECT {edge}(position) FROM upload WHERE position {side} ?1 AND {OPEN}"))?
            .query_row([at], |row| row.get(0))?;
        let beside = beside.unwrap_or_else(|| at.saturating_add(reach * APART.saturating_mul(count + 1)));
        let step = (beside - at).abs() / (count + 1);
        if step > 0 {
            let first = at.min(beside) + step;
            return place(conn, rows, first, step, revision);
        }
        if !made_room {
            spread(conn, APART.max(count + 1))?;
        }
    }
    Ok(())
}

/// Numbers the unfinished rows anew, `apart` from each other. Nobody sees that, so their revisions stay.
fn spread(conn: &Connection, apart: i64) -> Result<()> {
    conn.execute(
        &format!(
            "UPDATE upload SET position = spread.position FROM (
                 SELECT id, row_number() OVER (ORDER BY position) * ?1 AS position FROM upload WHERE {OPEN}
             ) AS spread WHERE upload.id = spread.id"
        ),
        [apart],
    )?;
    Ok(())
}

/// How a row stands that a worker has at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The row.
    pub id: u32,
    /// Its place in the order.
    pub position: i64,
    /// Who has it; nobody when it was cancelled or put on hold.
    pub claimed_by: Option<String>,
}

/// How rows stand; those that are gone are left out.
///
/// # Errors
/// What SQLite says.
pub fn standing(conn: &Connection, ids: &[u32]) -> Result<Vec<Standing>> {
    let mut statement = conn.prepare_cached("SELECT position, claimed_by FROM upload WHERE id = ?1")?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let row =
            statement.query_row([id], |row| Ok(Standing { id: *id, position: row.get(0)?, claimed_by: row.get(1)? }));
        rows.extend(row.optional()?);
    }
    Ok(rows)
}
