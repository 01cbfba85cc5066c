//! How pictures get in: grants, completion, thumbnails, and uploads through the service itself.

mod announcement;
mod batch;
mod complete;
mod confirm;
mod examinations;
mod grant;
mod ingest;
mod known;
mod ledger;
mod let_go;
mod new_row;
mod parts;
mod remake;
mod stored;
mod thumbnails;

pub use announcement::{SINGLE_PUT, too_large};
pub use batch::complete_batch;
pub use examinations::note_batch;
pub use grant::grant_batch;
pub use ingest::{Intake, Received, examine, ingest, worded};
pub use ledger::close;
pub use let_go::{aborted, addresses_end, give_back_ended, let_go_of_picture, queue_deletion};
pub use parts::{presign_parts, stored_parts};
pub use remake::{Remade, remake};
pub use thumbnails::confirm;

/// Where all pictures are: `pictures/<user>/<upload>.<extension>`.
pub const PICTURES: &str = "pictures/";

/// Where all thumbnails are, each under the name of its picture.
pub const THUMBNAILS: &str = "thumbnails/";

use account_api::MAX_BATCH;

use crate::error::{Error, Result};

/// S3: the number of a part goes from 1 to this.
const LAST_PART: u32 = 10_000;

/// Checks the number of a part, as far as it can be told without its upload.
///
/// # Errors
/// When no upload has such a part.
fn check_part_number(number: u32) -> Result<()> {
    if (1..=LAST_PART).contains(&number) {
        return Ok(());
    }
    Err(Error::invalid(format!("parts: a number is 1 to {LAST_PART}, not {number}.")))
}

/// Checks the number of items of a batch.
///
/// # Errors
/// When there are none, or more than [`MAX_BATCH`].
pub fn check_batch(items: usize) -> Result<()> {
    if (1..=MAX_BATCH).contains(&items) {
        return Ok(());
    }
    Err(Error::invalid(format!("A batch has 1 to {MAX_BATCH} items; this one has {items}.")))
}
