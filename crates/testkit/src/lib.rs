//! Real servers and real pictures for the other crates' tests. Development only: nothing that ships depends on it.
//!
//! Whatever can't be started here panics with the command that installs it, because a test that silently skips is a
//! test that can't fail.

pub mod ai;
pub mod faketime;
pub mod forward;
pub mod garage;
pub mod keyring;
pub mod photos;
pub mod postgres;
pub mod process;
pub mod proxy;
mod runtime;
pub mod smtp;
pub mod tls;
