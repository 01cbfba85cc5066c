//! Files with the same bytes in one queue: the first is sent, the others wait for it without taking anybody's place, and
//! end as duplicates of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

/// What becomes of rows that waited for another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) enum Settled {
    /// The first one is in the library: so are these.
    Landed {
        /// The rows that waited.
        rows: Vec<u32>,
        /// The service's identifier of the picture.
        image_id: String,
        /// The picture's local number.
        picture: u32,
    },
    /// The first one came to nothing: they have to be worked on themselves.
    Again {
        /// The rows that waited.
        rows: Vec<u32>,
    },
}

/// Who has which bytes, by SHA-256.
#[derive(Clone)]
pub(in crate::upload) struct SameBytes {
    waiting: Arc<Mutex<HashMap<String, Vec<u32>>>>,
    settled: mpsc::UnboundedSender<Settled>,
}

/// The first row with some bytes, until it is dropped.
pub(in crate::upload) struct First {
    sha256: String,
    home: SameBytes,
    landed: Option<(String, u32)>,
}

impl SameBytes {
    /// The registry, and where to hear what becomes of rows that waited.
    pub(in crate::upload) fn new() -> (Self, mpsc::UnboundedReceiver<Settled>) {
        let (settled, hear) = mpsc::unbounded_channel();
        (Self { waiting: Arc::default(), settled }, hear)
    }

    /// A row is about to send these bytes. `None` when another one does so already: then it waits, and is heard of again.
    pub(in crate::upload) fn enter(&self, sha256: &str, row: u32) -> Option<First> {
        match self.waiting.lock().unwrap_or_else(PoisonError::into_inner).entry(sha256.to_owned()) {
            Entry::Occupied(mut first) => {
                first.get_mut().push(row);
                None
            }
            Entry::Vacant(nobody) => {
                nobody.insert(Vec::new());
                Some(First { sha256: sha256.to_owned(), home: self.clone(), landed: None })
            }
        }
    }
}

impl First {
    /// It is in the library.
    pub(in crate::upload) fn landed(mut self, image_id: String, picture: u32) {
        self.landed = Some((image_id, picture));
    }
}

impl Drop for First {
    fn drop(&mut self) {
        let mut waiting = self.home.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = waiting.remove(&self.sha256).unwrap_or_default();
        if rows.is_empty() {
            return;
        }
        let settled = match self.landed.take() {
            Some((image_id, picture)) => Settled::Landed { rows, image_id, picture },
            None => Settled::Again { rows },
        };
        // Nobody hears it when the worker stops: then the claims of all these rows are given back.
        let _ = self.home.settled.send(settled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_wait_for_the_first_and_share_its_fate() {
        let (same, mut hear) = SameBytes::new();
        let first = same.enter("ab", 1).unwrap();
        assert!(same.enter("ab", 2).is_none());
        assert!(same.enter("ab", 3).is_none());
        drop(same.enter("cd", 4).unwrap());
        first.landed("img".into(), 9);
        let rows = vec![2, 3];
        assert_eq!(hear.try_recv().unwrap(), Settled::Landed { rows, image_id: "img".into(), picture: 9 });
        assert!(hear.try_recv().is_err());

        let first = same.enter("ab", 5).unwrap();
        assert!(same.enter("ab", 6).is_none());
        drop(first);
        assert_eq!(hear.try_recv().unwrap(), Settled::Again { rows: vec![6] });
    }
}
