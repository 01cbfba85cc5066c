//! The servers and pictures given to other crates' tests, tested themselves.

mod ai;
mod garage;
mod keyring;
mod photos;
mod postgres;
mod proxy;
