//! The S3-compatible store that is part of the service: pictures as plain files in a folder.
//!
//! `s3s` speaks the protocol (signatures, presigned URLs, XML); what is stored and how is here, because `s3s-fs`, made
//! for tests, would not keep the promises of this service: two processes on one folder write to the same temporary
//! files, a part's `Content-MD5` isn't checked, and a corrupt body replaces the object before it is refused.
//!
//! ```text
//! store/
//!   objects/pictures/<user>/<upload>.jpg    the bytes, under their key: a file manager can show them
//!   facts/pictures/<user>/<upload>.jpg      media type, user metadata and entity tag, as JSON
//!   parts/<upload id>/                      a multipart upload: `upload.json`, and each part as `<number>.<md5>`
//!   arriving/                               what is being written; renamed when complete and synced to disk
//! ```

mod folder;
mod listing;
mod mend;
mod operations;
mod record;
mod server;

pub use folder::Folder;
pub use operations::FULL;
pub use record::ObjectRecord;
pub use server::EmbeddedStore;
