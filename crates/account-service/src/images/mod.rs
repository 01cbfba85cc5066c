//! Pictures: reading, changing, the trash.

mod change;
mod list;
mod trash;
mod verify;
mod wire;

pub use change::{NAME, patch, set_description};
pub use list::{find, page, page_size};
pub use trash::{Which, pass_over, remove, remove_all, restore, trash};
pub use verify::{mend_record, read_back, verify_batch};
pub use wire::{fault_text, wire_image, with_urls};
