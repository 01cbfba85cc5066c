//! What rows ask of the account, and what they are answered.

use std::path::PathBuf;
use std::sync::Arc;

use account_api::{CompleteItem, ErrorDetail, Grant, NewPicture};

use crate::batch::OnTheWay;
use crate::upload::intake::reading::{Identity, MadeThumbnail};

/// What is known of a row when its picture is committed.
#[derive(Debug, Clone)]
pub(in crate::upload) struct Ticket {
    /// The row.
    pub(in crate::upload) id: u32,
    /// Its place in the queue.
    pub(in crate::upload) position: i64,
    /// Bytes that were kept for it, to be removed.
    pub(in crate::upload) spooled: Option<PathBuf>,
    /// Whether it is to be described.
    pub(in crate::upload) describe: bool,
    /// The album it is to get into.
    pub(in crate::upload) album: Option<String>,
    /// What was made of it.
    pub(in crate::upload) thumbnail: Option<MadeThumbnail>,
}

/// A file that was read, to be announced.
pub(in crate::upload) struct Announcement {
    /// The row it came from.
    pub(in crate::upload) ticket: Arc<Ticket>,
    /// What tells that the file is still the same.
    pub(in crate::upload) identity: Identity,
    /// What the service is told; the reference is the row's number.
    pub(in crate::upload) file: NewPicture,
}

/// What the service said of a file.
pub(in crate::upload) enum Announced {
    /// Send it; others that were granted with it wait for it, for a while, before they are confirmed.
    Granted(Grant, OnTheWay),
    /// It is in the library.
    Landed {
        /// The service's identifier of the picture.
        image_id: String,
        /// The picture's local number.
        picture: u32,
    },
    /// It can't be taken, or not now.
    Refused(ErrorDetail),
    /// The row is no longer this worker's.
    Lost,
}

/// An upload whose bytes have all been sent.
pub(in crate::upload) struct Sent {
    /// The row.
    pub(in crate::upload) ticket: Arc<Ticket>,
    /// What the service is told.
    pub(in crate::upload) item: CompleteItem,
}

/// What the service said of it.
pub(in crate::upload) enum Confirmed {
    /// It is in the library.
    Landed {
        /// The service's identifier of the picture.
        image_id: String,
        /// The picture's local number.
        picture: u32,
    },
    /// It couldn't be confirmed.
    Refused(ErrorDetail),
    /// The row is no longer this worker's.
    Lost,
}
