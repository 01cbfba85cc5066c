//! What every program of this project asks of the machine that it runs on: files that are nobody else's business
//! ([`files`]), files without a name ([`UnnamedFile`]), room for what has to work on a full disk ([`Room`]), enough open
//! files ([`open_files`]), a place behind what people see ([`give_way`]), what its errors mean ([`why`], [`in_words`]), and a
//! log that holds no secrets ([`log`]).
//!
//! Differences between systems are in here and nowhere else.

pub mod files;
pub mod log;
pub mod open_files;
mod priority;
mod room;
mod unnamed;
mod words;

pub use priority::give_way;
pub use room::{Room, is_full};
pub use unnamed::UnnamedFile;
pub use words::{in_words, why};
