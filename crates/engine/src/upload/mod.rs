//! The one way in: the upload queue.
//!
//! Every file is a row of the ledger (`catalogue::table::upload`) before anything is read or sent. A `Worker` claims rows
//! and works on many of them at a time; each follows `row`: read once (`reading`), announced in batches (`announce`), sent
//! whole or in parts (`transfer`, `multipart`, `deliver`, `put`), confirmed in batches (`confirm`), and put into the library
//! (`land`). An `Observer` tells the window what changes. All of it can be dropped at any moment; the ledger says where to
//! go on.

mod announce;
mod api;
mod batch;
mod body;
mod claims;
mod cleaning;
mod confirm;
mod context;
mod deliver;
mod digest;
mod fetch;
mod finish;
mod gate;
mod land;
mod live;
mod multipart;
mod observer;
mod os_path;
mod patience;
mod people;
mod put;
mod queue;
mod reach;
mod reading;
mod refusal;
mod remote;
mod retry_after;
mod row;
mod same_bytes;
mod scan;
mod source;
mod speed;
mod spool;
mod thumbnails;
mod transfer;
mod turns;
mod worker;

pub use api::{ResultStatus, Source, UploadOptions, UploadResult};
pub(crate) use os_path::{from_bytes as path_from_bytes, to_bytes as path_to_bytes};
pub use queue::Queue;
