//! The HTTP surface: one file a resource. A handler takes a request apart, calls, and puts the answer together.

mod account;
mod auth;
mod changes;
#[cfg(feature = "hosted")]
mod document;
mod edits;
mod health;
mod images;
mod layers;
mod links;
#[cfg(feature = "hosted")]
mod openapi;
mod operations;
mod page;
mod person;
mod receive;
mod recovery;
mod uploads;

pub use layers::router;
