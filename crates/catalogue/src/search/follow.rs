//! Layouts that follow what this process changes: only the pictures that changed are looked at.

use rusqlite::{Connection, OptionalExtension, Result};

use super::layout::{Query, changed_rows, layout};
use crate::changes::{Changes, Mark};
use crate::table::picture::{LayoutRow, precedes};
use crate::table::state;

/// Of one in so many pictures or more that changed, all are read anew: that is faster then.
const MANY: usize = 32;

/// With so few, whatever the number of pictures.
const FEW: usize = 64;

/// A layout as it was at some moment.
#[derive(Debug, Clone)]
pub struct Followed {
    query: Query,
    rows: Vec<LayoutRow>,
    mark: Mark,
}

impl Followed {
    /// The pictures, in order.
    pub fn rows(&self) -> &[LayoutRow] {
        &self.rows
    }

    /// Reads it, or brings `before` up to date. `mark` was taken before the snapshot that is read.
    pub(crate) fn read(
        conn: &Connection,
        query: Query,
        before: Option<Followed>,
        mark: Mark,
        changes: &Changes,
    ) -> Result<Followed> {
        // The first look takes the snapshot; what was changed before it is known after it.
        state::generation(conn)?;
        if let Some(mut before) = before.filter(|before| before.query == query)
            && let Some(changed) = changes.since(before.mark)
            && before.bring_up_to_date(conn, &changed)?
        {
            return Ok(Followed { mark, ..before });
        }
        Ok(Followed { rows: layout(conn, &query)?, query, mark })
    }

    /// False when it has to be read anew.
    fn bring_up_to_date(&mut self, conn: &Connection, changed: &[u32]) -> Result<bool> {
        let Query { filter, keep, order } = &self.query;
        if !filter.is_of_each_alone() || !keep.is_empty() {
            return Ok(false);
        }
        if changed.len() > FEW.max(self.rows.len() / MANY) {
            return Ok(false);
        }
        if changed.is_empty() {
            return Ok(true);
        }
        self.rows.retain(|row| changed.binary_search(&row.id).is_err());
        let fresh = changed_rows(conn, &self.query, changed)?;
        let mut statement = conn.prepare_cached(&precedes(*order, filter.trash_state()))?;
        // Where each belongs among those that have not changed; they come in order, so the next is never before the last.
        let mut places = Vec::with_capacity(fresh.len());
        let mut from = 0;
        for row in &fresh {
            let (mut low, mut high) = (from, self.rows.len());
            while low < high {
                let middle = low.midpoint(high);
                let other = self.rows[middle].id;
                let first = statement.query_row([row.id, other], |row| row.get::<_, bool>(0)).optional()?;
                match first {
                    Some(true) => high = middle,
                    Some(false) => low = middle + 1,
                    // It is gone, and nobody said so.
                    None => return Ok(false),
                }
            }
            places.push(low);
            from = low;
        }
        self.rows = merge(&self.rows, fresh, &places);
        Ok(true)
    }
}

/// Puts each of `fresh` before the row at its place.
fn merge(rows: &[LayoutRow], fresh: Vec<LayoutRow>, places: &[usize]) -> Vec<LayoutRow> {
    let mut merged = Vec::with_capacity(rows.len() + fresh.len());
    let mut taken = 0;
    for (row, &place) in fresh.into_iter().zip(places) {
        merged.extend_from_slice(&rows[taken..place]);
        merged.push(row);
        taken = place;
    }
    merged.extend_from_slice(&rows[taken..]);
    merged
}
