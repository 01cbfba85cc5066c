//! Searching: what people type becomes a tree of filters, which finds pictures in an order and says of each why it was found.
//!
//! [`Filter::parse`] reads the language, [`layout`] gives a whole result for the grid, and [`reasons`] says where single
//! pictures matched. What can be asked for by name is one table, in `field.rs`: another fact of pictures that is to be
//! searched is an entry there. Every text is compared as [`crate::words`] takes it apart.
//!
//! The language: words are all to be found, `a b OR c` is `a b` or `c`, parentheses group, `-` in front is without,
//! quotes hold whole words together, and `field:value` asks for one [`Field`]. Quotes around a tag or an album mean the
//! whole of it. What is no field, or no value of one, is a plain word; punctuation alone asks for nothing; quotes and
//! parentheses that stay open end with the text. Nothing that can be typed is an error.

mod condition;
mod excerpt;
mod field;
mod filter;
mod find;
mod follow;
mod hits;
mod layout;
mod lex;
mod parse;
mod reason;
mod term;
mod value;

pub use condition::Condition;
pub use field::Field;
pub use filter::Filter;
pub use follow::Followed;
pub use layout::{Query, layout};
pub use reason::{Reason, reasons};
pub use term::Term;
