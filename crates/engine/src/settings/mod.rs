//! Settings, kept in one file.

mod document;
mod known;
mod place;
mod store;

pub use place::{SavedPlace, THIS_COMPUTER};
pub use store::{AiChoice, DEFAULT_MODEL, Store};
