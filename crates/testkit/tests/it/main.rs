//! The servers and pictures given to other crates' tests, tested themselves.

mod garage;
mod postgres;
