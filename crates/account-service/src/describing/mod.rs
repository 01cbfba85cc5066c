//! Descriptions on the service.

mod ai;
mod analyze;

pub use ai::Describing;
pub use analyze::{IN_MEMORY, analyze, check_prompt};
