//! The use-cases of the app, with no window: places, uploads, library, descriptions, links, settings, secrets.
//!
//! [`Engine`] is the one door: the window and the command line both go through it.

pub mod account;
mod audit;
mod batch;
pub mod blobs;
mod comparing;
mod connection;
pub mod describing;
mod doctor;
mod engine;
mod error;
pub mod events;
mod examining;
mod free_up_space;
pub mod instant;
mod jobs;
pub mod library;
pub mod links;
pub mod open_library;
pub mod place;
pub mod secrets;
pub mod service;
pub mod settings;
pub mod sync;
mod traffic;
pub mod upload;
pub mod view;
mod worker_lock;

pub use audit::AuditOptions;
pub use blobs::Blob;
pub use describing::dollars;
pub use engine::{Engine, EngineConfig, QuickUpload, Role};
pub use error::{EngineError, ErrorKind, Result};
pub use events::{Event, EventSink};
pub use free_up_space::FreeSource;
pub use links::LinkText;
pub use names::{decoded, is_invisible, one_line, visible};
pub use upload::{ResultStatus, Source, UploadOptions, UploadResult};

/// The endings that files of picture formats have, in lower case and without the dot: for file choosers.
pub const PICTURE_ENDINGS: &[&str] = &pictures::Format::ENDINGS;
