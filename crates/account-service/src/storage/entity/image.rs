//! Pictures that are in the store.

use account_api::{Facts, Marks, Remark, VerifiedBy};
use sea_orm::entity::prelude::*;

use crate::error::{Error, Result};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "images")]
pub struct Model {
    /// Opaque and unguessable.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// The name that people see.
    pub name: String,
    /// A name of [`crate::media`].
    pub format: String,
    /// The media type.
    pub content_type: String,
    /// In bytes.
    pub size: i64,
    /// Lower-case hex; unique for each person.
    pub sha256: String,
    /// In pixels, after orientation.
    pub width: Option<i32>,
    /// In pixels, after orientation.
    pub height: Option<i32>,
    /// The camera's clock.
    pub taken_at: Option<String>,
    /// What a person says instead.
    pub taken_at_corrected: Option<String>,
    /// When its file was last modified, of a picture that doesn't say when it was taken.
    pub file_modified_at: Option<String>,
    /// Make and model.
    pub camera: Option<String>,
    /// What else the file states: [`account_api::Facts`] as JSON.
    pub facts: Option<String>,
    /// Base64.
    pub thumbhash: Option<String>,
    /// What is wrong with the file: [`account_api::Remark`] as JSON.
    pub remark: Option<String>,
    /// Where the bytes are.
    pub object_key: String,
    /// Where the thumbnail is or will be.
    pub thumbnail_key: Option<String>,
    /// The thumbnail as announced: [`account_api::ThumbnailSpec`] as JSON.
    pub thumbnail_spec: Option<String>,
    /// Whether the store has the thumbnail.
    pub has_thumbnail: bool,
    /// What was set of it as a whole: [`account_api::Marks`] as JSON.
    pub marks: Option<String>,
    /// What a person says that it shows.
    pub own_description: Option<String>,
    /// What a person says to people who can't see it.
    pub own_alt_text: Option<String>,
    /// What a model says: [`account_api::Reading`] as JSON.
    pub reading: Option<String>,
    /// When its fields were last said, and where: [`crate::stamps::Stamps`] as JSON.
    pub stamps: String,
    /// When the service confirmed it.
    pub created_at: i64,
    /// When the row last changed.
    pub updated_at: i64,
    /// When it was moved to the trash.
    pub deleted_at: Option<i64>,
    /// The account's revision of the last change.
    pub revision: i64,
    /// The size that the store reported.
    pub stored_size: i64,
    /// The store's entity tag.
    pub etag: Option<String>,
    /// How the bytes were compared, or that they weren't: [`account_api::VerifiedBy`] as it stands in JSON.
    pub verified_by: String,
    /// When; of no meaning while nothing is proven.
    pub verified_at: i64,
    /// What is wrong with the stored bytes: [`account_api::Fault`] as it stands in JSON.
    pub fault: Option<String>,
}

/// A remark as the column has it.
pub fn remark_text(remark: Option<&Remark>) -> Option<String> {
    remark.map(|remark| serde_json::json!(remark).to_string())
}

/// Facts as the column has them.
pub fn facts_text(facts: &Facts) -> Option<String> {
    (!facts.is_empty()).then(|| serde_json::json!(facts).to_string())
}

/// Marks as the column has them.
///
/// # Errors
/// None that is known: they can be written as JSON.
pub fn marks_text(marks: &Marks) -> Result<Option<String>> {
    if *marks == Marks::default() {
        return Ok(None);
    }
    serde_json::to_string(marks).map(Some).map_err(Error::internal)
}

impl Model {
    /// What was set of it as a whole.
    ///
    /// # Errors
    /// When the row was written by another version in another form.
    pub fn marks(&self) -> Result<Marks> {
        let marks = self.marks.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
        Ok(marks.unwrap_or_default())
    }

    /// How it is proven that the stored bytes are the file's, if it is.
    pub fn proof(&self) -> VerifiedBy {
        VerifiedBy::from_text(&self.verified_by)
    }

    /// What is wrong with the file.
    pub fn remark(&self) -> Option<Remark> {
        self.remark.as_deref().and_then(|remark| serde_json::from_str(remark).ok())
    }

    /// What the file states about how it was taken.
    pub fn facts(&self) -> Facts {
        self.facts.as_deref().and_then(|facts| serde_json::from_str(facts).ok()).unwrap_or_default()
    }

    /// Whether the store is known to have the file's bytes: they were proven to be there, and nothing wrong has been found
    /// since. Sending the same bytes again mends one of which that isn't known.
    pub fn is_safe(&self) -> bool {
        self.fault.is_none() && self.proof().is_proof()
    }

    /// A picture that nobody has looked at yet and nothing is proven of, of an object that the store took at this time. What it is called, what
    /// it is and where its bytes are is for the caller to say.
    pub fn new(id: Uuid, user_id: Uuid, at: i64) -> Self {
        Self {
            id,
            user_id,
            name: String::new(),
            format: String::new(),
            content_type: String::new(),
            size: 0,
            sha256: String::new(),
            width: None,
            height: None,
            taken_at: None,
            taken_at_corrected: None,
            file_modified_at: None,
            camera: None,
            facts: None,
            thumbhash: None,
            remark: None,
            object_key: String::new(),
            thumbnail_key: None,
            thumbnail_spec: None,
            has_thumbnail: false,
            marks: None,
            own_description: None,
            own_alt_text: None,
            reading: None,
            stamps: "{}".to_owned(),
            created_at: at,
            updated_at: at,
            deleted_at: None,
            revision: 0,
            stored_size: 0,
            etag: None,
            verified_by: VerifiedBy::NotProven.as_str().to_owned(),
            verified_at: at,
            fault: None,
        }
    }
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
