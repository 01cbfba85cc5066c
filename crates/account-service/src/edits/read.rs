//! An operation as it was sent, read by itself.

use account_api::{Clock, Edit, EditKind};
use serde_json::Value;
use uuid::Uuid;

use super::check::checked;
use crate::clock::Millis;
use crate::form;
use crate::stamps::Stamp;

/// How far a device's clock may be ahead of the service's, in milliseconds. What is said to have been done later than that
/// is taken to be done now.
const AHEAD: Millis = 60_000;

/// The longest identifier that is repeated to whoever sent one that can't be read.
const REPEATED: usize = 100;

/// An operation that makes sense.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its identifier.
    pub id: Uuid,
    /// When it was made, and where.
    pub stamp: Stamp,
    /// What it does.
    pub kind: EditKind,
}

impl Operation {
    /// One of the service's own.
    pub fn own(clock: Clock, kind: EditKind) -> Self {
        Self { id: Uuid::now_v7(), stamp: Stamp::of_service(clock), kind }
    }

    /// The picture that it is about; the nil one, which nothing ever is, for what can't be an identifier.
    pub fn image_id(&self) -> Option<Uuid> {
        self.kind.image_id().map(|id| Uuid::try_parse(id).unwrap_or_default())
    }

    /// The album that it is about, likewise.
    pub fn album_id(&self) -> Option<Uuid> {
        self.kind.album_id().map(|id| Uuid::try_parse(id).unwrap_or_default())
    }
}

/// Why one makes none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its identifier, as far as there is one.
    pub id: String,
    /// A sentence.
    pub message: String,
}

/// Reads an operation that arrives now.
///
/// # Errors
/// When it isn't as documented.
pub fn read(sent: Value, now: Millis) -> Result<Operation, Unreadable> {
    let id: String = sent.get("id").and_then(Value::as_str).unwrap_or_default().chars().take(REPEATED).collect();
    let read = || {
        let edit: Edit = form::read_value(sent, "An operation")?;
        let id = Uuid::try_parse(&edit.id).map_err(|_| "id: a UUID.".to_owned())?;
        let device = Uuid::try_parse(&edit.device).map_err(|_| "device: a UUID.".to_owned())?;
        let stamp = Stamp { clock: edit.clock.pulled_back(now, AHEAD), device };
        Ok(Operation { id, stamp, kind: checked(edit.kind)? })
    };
    read().map_err(|message| Unreadable { id, message })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_that_makes_no_sense_says_why_and_a_clock_far_ahead_is_pulled_back() {
        let id = "0192f0c1-2b6e-7c3a-9d55-3f1f2a9b7c10";
        let sent = |clock: Clock, rotation: u16| json!({"id": id, "clock": clock, "device": id, "kind": "set_rotation", "image_id": "p", "rotation": rotation});
        let wrong = read(sent(Clock::at(1), 45), 5).unwrap_err();
        assert_eq!((&*wrong.id, &*wrong.message), (id, "rotation: 0, 90, 180 or 270."));
        for nonsense in [json!(7), json!({}), json!({"id": id}), json!({"id": 7})] {
            assert!(read(nonsense.clone(), 5).is_err(), "{nonsense}");
        }
        let clock = |millis| read(sent(Clock::at(millis), 90), 5_000).unwrap().stamp.clock;
        assert_eq!([clock(65_000), clock(65_001)], [Clock::at(65_000), Clock::at(5_000)]);
    }
}
