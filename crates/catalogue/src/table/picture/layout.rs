//! The order of a whole part of the library, and how large the parts are.

use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

use crate::table::picture_search::word_query;

/// Which pictures, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words that must all occur; empty for all pictures.
    pub text: String,
    /// The part.
    pub part: Part,
    /// The order.
    pub order: Order,
    /// Pictures that stay although nothing of this finds them any more, as long as they are in the trash, or out of it, as the
    /// part is.
    pub keep: Vec<u32>,
}

/// A part of the library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// Everything but the trash.
    #[default]
    All,
    /// Favourites.
    Favourites,
    /// Added in the last 30 days.
    Recent,
    /// Without a description.
    Undescribed,
    /// In the trash.
    Trash,
}

/// The order of pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// By the date taken, else added, newest first; in all orders, what is equal goes by name or date, so that every computer
    /// shows the same.
    #[default]
    Newest,
    /// The same, oldest first.
    Oldest,
    /// By the date added, newest first.
    Added,
    /// By name, numbers by their value.
    Name,
    /// Largest first.
    Size,
    /// By when they were deleted, the oldest first: the first to go for good. Outside of the trash, as [`Order::Added`].
    Deleted,
}

/// Pictures in the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trashed {
    /// How many.
    pub pictures: u64,
    /// When the first of them was deleted (UTC, RFC 3339).
    pub oldest: Option<String>,
    /// When the last of them was.
    pub newest: Option<String>,
}

/// One picture of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayoutRow {
    /// The local number.
    pub id: u32,
    /// Width divided by height, times 1,000.
    pub aspect_milli: u32,
    /// Days since 1970-01-01 of the date that the order goes by (the date shown, for orders by name and size), in local
    /// time.
    pub day: i32,
}

/// How many pictures the parts have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Everything but the trash.
    pub all: u64,
    /// Favourites.
    pub favourites: u64,
    /// Added in the last 30 days.
    pub recent: u64,
    /// Without a description.
    pub undescribed: u64,
    /// In the trash.
    pub trash: u64,
    /// Bytes, without the trash.
    pub bytes: u64,
}

/// In milliseconds.
const DAY: i64 = 86_400_000;

/// The local time of deletion in milliseconds.
const DELETED_LOCAL: &str =
    "COALESCE(CAST(round(unixepoch(deleted_at, 'subsec', 'localtime') * 1000) AS INTEGER), added_local)";

/// "Recent", as a condition.
const RECENT: &str = "added_local >= (unixepoch('now', 'localtime') - 30 * 86400) * 1000";

/// All pictures of a part that have all the words, in order.
pub fn layout(conn: &Connection, query: &Query) -> Result<Vec<LayoutRow>> {
    let (sql, values) = statement(query);
    conn.prepare_cached(&sql)?
        .query_map(params_from_iter(values), |row| {
            let day = row.get::<_, i64>(2)?.div_euclid(DAY);
            Ok(LayoutRow {
                id: row.get(0)?,
                aspect_milli: row.get(1)?,
                day: i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }),
            })
        })?
        .collect()
}

fn statement(query: &Query) -> (String, Vec<Value>) {
    let (local, index, order) = match query.order {
        Order::Newest => ("shown_local", "picture_by_shown", "shown_local DESC, name_key DESC, id DESC"),
        Order::Oldest => ("shown_local", "picture_by_shown", "shown_local, name_key, id"),
        Order::Added => ("added_local", "picture_by_added", "added_local DESC, name_key DESC, id DESC"),
        Order::Name => ("shown_local", "picture_by_name", "name_key, shown_local, id"),
        Order::Deleted if query.part == Part::Trash => {
            (DELETED_LOCAL, "picture_by_deleted", "deleted_at, name_key, id")
        }
        Order::Deleted => ("added_local", "picture_by_added", "added_local DESC, name_key DESC, id DESC"),
        Order::Size => ("shown_local", "picture_by_size", "size DESC, shown_local DESC, name_key DESC, id DESC"),
    };
    let mut sql = format!(
        "SELECT id, aspect_milli, {local} FROM picture INDEXED BY {index} WHERE shelf = {}",
        i32::from(query.part == Part::Trash),
    );
    let mut found = match query.part {
        Part::All | Part::Trash => String::new(),
        Part::Favourites => " AND favourite = 1".into(),
        Part::Recent => format!(" AND {RECENT}"),
        Part::Undescribed => " AND described = 0".into(),
    };
    let mut values: Vec<Value> = Vec::new();
    // Punctuation between words, as in `beach - dog`, asks for nothing.
    let asks = |word: &&str| !word.chars().all(names::is_punctuation);
    for word in query.text.split_whitespace().filter(asks) {
        add_word(&mut found, &mut values, word);
    }
    if query.keep.is_empty() {
        sql.push_str(&found);
    } else {
        values.push(Value::Text(numbers(&query.keep)));
        sql.push_str(&format!(" AND ((1{found}) OR id IN (SELECT value FROM json_each(?{})))", values.len()));
    }
    sql.push_str(" ORDER BY ");
    sql.push_str(order);
    (sql, values)
}

/// Numbers as a JSON array.
fn numbers(ids: &[u32]) -> String {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    format!("[{}]", ids.join(","))
}

/// A word is found at the beginning of a word in any text, or anywhere in the name.
fn add_word(sql: &mut String, values: &mut Vec<Value>, word: &str) {
    values.push(Value::Text(like_pattern(&names::fold(word))));
    let pattern = values.len();
    sql.push_str(&format!(" AND id IN (SELECT id FROM picture WHERE name_folded LIKE ?{pattern} ESCAPE '\\'"));
    if let Some(query) = word_query(word) {
        values.push(Value::Text(query));
        sql.push_str(&format!(" UNION SELECT rowid FROM picture_search WHERE picture_search MATCH ?{}", values.len()));
    }
    sql.push(')');
}

fn like_pattern(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// How many pictures the parts have, in one pass over an index.
pub fn counts(conn: &Connection) -> Result<Counts> {
    let unsigned = |value: i64| u64::try_from(value).unwrap_or(0);
    let mut counts = conn
        .prepare_cached(&format!(
            "SELECT count(*), COALESCE(sum(favourite), 0), COALESCE(sum({RECENT}), 0), COALESCE(sum(described = 0), 0),
                    COALESCE(sum(size), 0)
             FROM picture INDEXED BY picture_by_shown WHERE shelf = 0"
        ))?
        .query_row([], |row| {
            Ok(Counts {
                all: unsigned(row.get(0)?),
                favourites: unsigned(row.get(1)?),
                recent: unsigned(row.get(2)?),
                undescribed: unsigned(row.get(3)?),
                bytes: unsigned(row.get(4)?),
                trash: 0,
            })
        })?;
    counts.trash = conn
        .prepare_cached("SELECT count(*) FROM picture WHERE shelf = 1")?
        .query_row([], |row| row.get(0).map(unsigned))?;
    Ok(counts)
}

/// What is in the trash.
pub fn trashed(conn: &Connection) -> Result<Trashed> {
    conn.prepare_cached("SELECT count(*), min(deleted_at), max(deleted_at) FROM picture WHERE shelf = 1")?.query_row(
        [],
        |row| {
            let pictures = row.get::<_, i64>(0)?.unsigned_abs();
            Ok(Trashed { pictures, oldest: row.get(1)?, newest: row.get(2)? })
        },
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// What keeps a large library fast, told by query plans: times differ between computers, plans don't.
    #[rstest]
    fn a_layout_is_read_from_one_covering_index(
        #[values(Part::All, Part::Favourites, Part::Recent, Part::Undescribed, Part::Trash)] part: Part,
        #[values(Order::Newest, Order::Oldest, Order::Added, Order::Name, Order::Size, Order::Deleted)] order: Order,
    ) {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(crate::table::picture::MIGRATION).unwrap();
        conn.execute_batch(crate::table::picture::MILLISECONDS).unwrap();
        conn.execute_batch(crate::table::picture::DELETED).unwrap();
        let (sql, _) = statement(&Query { part, order, ..Query::default() });
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
