//! The way out of this computer: which request goes through which proxy, whose certificates are trusted, how long
//! connections are used again, and what it is called when no answer comes.
//!
//! Account calls, transfers to and from the store, questions to the AI, fetched pictures and the S3 client are made in
//! three crates that may not import each other. What holds for all of them is decided here, once.

mod client;
mod http_proxy;
mod near;
mod provider;
mod proxies;
mod trouble;
mod trust;

pub use client::{client, client_through, http1_client};
pub use http_proxy::{answered_by_proxy, is_data, perhaps_by_proxy};
pub use near::{is_near, is_this_computer};
pub use proxies::{Proxies, ProxyAddress, Way};
pub use trouble::{CertificateTrouble, ProxyTrouble, Trouble};
