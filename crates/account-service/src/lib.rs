//! The account service: accounts, pictures, uploads and the change feed, over HTTP.
//!
//! [`Server`] runs it on an address of your choice; [`embedded`] runs it inside another program, on loopback, for one
//! local person. Both are the same code on either PostgreSQL or SQLite and on any S3-compatible bucket or the embedded
//! store.
//!
//! The feature `hosted`, on by default, is what only a service for people elsewhere needs: PostgreSQL, mail, metrics, the
//! OpenAPI document, the environment as configuration, and the program itself. The app goes without it.

mod albums;
mod arrival;
mod arrivals;
mod auth;
mod changes;
mod clock;
pub mod config;
mod connections;
mod counted;
mod deletion_queue;
mod describing;
mod disk;
mod edits;
pub mod embedded;
mod embedded_store;
mod error;
mod extract;
mod form;
#[cfg(feature = "hosted")]
mod hosted;
mod housekeeping;
mod images;
mod journal;
mod key_file;
mod legacy;
mod limits;
mod links;
#[cfg(feature = "hosted")]
mod mail;
mod media;
mod metrics;
mod news;
pub mod object_store;
pub mod operator;
mod quota;
mod reasons;
pub mod rebuild;
mod reset_link;
mod routes;
mod server;
mod service;
mod size;
mod stamps;
mod start_error;
mod storage;
mod trash_rule;
mod uploads;

pub use auth::{Invitation, ResetLink};
pub use config::Config;
pub use embedded_store::EmbeddedStore;
pub use reset_link::reset_link;
pub use server::{Housekeeping, Journal, Server, Stop};
pub use start_error::StartError;
