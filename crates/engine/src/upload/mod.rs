//! The one way in: the upload queue.
//!
//! Every file is a row of the ledger (`catalogue::table::upload`) before anything is read or sent. A [`worker`] claims rows
//! and works on many of them at a time; each follows a [`row_task`]: read once ([`intake`]), announced in batches
//! ([`account`]), sent whole or in parts ([`transfer`]), confirmed in batches, and committed to the library. [`schedule`] says
//! what runs when, [`queue`] is what people see and do. All of it can be dropped at any moment; the ledger says where to go on.
//!
//! The states of a row, and what takes it from one to the next:
//!
//! ```text
//!                      read, announced,            all bytes are         confirmed by the
//!   dropped            granted (announce)          sent (transfer)       service (confirm)
//!  ─────────▶ queued ───────────────────▶ sending ────────────────▶ sent ────────────────▶ verified
//!               │ ▲                          │ │                      │
//!               │ └──────────────────────────┘ │                      │ the service or the store has forgotten it
//!               │   it begins anew (start_over)│◀─────────────────────┘ (start_over)
//!               │                              │
//!               │ the account has these bytes  │ refused, unreadable,   cancelled by the person,
//!               │ (announce, same_bytes)       │ no picture             from any of the three
//!               ▼                              ▼                        │
//!           duplicate                        failed ◀─────────┐         ▼
//!                                              │   retry      │     cancelled ──▶ queued (undo)
//!                                              └──▶ queued ───┘
//! ```
//!
//! The status says what is *proven*, and is written before the next thing is begun: `sending` before the first byte goes,
//! `sent` before the service is asked. A row is claimed (`claimed_by`) by the process that works on it; claims of a process
//! that has ended are taken over, and the row goes on from its status. Holding a row, or pausing the queue, is no status: it
//! only keeps rows from being claimed. What lay in a folder and is no picture ends as `failed` with the code `left_alone`,
//! which is counted apart and is no failure to the person.

mod account;
mod context;
mod intake;
mod queue;
mod row_task;
mod schedule;
mod shared;
mod transfer;
mod worker;

pub(crate) use intake::digest::content_md5;
pub(crate) use intake::os_path::{from_bytes as path_from_bytes, to_bytes as path_to_bytes};
pub(crate) use intake::reading::EXAMINED_UP_TO;
pub use queue::Queue;
pub use queue::api::{ResultStatus, Source, UploadOptions, UploadResult};
pub use queue::finish::WithLinks;
pub(crate) use transfer::put::put_small;
