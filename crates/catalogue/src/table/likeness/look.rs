//! A closer look at two pictures whose hashes are near.

use account_api::Verdict;
use rusqlite::{Connection, OptionalExtension, Result, params};

use crate::alike::{COPY, GREY, SAME, difference};
use crate::table::json::decode;

/// How far apart pictures are at most that follow each other in a burst, in milliseconds.
pub(super) const BURST: i64 = 2_000;

/// How long a burst is at most, in milliseconds: longer than any finger stays on the button.
const LONGEST_BURST: i64 = 60_000;

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
    /// They are alike, but of one burst.
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
    pub(super) fn beside(&self, conn: &Connection, other: &Look) -> Result<Seen> {
        let difference = difference(&self.grey, &other.grey);
        let apart = Verdict::between(&self.verdicts, &other.verdicts) == Some(false);
        Ok(if apart || difference > SAME {
            Seen::Different
        } else if self.is_of_burst(conn, other, difference)? {
            Seen::Burst
        } else {
            Seen::Same(difference)
        })
    }

    /// Whether one camera took both, and went on taking pictures from one to the other, at most two seconds apart. A copy says the
    /// very time of what it is a copy of, and shows it, too: dates are known to the second, in which a camera takes many.
    fn is_of_burst(&self, conn: &Connection, other: &Look, difference: f32) -> Result<bool> {
        let (Some(camera), Some(one), Some(two)) = (&self.camera, self.taken, other.taken) else { return Ok(false) };
        let (from, to) = (one.min(two), one.max(two));
        if other.camera.as_ref() != Some(camera) || to - from > LONGEST_BURST {
            return Ok(false);
        }
        if from == to {
            return Ok(difference > COPY);
        }
        let mut between = conn.prepare_cached(
            "SELECT shown_local FROM picture INDEXED BY picture_by_shown
             WHERE shelf = 0 AND shown_local BETWEEN ?1 AND ?2 AND camera = ?3 AND taken_at IS NOT NULL ORDER BY shown_local",
        )?;
        let mut last = from;
        let mut rows = between.query(params![from, to, camera])?;
        while let Some(row) = rows.next()? {
            let next = row.get(0)?;
            if next - last > BURST {
                return Ok(false);
            }
            last = next;
        }
        Ok(to - last <= BURST)
    }
}
