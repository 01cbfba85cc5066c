//! What there is already of the files of a batch, found out, and begun where there is nothing, for all of them at once: a
//! few statements and one transaction, however many files there are.

use std::collections::{HashMap, HashSet};

use account_api::NewPicture;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::{announcement, grant};
use crate::error::Result;
use crate::quota;
use crate::service::Service;
use crate::storage::entity::{image, upload};

/// What there is of some bytes of a person's.
pub enum Found {
    /// A picture, in the trash or not, sound or not.
    Picture(Box<image::Model>),
    /// An upload that an earlier request has begun.
    Begun(Box<upload::Model>),
    /// An upload that this request has begun.
    New(Box<upload::Model>),
    /// It isn't known: whoever looks at the file by itself finds out.
    Unknown,
}

/// What was found for the files of a batch, by their SHA-256.
#[derive(Default)]
pub struct Known {
    found: HashMap<String, Found>,
}

impl Known {
    /// Looks for the files of a batch, and begins the uploads of those that are new. When they can't be begun together (one
    /// may have been begun meanwhile by another request, or not all of them have room), none is.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn of_batch(app: &Service, user_id: Uuid, files: &[NewPicture]) -> Result<Self> {
        let sums = || files.iter().map(|file| file.sha256.as_str());
        let pictures = image::Entity::find()
            .filter(image::Column::UserId.eq(user_id))
            .filter(image::Column::Sha256.is_in(sums()))
            .all(app.database.read());
        let begun = upload::Entity::find()
            .filter(upload::Column::UserId.eq(user_id))
            .filter(upload::Column::Sha256.is_in(sums()))
            .filter(upload::Column::State.eq(upload::State::Open))
            .all(app.database.read());
        // The uploads first: one that is completed meanwhile is then known as the picture that it has become.
        let mut found = HashMap::with_capacity(files.len());
        found.extend(begun.await?.into_iter().map(|row| (row.sha256.clone(), Found::Begun(Box::new(row)))));
        found.extend(pictures.await?.into_iter().map(|row| (row.sha256.clone(), Found::Picture(Box::new(row)))));
        let mut met = HashSet::new();
        let mut new = Vec::new();
        for file in files.iter().filter(|file| !found.contains_key(&file.sha256)) {
            if let Ok(media) = announcement::check(file, app.limits.file_size)
                && met.insert(file.sha256.as_str())
            {
                new.push(grant::new_row(user_id, file, &media)?);
            }
        }
        match begin_together(app, user_id, &new).await {
            Ok(true) => found.extend(new.into_iter().map(|row| (row.sha256.clone(), Found::New(Box::new(row))))),
            Ok(false) => {}
            Err(error) => {
                tracing::debug!(code = %error.code(), "a batch is not begun as one; its files are one by one")
            }
        }
        Ok(Self { found })
    }

    /// What was found for these bytes. The second file with the same bytes is told that it isn't known.
    pub fn take(&mut self, sha256: &str) -> Found {
        self.found.remove(sha256).unwrap_or(Found::Unknown)
    }
}

/// One transaction: one for each would wait for the disk as often. False when an upload of the same bytes has been begun
/// meanwhile.
async fn begin_together(app: &Service, user_id: Uuid, rows: &[upload::Model]) -> Result<bool> {
    if rows.is_empty() {
        return Ok(true);
    }
    let write = app.database.write().await?;
    let bytes = rows.iter().map(|row| row.size).sum();
    // Before anything else, because it locks the account's row, as everything does that changes the account's uploads.
    quota::take(app, &write, user_id, bytes, rows.len()).await?;
    let begun = upload::Entity::insert_many(rows.iter().map(|row| row.clone().into_active_model()))
        // Without a column: the index is a partial one, and it is the only one that can be in the way.
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&*write)
        .await?;
    if usize::try_from(begun).is_ok_and(|begun| begun == rows.len()) {
        write.commit().await?;
        return Ok(true);
    }
    Ok(false)
}
