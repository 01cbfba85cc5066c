//! A closer look at two pictures whose hashes are near.

use account_api::Verdict;
use rusqlite::{Connection, OptionalExtension, Result};

use crate::alike::{COPY, GREY, SAME, difference};
use crate::table::json::decode;

/// How far apart pictures of a burst are at most, in milliseconds.
pub(super) const BURST: i64 = 2_000;

/// What a closer look asks for.
pub(super) struct Look {
    grey: [u8; GREY],
    camera: Option<String>,
    /// When its file or a person says that it was taken, in milliseconds by the camera's clock.
    taken: Option<i64>,
    verdicts: Vec<Verdict>,
}

/// What a closer look says of two pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Seen {
    /// They show the same, with this difference in levels of grey.
    Same(f32),
    /// They are alike, but one was taken right after the other.
    Burst,
    /// They show something else, or a person says so.
    Different,
}

impl Look {
    /// A picture's; none of one that is flat.
    pub(super) fn at(conn: &Connection, picture: u32) -> Result<Option<Look>> {
        conn.prepare_cached(
            "SELECT grey, camera, iif(taken_at IS NULL, NULL, shown_local), marks ->> 'verdicts'
             FROM likeness JOIN picture ON picture.id = likeness.picture WHERE picture.id = ?1 AND grey IS NOT NULL",
        )?
        .query_row([picture], |row| {
            Ok(Look {
                grey: row.get(0)?,
                camera: row.get(1)?,
                taken: row.get(2)?,
                verdicts: row.get::<_, Option<String>>(3)?.as_deref().map(decode).transpose()?.unwrap_or_default(),
            })
        })
        .optional()
    }

    /// Compares with another.
    pub(super) fn beside(&self, other: &Look) -> Seen {
        let difference = difference(&self.grey, &other.grey);
        match Verdict::between(&self.verdicts, &other.verdicts) {
            Some(false) => Seen::Different,
            _ if difference > SAME => Seen::Different,
            _ if self.follows(other, difference) => Seen::Burst,
            _ => Seen::Same(difference),
        }
    }

    /// Whether one camera took both within two seconds. A copy says the very time of what it is a copy of, and shows it, too: dates
    /// are known to the second, in which a camera takes many.
    fn follows(&self, other: &Look, difference: f32) -> bool {
        let (Some(one), Some(two)) = (self.taken, other.taken) else { return false };
        let apart = one.abs_diff(two);
        self.camera.is_some()
            && self.camera == other.camera
            && apart <= BURST.unsigned_abs()
            && (apart > 0 || difference > COPY)
    }
}
