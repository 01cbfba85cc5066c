//! How files come in: what was dropped ([`source`], [`scan`], [`fetch`], [`spool`]), and the one reading of each file
//! ([`reading`], [`digest`]).

pub(super) mod digest;
pub(super) mod fetch;
pub(super) mod films;
pub(super) mod os_path;
pub(super) mod reading;
pub(super) mod refusal;
pub(super) mod same_bytes;
pub(super) mod scan;
pub(super) mod source;
pub(super) mod spool;
