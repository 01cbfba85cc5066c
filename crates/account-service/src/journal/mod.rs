//! The journal: the change feed of each account, written into the bucket beside the pictures, so that a library can be
//! rebuilt from the bucket alone.
//!
//! ```text
//! journal/<user>/<first>-<last>-<random>.ndjson    a segment: what changed from one revision to another
//! ```
//!
//! A segment is written once, under a fresh key, and never changed. Every line of it can be checked by itself, so damage
//! costs the lines that it hits and no other. An entry is the whole state of a picture, an album or a link, with when each of its
//! fields was said, so a lost segment costs the edits that were in it; the pictures themselves are objects that say what they are ([`Facts`](crate::object_store::Facts)).
//!
//! Up to which revision an account is written stands in its row of `journal_positions`. Several instances may write at the
//! same time, and a crash may come between a segment and its position: then entries stand in two segments, which reading
//! settles by their revisions.

mod compact;
mod coverage;
mod debounce;
mod entry;
mod key;
mod position;
mod said;
mod segment;
mod task;
mod writer;

pub use compact::{LARGEST, compact};
pub use coverage::Coverage;
pub use entry::{Entry, StoredAs};
pub use key::{SegmentKey, newest, of_user};
pub use position::{advance_within, find as position};
pub use said::{AlbumEntry, link_row};
pub use segment::{Segment, read};
pub use task::{farewell, run, write_behind};
pub use writer::NDJSON;

/// Where all segments are. Everything under it belongs to the service: it is not for collecting as garbage.
pub const PREFIX: &str = "journal/";
