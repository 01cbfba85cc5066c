//! The service over real HTTP, on both databases, with the embedded store behind it.

mod ai;
mod app;
mod auth;
mod changes;
mod contract;
mod embedded;
mod errors;
mod garage;
mod images;
mod isolation;
mod journal;
mod limits;
mod links;
mod multipart;
mod presigned;
mod probe;
mod proxy;
mod quota;
mod races;
mod rebuild;
mod seed;
mod trash;
mod uploads;
