//! Real requests through real proxies, and what is said when they fail.

mod proxies;
mod reuse;
