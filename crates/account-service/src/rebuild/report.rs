//! What a rebuild tells while it works, and what came of it.

use std::sync::Mutex;

use uuid::Uuid;

use super::library::Library;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The bucket is listed.
    Listing,
    /// The journal is read.
    Journal,
    /// Pictures are brought back.
    Pictures,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Objects, segments or pictures so far.
    pub done: u64,
    /// Of how many; 0 while that isn't known.
    pub total: u64,
}

/// What came of a rebuild.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The account whose library it was.
    pub library: Uuid,
    /// What its person called themselves, when the journal says so.
    pub username: Option<String>,
    /// Pictures brought back with everything the journal says of them.
    pub from_journal: u64,
    /// Pictures brought back with what their objects say of themselves: name, dates, size; edits were not found.
    pub from_objects: u64,
    /// Albums brought back.
    pub albums: u64,
    /// Links brought back.
    pub links: u64,
    /// Pictures that were here already. Their rows stayed as they were, but for what was said of them later.
    pub already: u64,
    /// Pictures and albums that were here already, of which the journal has later edits: these were taken up.
    pub learned: u64,
    /// Pictures that their owner had removed for good, and that a restored database knew again: they are removed again.
    pub removed: u64,
    /// Pictures that the journal names and the bucket doesn't have any more.
    pub missing: u64,
    /// Pictures whose object has another size than the journal says; they were brought back, and say so.
    pub changed: u64,
    /// Pictures brought back whose bytes nobody has compared with anything that came from the file. Verifying them does.
    pub not_proven: u64,
    /// Pictures brought back by reading their bytes, because their objects don't say what they are, or say what others are.
    pub by_bytes: u64,
    /// Objects left alone because they are no pictures of this service, or were removed for good, or are there twice.
    pub left_alone: u64,
    /// Objects that the store lists and doesn't give. Doing it again tries them again.
    pub unread: u64,
    /// Segments of the journal that were read.
    pub segments: u64,
    /// Segments that are damaged; what could be read of them was used.
    pub damaged: Vec<DamagedSegment>,
    /// Revisions, from and to, whose segments are lost.
    pub lost: Vec<(i64, i64)>,
}

/// A segment of the journal that is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedSegment {
    /// Its key.
    pub key: String,
    /// How many changes can't be read.
    pub lost: u64,
}

impl Report {
    /// This one and another one, of the same computer.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        if self.segments + self.from_journal + self.from_objects == 0 {
            (self.library, self.username) = (other.library, other.username);
        }
        self.from_journal += other.from_journal;
        self.from_objects += other.from_objects;
        self.albums += other.albums;
        self.links += other.links;
        self.already += other.already;
        self.missing += other.missing;
        self.changed += other.changed;
        self.not_proven += other.not_proven;
        self.by_bytes += other.by_bytes;
        self.left_alone += other.left_alone;
        self.unread += other.unread;
        self.segments += other.segments;
        self.damaged.extend(other.damaged);
        self.lost.extend(other.lost);
        self
    }

    pub(super) fn of(library: &Library) -> Self {
        Self { library: library.user_id, username: library.username.clone(), ..Self::default() }
    }
}

/// Counts, and tells.
pub(super) struct Teller<'a> {
    tell: &'a (dyn Fn(Progress) + Send + Sync),
    now: Mutex<Progress>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(tell: &'a (dyn Fn(Progress) + Send + Sync)) -> Self {
        Self { tell, now: Mutex::new(Progress { stage: Stage::Listing, done: 0, total: 0 }) }
    }

    pub(super) fn begin(&self, stage: Stage, total: u64) {
        self.change(|now| *now = Progress { stage, done: 0, total });
    }

    pub(super) fn done(&self, more: u64) {
        self.change(|now| now.done += more);
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) {
        let now = {
            let mut now = self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            change(&mut now);
            *now
        };
        (self.tell)(now);
    }
}
