//! The order of a whole part of the library, and how large the parts are.

use rusqlite::{Connection, Result, Row};

use crate::table::likeness;

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
    /// The best rated first; of equal ones the newest.
    Rating,
}

/// Where pictures are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrashState {
    /// Out of the trash.
    Library,
    /// In it.
    Trash,
    /// In both.
    Both,
}

/// How a layout is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// From the index that is in its order: for most of a library.
    Index,
    /// From rows, and then sorted: for few.
    Rows,
}

/// Pictures in the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trashed {
    /// How many.
    pub pictures: u64,
    /// Bytes of their files.
    pub bytes: u64,
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
    /// Groups of pictures that show the same.
    pub duplicates: u64,
}

/// In milliseconds.
const DAY: i64 = 86_400_000;

/// The local time of deletion in milliseconds.
const DELETED_LOCAL: &str =
    "COALESCE(CAST(round(unixepoch(deleted_at, 'subsec', 'localtime') * 1000) AS INTEGER), added_local)";

/// "Recent", as a condition.
const RECENT: &str = "added_local >= (unixepoch('now', 'localtime') - 30 * 86400) * 1000";

impl LayoutRow {
    /// Reads what [`ordered`] asks for.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<LayoutRow> {
        let day = row.get::<_, i64>(2)?.div_euclid(DAY);
        Ok(LayoutRow {
            id: row.get(0)?,
            aspect_milli: row.get(1)?,
            day: i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }),
        })
    }
}

/// How an order is read and compared.
struct Key {
    /// The local time that headings go by, in milliseconds.
    local: &'static str,
    /// What is in that order.
    index: &'static str,
    /// What is compared, the first that differs decides.
    columns: &'static [&'static str],
    /// Whether the largest comes first.
    falls: bool,
}

impl Order {
    fn key(self, state: TrashState) -> Key {
        match self {
            Order::Newest => Key {
                local: "shown_local",
                index: "picture_by_shown",
                columns: &["shown_local", "name_key", "id"],
                falls: true,
            },
            Order::Rating => Key {
                local: "shown_local",
                index: "picture_by_rating",
                columns: &["rating", "shown_local", "name_key", "id"],
                falls: true,
            },
            Order::Oldest => Key { falls: false, ..Order::Newest.key(state) },
            Order::Name => Key {
                local: "shown_local",
                index: "picture_by_name",
                columns: &["name_key", "shown_local", "id"],
                falls: false,
            },
            Order::Deleted if state == TrashState::Trash => Key {
                local: DELETED_LOCAL,
                index: "picture_by_deleted",
                columns: &["deleted_at", "name_key", "id"],
                falls: false,
            },
            Order::Added | Order::Deleted => Key {
                local: "added_local",
                index: "picture_by_added",
                columns: &["added_local", "name_key", "id"],
                falls: true,
            },
            Order::Size => Key {
                local: "shown_local",
                index: "picture_by_size",
                columns: &["size", "shown_local", "name_key", "id"],
                falls: true,
            },
        }
    }
}

/// The query for rows of a layout that fulfil a condition, in order.
pub(crate) fn ordered(order: Order, state: TrashState, reading: Reading, condition: &str) -> String {
    let Key { local, index, columns, falls } = order.key(state);
    let direction = if falls { " DESC" } else { "" };
    let order: Vec<String> = columns.iter().map(|column| format!("{column}{direction}")).collect();
    let order = order.join(", ");
    let shelf = match state {
        TrashState::Library => "shelf = 0",
        TrashState::Trash => "shelf = 1",
        TrashState::Both => "shelf < 2",
    };
    let reading = match reading {
        Reading::Index => format!("INDEXED BY {index}"),
        // By number, that is: no index of another column is of use.
        Reading::Rows => "NOT INDEXED".to_owned(),
    };
    format!("SELECT id, aspect_milli, {local} FROM picture {reading} WHERE {shelf} AND {condition} ORDER BY {order}")
}

/// The query that says of two pictures, by their numbers, whether the first comes before the second.
pub(crate) fn precedes(order: Order, state: TrashState) -> String {
    let Key { columns, falls, .. } = order.key(state);
    let of = |picture: &str| {
        let columns: Vec<String> = columns.iter().map(|column| format!("{picture}.{column}")).collect();
        columns.join(", ")
    };
    let compare = if falls { ">" } else { "<" };
    format!(
        "SELECT ({}) {compare} ({}) FROM picture AS one, picture AS other WHERE one.id = ?1 AND other.id = ?2",
        of("one"),
        of("other")
    )
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
                duplicates: 0,
            })
        })?;
    counts.duplicates = likeness::count(conn)?;
    counts.trash = conn
        .prepare_cached("SELECT count(*) FROM picture WHERE shelf = 1")?
        .query_row([], |row| row.get(0).map(unsigned))?;
    Ok(counts)
}

/// What is in the trash.
pub fn trashed(conn: &Connection) -> Result<Trashed> {
    conn.prepare_cached(
        "SELECT count(*), COALESCE(sum(size), 0), min(deleted_at), max(deleted_at) FROM picture WHERE shelf = 1",
    )?
    .query_row([], |row| {
        let whole = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        Ok(Trashed { pictures: whole(0)?, bytes: whole(1)?, oldest: row.get(2)?, newest: row.get(3)? })
    })
}
