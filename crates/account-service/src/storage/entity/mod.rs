//! The tables, one file each.

pub mod doomed_object;
pub mod image;
pub mod journal_position;
pub mod link;
pub mod refresh_token;
pub mod session;
pub mod tombstone;
pub mod upload;
pub mod user;
