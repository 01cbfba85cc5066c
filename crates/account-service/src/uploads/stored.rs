//! What the store was found to have of an upload, and what came of it.

use account_api::VerifiedBy;
use sea_orm::EntityTrait;

use super::announcement::Announced;
use super::ledger;
use crate::error::Result;
use crate::object_store::ObjectFacts;
use crate::service::Service;
use crate::storage::entity::{image, upload};

/// What came of an upload.
pub enum Completed {
    /// The picture exists.
    Verified(image::Model),
    /// Another upload of the same bytes was first; this is its picture.
    Duplicate(image::Model),
}

/// An upload whose bytes are in the store.
pub struct Stored {
    /// The upload.
    pub announced: Announced,
    /// What the store says of it.
    pub facts: ObjectFacts,
    /// How it is proven that these are the announced bytes.
    pub proof: VerifiedBy,
}

/// The answer for an upload that is over.
///
/// # Errors
/// [`ErrorCode::UploadGone`] when no picture came of it.
pub async fn finished(app: &Service, row: &upload::Model) -> Result<Completed> {
    let image = match row.image_id {
        Some(image_id) => image::Entity::find_by_id(image_id).one(app.database.read()).await?,
        None => None,
    };
    match (row.state, image) {
        (upload::State::Verified, Some(image)) => Ok(Completed::Verified(image)),
        (upload::State::Duplicate, Some(image)) => Ok(Completed::Duplicate(image)),
        _ => Err(ledger::gone()),
    }
}
