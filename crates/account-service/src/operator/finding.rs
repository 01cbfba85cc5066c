//! What a comparison of database and bucket can find.

use serde::Serialize;
use uuid::Uuid;

use crate::storage::entity::image;

/// What kind of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A picture's bytes are not in the bucket.
    MissingObject,
    /// A picture's object has another size.
    SizeDiffers,
    /// A picture's object has the right size and another entity tag: something else was written there.
    ContentDiffers,
    /// A thumbnail was confirmed or announced, and is not in the bucket.
    MissingThumbnail,
    /// A thumbnail has another size than was announced.
    ThumbnailDiffers,
    /// A thumbnail is in the bucket and was never confirmed.
    UnconfirmedThumbnail,
    /// An object in the folder of one of this database's people that no row needs.
    Orphan,
    /// A multipart upload is under way in the bucket that no open upload of this database is for.
    StaleMultipart,
    /// An open upload's multipart upload is not in the bucket any more.
    LostMultipart,
    /// An upload lies open for longer than the service lets it.
    StaleUpload,
    /// An object's bytes are right, and the own store's record of it is damaged, lost, or older than they are.
    BadRecord,
    /// A part of an account's journal is damaged.
    DamagedJournal,
    /// The journal has edits of pictures that the database lacks: that is older than the bucket.
    LaterEdits,
    /// Something under the service's own folders that this service, by this database, didn't put there.
    Foreign,
}

impl Kind {
    /// As it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingObject => "missing_object",
            Self::SizeDiffers => "size_differs",
            Self::ContentDiffers => "content_differs",
            Self::MissingThumbnail => "missing_thumbnail",
            Self::ThumbnailDiffers => "thumbnail_differs",
            Self::UnconfirmedThumbnail => "unconfirmed_thumbnail",
            Self::Orphan => "orphan",
            Self::StaleMultipart => "stale_multipart",
            Self::LostMultipart => "lost_multipart",
            Self::StaleUpload => "stale_upload",
            Self::BadRecord => "bad_record",
            Self::DamagedJournal => "damaged_journal",
            Self::LaterEdits => "later_edits",
            Self::Foreign => "foreign",
        }
    }
}

/// What was done about a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// Whether the difference is gone.
    pub done: bool,
    /// What was done, or why it was left.
    pub message: String,
}

/// By what an object that no row needs can be brought back as a picture of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Adoptable {
    /// The journal knows it as a picture that its owner has: the database is older than the bucket.
    Journal,
    /// It says of itself which picture it is.
    Metadata,
    /// Its bytes are a picture, of which nothing else tells, or what tells is wrong.
    Bytes,
}

/// One difference between database and bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind.
    pub kind: Kind,
    /// The object's key; for [`Kind::Foreign`] perhaps a whole folder's.
    pub key: String,
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    /// The upload, as the service's clients know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_id: Option<String>,
    /// The multipart upload, as the store knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_upload_id: Option<String>,
    /// The size that it should have, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_size: Option<u64>,
    /// The size that it has, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_size: Option<u64>,
    /// How long it has been there, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<i64>,
    /// For [`Kind::Orphan`]: by what it can be brought back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adoptable: Option<Adoptable>,
    /// A sentence for people.
    pub message: String,
    /// What was done about it, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<Repair>,
}

impl Finding {
    pub(super) fn new(kind: Kind, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            key: key.into(),
            user_id: None,
            image_id: None,
            upload_id: None,
            store_upload_id: None,
            expected_size: None,
            found_size: None,
            age_seconds: None,
            adoptable: None,
            message: message.into(),
            repair: None,
        }
    }

    pub(super) fn of(row: &image::Model, kind: Kind, key: &str, message: impl Into<String>) -> Self {
        let mut finding = Self::new(kind, key, message);
        finding.user_id = Some(row.user_id.to_string());
        finding.image_id = Some(row.id.to_string());
        finding
    }

    pub(super) fn sizes(mut self, expected: i64, found: Option<u64>) -> Self {
        self.expected_size = u64::try_from(expected).ok();
        self.found_size = found;
        self
    }

    pub(super) fn whose(mut self, user_id: Uuid) -> Self {
        self.user_id = Some(user_id.to_string());
        self
    }

    pub(super) fn aged(mut self, since: i64) -> Self {
        self.age_seconds = Some((crate::clock::now() - since).max(0) / 1000);
        self
    }
}

/// The difference is gone.
pub(super) fn done(message: impl Into<String>) -> Repair {
    Repair { done: true, message: message.into() }
}

/// The difference is left, for this reason.
pub(super) fn left(message: impl Into<String>) -> Repair {
    Repair { done: false, message: message.into() }
}
