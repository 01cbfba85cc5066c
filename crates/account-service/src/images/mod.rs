//! Pictures: reading them, and the way from rows to the wire and back.

mod list;
mod picture;
mod thumbnails;
mod trash;
mod verify;
mod wire;

pub use list::{find, page, page_size};
pub use picture::{Picture, gather};
pub use thumbnails::thumbnail_urls;
pub use trash::pass_over;
pub use verify::{mend_record, read_back, verify_batch};
pub use wire::{fault_text, said_in, wire_image, with_urls, without_urls};
