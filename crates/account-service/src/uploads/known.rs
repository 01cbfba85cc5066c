//! What there is already of the files of a batch, found out, and begun where there is nothing, for all of them at once: a
//! few statements and one transaction, however many files there are.

use std::collections::{HashMap, HashSet};

use account_api::NewPicture;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::announcement;
use super::ledger::{self, Room};
use super::new_row::new_row;
use crate::error::Result;
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
        // What the disk has no room for is refused one by one.
        let mut room = match &app.store_disk {
            Some(disk) => disk.room().await,
            None => None,
        };
        for file in files.iter().filter(|file| !found.contains_key(&file.sha256)) {
            if room.is_some_and(|room| file.size > room) {
                continue;
            }
            if let Ok(media) = announcement::check(file, &app.limits)
                && met.insert(file.sha256.as_str())
            {
                room = room.map(|room| room - file.size);
                new.push(new_row(app, user_id, file, &media)?);
            }
        }
        match ledger::begin(app, user_id, &new, Room::Needed).await {
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
