//! The use-cases of the app, with no window: places, uploads, library, descriptions, links, settings, secrets.

mod error;
pub mod view;

pub use error::{EngineError, ErrorKind, Result};
