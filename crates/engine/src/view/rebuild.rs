//! Bringing a library back from what its bucket holds.

use serde::Serialize;
use ts_rs::TS;

/// A library that a bucket holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BucketLibrary {
    /// Names it.
    pub id: String,
    /// What its person called themselves, when the bucket says so.
    pub username: Option<String>,
    /// How many pictures there are, as far as that was counted.
    pub pictures: u32,
    /// Whether there are more.
    pub more: bool,
    /// Whether it is the library that is open.
    pub open: bool,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RebuildStage {
    /// The bucket is listed.
    Listing,
    /// The journal is read.
    Journal,
    /// Pictures are brought back.
    Pictures,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RebuildProgress {
    /// What is being done.
    pub stage: RebuildStage,
    /// Objects, parts of the journal, or pictures so far.
    pub done: u32,
    /// Of how many; 0 while that isn't known.
    pub total: u32,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct RebuildReport {
    /// The library.
    pub library: String,
    /// Pictures brought back: the next two together.
    pub restored: u32,
    /// With everything that was known of them.
    pub from_journal: u32,
    /// With what their objects say: name, dates, size, camera. Edits of them were not found.
    pub from_objects: u32,
    /// Pictures that were here already.
    pub already: u32,
    /// Pictures and albums that were here already and of which the journal has later changes: these were taken up.
    pub learned: u32,
    /// Pictures that the journal names and the bucket doesn't have any more.
    pub missing: u32,
    /// Pictures brought back whose object has another size than the journal says.
    pub changed: u32,
    /// Pictures brought back that nothing is proven of: nobody has compared their stored bytes with anything that came from
    /// the file. Verifying them reads them back.
    pub not_proven: u32,
    /// Pictures brought back by reading their bytes, because their objects don't say what they are.
    pub by_bytes: u32,
    /// Objects that are no pictures of this app, or were removed for good.
    pub left_alone: u32,
    /// Objects that the store lists and doesn't give.
    pub unread: u32,
    /// Parts of the journal that were read.
    pub segments: u32,
    /// Those of them that are damaged.
    pub damaged: Vec<DamagedSegment>,
    /// Ranges of changes whose parts of the journal are lost, first and last.
    pub lost: Vec<(i64, i64)>,
}

/// A part of the journal that is damaged; what can be read of it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DamagedSegment {
    /// Its key in the bucket.
    pub key: String,
    /// How many changes can't be read.
    pub lost: u32,
}
