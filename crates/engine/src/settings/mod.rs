//! Settings, kept in one file.

mod document;
mod place;
mod store;

pub use place::SavedPlace;
pub use store::{AiChoice, DEFAULT_MODEL, Store};
