//! What callers hand to the queue and get back.

use std::path::PathBuf;

use account_api::Remark;
use serde::Serialize;

use crate::EngineError;
use crate::view::LinkLife;

/// Where a picture comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, or a folder with all pictures in it and below it.
    Path(PathBuf),
    /// Pasted bytes.
    Bytes {
        /// What the picture is called.
        name: String,
        /// The bytes of the file.
        bytes: Vec<u8>,
    },
    /// An `http` or `https` address, fetched by this computer.
    Url(String),
}

/// What to do with what is uploaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadOptions {
    /// Describe each picture once it is verified.
    pub describe: bool,
    /// An album: its identifier, or its name, which is made when there is none of it.
    pub album: Option<String>,
}

/// What came of one file, in the form that the command line prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UploadResult {
    /// The path or address as it was given.
    pub path: String,
    /// Uploaded, here already, failed, or left alone.
    pub status: ResultStatus,
    /// The service's identifier of the picture.
    pub id: Option<String>,
    /// SHA-256 of the bytes, 64 hex digits.
    pub sha256: Option<String>,
    /// A link to the picture.
    pub link: Option<String>,
    /// How long that link lives; for people, who are told once for all files.
    #[serde(skip)]
    pub link_life: Option<LinkLife>,
    /// What is wrong with the file, which is kept all the same.
    pub remark: Option<Remark>,
    /// The service's identifier of a damaged picture in the library that is the same, and whose place this one could take.
    pub replaces: Option<String>,
    /// Whether it was left alone as the film of a Live Photo; for people, who are told how many there are.
    #[serde(skip)]
    pub is_film: bool,
    /// Why it failed.
    pub error: Option<EngineError>,
}

impl UploadResult {
    /// Of what never became a picture.
    pub fn failed(path: impl Into<String>, error: EngineError) -> Self {
        Self {
            path: path.into(),
            status: ResultStatus::Failed,
            id: None,
            sha256: None,
            link: None,
            link_life: None,
            remark: None,
            replaces: None,
            is_film: false,
            error: Some(error),
        }
    }
}

/// Uploaded, here already, failed, or left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultStatus {
    /// The store has exactly these bytes.
    Uploaded,
    /// The library had these bytes before.
    Duplicate,
    /// It didn't work, or is no picture.
    Failed,
    /// No picture, in a folder with others: left alone, and no failure.
    Skipped,
}
