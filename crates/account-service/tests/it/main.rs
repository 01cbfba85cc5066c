//! The service over real HTTP, on both databases, with the embedded store behind it.

mod app;
mod auth;
mod changes;
mod embedded;
mod errors;
mod images;
mod links;
mod multipart;
mod proxy;
mod races;
mod trash;
mod uploads;
