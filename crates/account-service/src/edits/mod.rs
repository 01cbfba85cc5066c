//! Edits: operations about one field or one element, which merge whatever order they arrive in.
//!
//! **The rule**: for each field, and for each pair of picture and tag or picture and album, the operation with the later
//! [`Stamp`](crate::stamps::Stamp) holds. What a model says never takes the place of what a person said.
//!
//! An operation is [read](read) by itself, so that one that makes no sense harms no other. A [`Batch`](batch::Batch) then
//! reads what its operations are about, merges them in memory ([`picture`], [`album`]), and writes what came of it: a few
//! statements and one revision for each picture and album, however many operations there are. The answers are kept
//! ([`answers`]), so that a batch that is sent again gets the same ones. Everything else that changes what people see of a
//! picture ([`thin`]) is made of the same operations, with a clock of the service's. What a restored database lacks is taken up from the
//! journal ([`learn()`]) by the same rule.
//!
//! Nothing is ever said against a picture in the trash: the words of a computer that was away must not be lost.

mod album;
mod answers;
mod batch;
mod check;
mod learn;
mod picture;
mod read;
mod removal;
mod request;
mod subjects;
mod thin;
mod tombstones;
mod write;

pub use answers::forget as forget_answers;
pub use learn::learn;
pub use picture::TRASH;
pub use removal::{Which, remove_all};
pub use request::apply;
pub use thin::{describe, patch, remove, restore, trash};
pub use write::{in_albums as write_in_albums, tags as write_tags};
