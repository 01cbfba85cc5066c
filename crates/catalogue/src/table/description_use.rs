//! What descriptions took: tokens, time and money, by month and model.

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

/// The table. Months are `2026-12`, in UTC; money is in millionths of a US dollar.
pub const MIGRATION: &str = "
CREATE TABLE description_use (
    month         TEXT NOT NULL,
    model         TEXT NOT NULL,
    pictures      INTEGER NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    milliseconds  INTEGER NOT NULL,
    microdollars  INTEGER NOT NULL,
    unpriced      INTEGER NOT NULL,
    PRIMARY KEY (month, model)
) STRICT, WITHOUT ROWID;
";

/// So many pictures make an average.
const ENOUGH: u32 = 3;

/// What one description took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// Tokens that were sent; 0 when the host didn't say.
    pub input_tokens: u32,
    /// Tokens that came back.
    pub output_tokens: u32,
    /// From the question to the answer, waits included.
    pub milliseconds: u32,
    /// In millionths of a US dollar; none when nobody knows the price.
    pub microdollars: Option<u64>,
}

/// What a month's descriptions by a model took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// `2026-12`, in UTC.
    pub month: String,
    /// As it was asked for.
    pub model: String,
    /// How many.
    pub pictures: u32,
    /// Tokens that were sent.
    pub input_tokens: u64,
    /// Tokens that came back.
    pub output_tokens: u64,
    /// In millionths of a US dollar, of those whose price was known.
    pub microdollars: u64,
    /// How many had no known price.
    pub unpriced: u32,
}

/// What a description by a model takes on the average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Average {
    /// Tokens that are sent.
    pub input_tokens: u64,
    /// Tokens that come back.
    pub output_tokens: u64,
    /// From the question to the answer.
    pub milliseconds: u64,
}

/// Adds what one description took.
///
/// # Errors
/// What SQLite says.
pub fn add(conn: &Connection, month: &str, model: &str, one: Use) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO description_use VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (month, model) DO UPDATE SET
             pictures = pictures + 1, input_tokens = input_tokens + excluded.input_tokens,
             output_tokens = output_tokens + excluded.output_tokens, milliseconds = milliseconds + excluded.milliseconds,
             microdollars = microdollars + excluded.microdollars, unpriced = unpriced + excluded.unpriced",
    )?
    .execute(params![
        month,
        model,
        one.input_tokens,
        one.output_tokens,
        one.milliseconds,
        i64::try_from(one.microdollars.unwrap_or_default()).unwrap_or(i64::MAX),
        one.microdollars.is_none(),
    ])
    .map(drop)
}

/// Every month's, the latest first.
///
/// # Errors
/// What SQLite says.
pub fn all(conn: &Connection) -> Result<Vec<Used>> {
    conn.prepare_cached(
        "SELECT month, model, pictures, input_tokens, output_tokens, microdollars, unpriced FROM description_use
         ORDER BY month DESC, model",
    )?
    .query_map([], |row| {
        Ok(Used {
            month: row.get(0)?,
            model: row.get(1)?,
            pictures: row.get(2)?,
            input_tokens: unsigned(row, 3)?,
            output_tokens: unsigned(row, 4)?,
            microdollars: unsigned(row, 5)?,
            unpriced: row.get(6)?,
        })
    })?
    .collect()
}

/// What a month cost so far, in millionths of a US dollar.
///
/// # Errors
/// What SQLite says.
pub fn spent(conn: &Connection, month: &str) -> Result<u64> {
    conn.prepare_cached("SELECT COALESCE(SUM(microdollars), 0) FROM description_use WHERE month = ?1")?
        .query_row([month], |row| unsigned(row, 0))
}

/// What a description by a model takes; none while too few were made, or while the host doesn't count.
///
/// # Errors
/// What SQLite says.
pub fn average(conn: &Connection, model: &str) -> Result<Option<Average>> {
    conn.prepare_cached(
        "SELECT SUM(input_tokens) / SUM(pictures), SUM(output_tokens) / SUM(pictures), SUM(milliseconds) / SUM(pictures)
         FROM description_use WHERE model = ?1 GROUP BY model HAVING SUM(pictures) >= ?2 AND SUM(input_tokens) > 0",
    )?
    .query_row(params![model, ENOUGH], |row| {
        Ok(Average {
            input_tokens: unsigned(row, 0)?,
            output_tokens: unsigned(row, 1)?,
            milliseconds: unsigned(row, 2)?,
        })
    })
    .optional()
}

fn unsigned(row: &Row<'_>, column: usize) -> Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::newest_schema;

    #[test]
    fn months_and_models_are_counted_apart() {
        let conn = newest_schema();
        let one = Use { input_tokens: 100, output_tokens: 20, milliseconds: 900, microdollars: Some(65) };
        for (month, model) in [("2026-11", "a"), ("2026-12", "a"), ("2026-12", "a"), ("2026-12", "b")] {
            add(&conn, month, model, one).unwrap();
        }
        add(&conn, "2026-12", "b", Use { microdollars: None, ..one }).unwrap();
        let told: Vec<_> =
            all(&conn).unwrap().into_iter().map(|u| (u.month, u.model, u.pictures, u.microdollars)).collect();
        let row = |month: &str, model: &str, pictures, cost| (month.to_owned(), model.to_owned(), pictures, cost);
        assert_eq!(told, [row("2026-12", "a", 2, 130), row("2026-12", "b", 2, 65), row("2026-11", "a", 1, 65)]);
        assert_eq!((spent(&conn, "2026-12").unwrap(), spent(&conn, "2026-10").unwrap()), (195, 0));
        let average_of_three = Average { input_tokens: 100, output_tokens: 20, milliseconds: 900 };
        assert_eq!((average(&conn, "a").unwrap(), average(&conn, "b").unwrap()), (Some(average_of_three), None));
    }
}
