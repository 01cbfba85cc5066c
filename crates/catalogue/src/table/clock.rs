//! This computer's hybrid logical clock and its name among the account's computers, in the [`state`](super::state) row.

use std::time::{SystemTime, UNIX_EPOCH};

use account_api::Clock;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, Result};

/// The latest moment that was given or seen, and a UUID that this catalogue made for itself.
pub const MIGRATION: &str = "
ALTER TABLE state ADD COLUMN clock TEXT NOT NULL DEFAULT '0000000000000000';
ALTER TABLE state ADD COLUMN device TEXT NOT NULL DEFAULT '';
UPDATE state SET device = (
    SELECT substr(r, 1, 8) || '-' || substr(r, 9, 4) || '-4' || substr(r, 13, 3) || '-8' || substr(r, 16, 3) || '-' || substr(r, 19, 12)
    FROM (SELECT lower(hex(randomblob(16))) AS r)
);
";

/// Gives moments, each later than the one before. What it gave is kept by [`Ticker::keep`].
pub(super) struct Ticker {
    latest: Clock,
    /// The computer that the moments are of.
    pub(super) device: String,
}

impl Ticker {
    /// Goes on from the latest moment that was given or seen.
    pub(super) fn load(conn: &Connection) -> Result<Self> {
        let (latest, device) = conn
            .prepare_cached("SELECT clock, device FROM state")?
            .query_row([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let latest = latest
            .parse()
            .map_err(|error: account_api::NotAClock| Error::FromSqlConversionFailure(0, Type::Text, error.into()))?;
        Ok(Self { latest, device })
    }

    /// The next moment.
    pub(super) fn tick(&mut self) -> Clock {
        self.latest = self.latest.tick(wall_clock());
        self.latest
    }

    /// Keeps how far it is.
    pub(super) fn keep(&self, conn: &Connection) -> Result<()> {
        conn.prepare_cached("UPDATE state SET clock = ?1")?.execute([self.latest.to_string()]).map(drop)
    }
}

/// The UUID that this catalogue made for itself: numbers of its rows mean nothing in one with another.
pub fn device(conn: &Connection) -> Result<String> {
    conn.prepare_cached("SELECT device FROM state")?.query_row([], |row| row.get(0))
}

/// Takes note of a moment that was seen of another computer: whatever is done here from now on is later.
pub fn seen(conn: &Connection, other: Clock) -> Result<()> {
    // Their texts are ordered as the moments are.
    conn.prepare_cached("UPDATE state SET clock = ?1 WHERE clock < ?1")?.execute([other.to_string()]).map(drop)
}

/// Milliseconds since 1970 (UTC).
fn wall_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Now, as the wire types write it.
pub(super) fn now(conn: &Connection) -> Result<String> {
    conn.prepare_cached("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')")?.query_row([], |row| row.get(0))
}
