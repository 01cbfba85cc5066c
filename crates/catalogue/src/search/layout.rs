//! Whole results, in order.

use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

use super::filter::Filter;
use super::find::find;
use super::hits::{RANKS, Rank};
use crate::table::picture::{LayoutRow, Order, Reading, ordered};

/// A result of at most so many pictures is fetched by their numbers and then sorted; for more, the index of the order is
/// read as a whole.
const FEW: usize = 10_000;

/// Which pictures, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What they have to be.
    pub filter: Filter,
    /// The order. Where words are looked for, it is that of what was found equally well.
    pub order: Order,
    /// Pictures that stay although the filter doesn't find them any more, as long as they are in the trash, or out of it, as
    /// what it finds.
    pub keep: Vec<u32>,
}

/// All pictures that a query finds, in order: what has the words as a name or a tag first, then whole words, beginnings of
/// words, and parts of names.
pub fn layout(conn: &Connection, query: &Query) -> Result<Vec<LayoutRow>> {
    if query.filter.is_in_layouts() {
        let (sql, values) = filtered(query);
        let mut statement = conn.prepare_cached(&sql)?;
        return statement.query_map(params_from_iter(values), LayoutRow::from_row)?.collect();
    }
    let mut hits = find(conn, &query.filter)?;
    for id in &query.keep {
        hits.note(*id, Rank::Within);
    }
    let state = query.filter.trash_state();
    let (sql, values) = match hits.few(FEW) {
        Some(ids) => (
            ordered(query.order, state, Reading::Rows, "id IN (SELECT value FROM json_each(?1))"),
            vec![Value::Text(numbers(&ids))],
        ),
        None => (ordered(query.order, state, Reading::Index, "1"), Vec::new()),
    };
    let mut ranked: [Vec<LayoutRow>; RANKS] = Default::default();
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        if let Some(rank) = hits.rank(row.get(0)?) {
            ranked[rank].push(LayoutRow::from_row(row)?);
        }
    }
    Ok(ranked.concat())
}

/// Those of some pictures that a query finds, in order; for filters that the indexes of layouts can tell.
pub(super) fn changed_rows(conn: &Connection, query: &Query, ids: &[u32]) -> Result<Vec<LayoutRow>> {
    let mut values = Vec::new();
    let condition = query.filter.sql(&mut values);
    values.push(Value::Text(numbers(ids)));
    let condition = format!("{condition} AND id IN (SELECT value FROM json_each(?{}))", values.len());
    let sql = ordered(query.order, query.filter.trash_state(), Reading::Rows, &condition);
    conn.prepare_cached(&sql)?.query_map(params_from_iter(values), LayoutRow::from_row)?.collect()
}

/// For filters that the indexes of layouts can tell.
fn filtered(query: &Query) -> (String, Vec<Value>) {
    let mut values = Vec::new();
    let mut condition = query.filter.sql(&mut values);
    if !query.keep.is_empty() {
        values.push(Value::Text(numbers(&query.keep)));
        condition = format!("({condition} OR id IN (SELECT value FROM json_each(?{})))", values.len());
    }
    (ordered(query.order, query.filter.trash_state(), Reading::Index, &condition), values)
}

/// Numbers as a JSON array.
fn numbers(ids: &[u32]) -> String {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    format!("[{}]", ids.join(","))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::migrate::newest_schema;
    use crate::search::Condition;

    /// What keeps a large library fast, told by query plans: times differ between computers, plans don't.
    #[rstest]
    fn a_part_of_the_library_is_read_from_one_covering_index(
        #[values(
            None,
            Some(Condition::Favourite),
            Some(Condition::Recent),
            Some(Condition::Undescribed),
            Some(Condition::Trashed)
        )]
        part: Option<Condition>,
        #[values(Order::Newest, Order::Oldest, Order::Added, Order::Name, Order::Size, Order::Deleted, Order::Rating)]
        order: Order,
    ) {
        let conn = newest_schema();
        let filter = part.map(Filter::from).unwrap_or_default();
        assert!(filter.is_in_layouts());
        let (sql, _) = filtered(&Query { filter, order, ..Query::default() });
        let plan = conn
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap()
            .query_map([], |row| row.get::<_, String>(3))
            .unwrap()
            .collect::<Result<Vec<_>>>()
            .unwrap();
        assert!(plan[0].contains("COVERING INDEX"), "{plan:?}");
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorts, "{plan:?}");
    }
}
