//! The catalogue through its public interface.

mod descriptions;
mod edits;
mod files;
mod finding;
mod layout;
mod search;
mod support;
mod thumbs;
