//! The tables, one file each.

pub mod doomed_object;
pub mod image;
pub mod journal_position;
pub mod link;
pub mod recovery_code;
pub mod refresh_token;
pub mod reset_link;
pub mod second_factor;
pub mod session;
pub mod tombstone;
pub mod upload;
pub mod user;
