//! What this crate promises, tried over real HTTP.
