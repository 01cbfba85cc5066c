//! Looking again whether the store has every picture of the library. The run is in the catalogue, a page a transaction: it
//! can be broken off at any moment, by quitting, too, and goes on where it was.

mod background;
mod deep;
mod look;
mod run;

pub use background::Audit;
pub(crate) use look::{Depth, check_pictures, last_check, needs_bytes, problems};
pub use run::AuditOptions;
pub(crate) use run::run;
