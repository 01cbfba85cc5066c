//! The tables, one file each.

pub mod album;
pub mod album_image;
pub mod applied_edit;
pub mod email_change;
pub mod held_key;
pub mod image;
pub mod invitation;
pub mod journal_position;
pub mod link;
pub mod queued_deletion;
pub mod recovery_code;
pub mod refresh_token;
pub mod removed_account;
pub mod reset_link;
pub mod second_factor;
pub mod session;
pub mod tag;
pub mod tombstone;
pub mod trash_rule;
pub mod upload;
pub mod user;
