//! Whether the store still has what it confirmed.

use account_api::VerifiedBy;
use serde::Serialize;
use ts_rs::TS;

/// What is wrong with a picture's stored bytes. Uploading the same file again mends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Fault {
    /// The store has no such object any more.
    Missing,
    /// The store has other bytes.
    Changed,
}

impl From<account_api::Fault> for Fault {
    fn from(fault: account_api::Fault) -> Self {
        match fault {
            account_api::Fault::Missing => Fault::Missing,
            account_api::Fault::Changed => Fault::Changed,
        }
    }
}

/// How it is known that the store has a picture's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Proof {
    /// The store checked them, as it took them in, against a checksum that came from the file.
    Checksum,
    /// They were read back and hashed.
    ReadBack,
    /// Not yet: the picture was found in the bucket, and nobody has compared its bytes with anything that came from the file.
    NotProven,
}

impl From<VerifiedBy> for Proof {
    fn from(by: VerifiedBy) -> Self {
        match by {
            VerifiedBy::ContentMd5 | VerifiedBy::PartMd5 => Proof::Checksum,
            VerifiedBy::ReadBack => Proof::ReadBack,
            VerifiedBy::AsFound | VerifiedBy::NotProven => Proof::NotProven,
        }
    }
}

/// The last time that the store was asked again about a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct LastCheck {
    /// When (UTC).
    pub at: String,
    /// What was found.
    pub outcome: CheckOutcome,
    /// A sentence: by which check it was confirmed, or what is wrong.
    pub message: String,
}

/// What was found of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CheckOutcome {
    /// The store has what it confirmed.
    Confirmed,
    /// The store has no such object.
    Missing,
    /// The store has other bytes.
    Changed,
    /// It could not be asked about.
    Failed,
}

/// A picture and what was found of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckedPicture {
    /// The picture's local number.
    pub id: u32,
    /// The service's identifier.
    pub image_id: String,
    /// Its name.
    pub name: String,
    /// 64 hex digits.
    pub sha256: String,
    /// What was found.
    pub check: LastCheck,
    /// Whether it is proven that the store has its bytes.
    pub proven: bool,
    /// A file on this computer that had the same bytes when it was uploaded and still has that size: uploading it again
    /// mends a fault. Absent when there is no fault.
    pub local_copy: Option<String>,
}

/// The check of the whole library: how far it is, and what it found. It can be broken off and gone on with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AuditProgress {
    /// Whether this process is at it.
    pub running: bool,
    /// Whether the bytes are read, too.
    pub deep: bool,
    /// Pictures in the library, with the trash.
    pub total: u64,
    /// Pictures that were asked about.
    pub done: u64,
    /// The store has what it confirmed.
    pub confirmed: u64,
    /// The store has no such object.
    pub missing: u64,
    /// The store has other bytes.
    pub changed: u64,
    /// Could not be asked about.
    pub failed: u64,
    /// When it began (UTC); absent before the first time.
    pub started_at: Option<String>,
    /// When all had been asked about (UTC).
    pub finished_at: Option<String>,
    /// Why it stopped before that, when it did so by itself.
    pub stopped: Option<String>,
}
