//! Looking again whether the store has every picture of the library. The run is in the catalogue, a page a transaction: it
//! can be broken off at any moment, by quitting, too, and goes on where it was.

mod background;
mod check;
mod deep;
mod findings;
mod last_check;
mod proof;
mod run;

pub use background::Audit;
pub(crate) use check::{check_pictures, problems};
pub(crate) use findings::Depth;
pub(crate) use last_check::last_check;
pub(crate) use proof::needs_bytes;
pub use run::AuditOptions;
pub(crate) use run::run;
