//! The row that an upload begins with.

use account_api::NewPicture;
use uuid::Uuid;

use super::{PICTURES, announcement, let_go};
use crate::clock;
use crate::error::{Error, Result};
use crate::media::Media;
use crate::service::Service;
use crate::storage::entity::upload;

/// The row of an upload that begins, with an address that is given out now.
///
/// # Errors
/// When a number in it has no place in the database.
pub fn new_row(app: &Service, user_id: Uuid, file: &NewPicture, media: &Media) -> Result<upload::Model> {
    let id = Uuid::new_v4();
    let now = clock::now();
    Ok(upload::Model {
        id,
        user_id,
        state: upload::State::Open,
        sha256: file.sha256.clone(),
        size: i64::try_from(file.size).map_err(Error::internal)?,
        announced: serde_json::to_string(file).map_err(Error::internal)?,
        object_key: format!("{PICTURES}{user_id}/{id}.{}", media.extension),
        store_upload_id: None,
        part_size: announcement::part_size(file.size).and_then(|part| part.try_into().ok()),
        image_id: None,
        created_at: now,
        updated_at: now,
        addresses_until: let_go::addresses_end(app),
    })
}
