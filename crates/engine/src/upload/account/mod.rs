//! What is said to the account service, a batch at a time: announcing files ([`announce`]), confirming what was sent
//! ([`confirm`]), and committing what the account has to the library ([`commit`]).

pub(super) mod alike;
pub(super) mod announce;
pub(super) mod cleanup;
pub(super) mod commit;
pub(super) mod confirm;
pub(super) mod questions;
pub(super) mod remote;
