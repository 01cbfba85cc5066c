//! The service over real HTTP, on both databases, with the embedded store behind it.

mod ai;
mod app;
mod auth;
mod changes;
mod embedded;
mod errors;
mod garage;
mod images;
mod journal;
mod links;
mod multipart;
mod probe;
mod proxy;
mod races;
mod rebuild;
mod trash;
mod uploads;
