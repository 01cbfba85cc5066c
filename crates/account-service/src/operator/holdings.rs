//! What the bucket has of one person, in memory: about 150 bytes for each object.

use std::collections::HashMap;

use uuid::Uuid;

use super::finding::{Finding, Kind};
use crate::clock;
use crate::error::Result;
use crate::object_store::{Depth, Listed};
use crate::service::Service;

/// The folder of pictures in the bucket.
pub const PICTURES: &str = "pictures/";
/// The folder of thumbnails in the bucket.
pub const THUMBNAILS: &str = "thumbnails/";

/// One folder of one person, by the names below it.
pub struct Holdings {
    folder: String,
    objects: HashMap<Box<str>, Stored>,
}

/// What a listing told of an object.
pub struct Stored {
    /// In bytes.
    pub size: u64,
    /// Opaque.
    pub etag: Option<Box<str>>,
    /// By the store's clock, in milliseconds since 1970.
    pub stored_at: i64,
}

impl Holdings {
    /// Lists it. Names that the service doesn't give are told apart.
    ///
    /// # Errors
    /// When the store can't be reached.
    pub async fn list(app: &Service, below: &str, user_id: Uuid, foreign: &mut Vec<Finding>) -> Result<Self> {
        let folder = format!("{below}{user_id}/");
        let mut objects = HashMap::new();
        let mut from = None;
        loop {
            let page = app.store.list(&folder, Depth::Everything, from).await?;
            for object in page.objects {
                let Some(name) = object.key.strip_prefix(&folder) else { continue };
                if upload_of(name).is_some() {
                    let etag = object.etag.map(String::into_boxed_str);
                    objects.insert(
                        name.into(),
                        Stored { size: object.size, etag, stored_at: object.modified.unwrap_or_else(clock::now) },
                    );
                } else {
                    foreign.push(foreign_object(&object).whose(user_id));
                }
            }
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(Self { folder, objects }),
            }
        }
    }

    /// How many objects are left.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Takes an object out; none when it wasn't listed.
    pub fn take(&mut self, key: &str) -> Option<Stored> {
        self.objects.remove(key.strip_prefix(&*self.folder)?)
    }

    /// Whether an object was listed that nobody has taken out.
    pub fn has(&self, key: &str) -> bool {
        key.strip_prefix(&*self.folder).is_some_and(|name| self.objects.contains_key(name))
    }

    /// What nobody has taken out, with whole keys.
    pub fn rest(self) -> impl Iterator<Item = (String, Stored)> {
        let folder = self.folder;
        self.objects.into_iter().map(move |(name, stored)| (format!("{folder}{name}"), stored))
    }
}

/// The upload that a name below a person's folder is of; none for a name that the service doesn't give.
pub fn upload_of(name: &str) -> Option<Uuid> {
    let (id, extension) = name.split_once('.')?;
    let plain = (1..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric());
    Uuid::try_parse(id).ok().filter(|uuid| plain && uuid.to_string() == id)
}

/// Person and upload of a key; none for one that the service doesn't give.
pub fn owner_of(key: &str) -> Option<(Uuid, Uuid)> {
    let rest = key.strip_prefix(PICTURES).or_else(|| key.strip_prefix(THUMBNAILS))?;
    let (user, name) = rest.split_once('/')?;
    Some((Uuid::try_parse(user).ok()?, upload_of(name)?))
}

/// An object whose name the service doesn't give.
pub fn foreign_object(object: &Listed) -> Finding {
    let message = "This object is none of this service’s: it doesn’t give such names. It is left alone.";
    let mut finding =
        Finding::new(Kind::Foreign, &*object.key, message).aged(object.modified.unwrap_or_else(clock::now));
    finding.found_size = Some(object.size);
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_the_service_gives_have_an_owner() {
        let (user, upload) = (Uuid::new_v4(), Uuid::new_v4());
        for folder in [PICTURES, THUMBNAILS] {
            assert_eq!(owner_of(&format!("{folder}{user}/{upload}.jpg")), Some((user, upload)));
        }
        for key in [
            format!("pictures/{user}/{upload}"),
            format!("pictures/{user}/{upload}.jpg.bak"),
            format!("pictures/{user}/deeper/{upload}.jpg"),
            format!("pictures/{upload}.jpg"),
            format!("journal/{user}/{upload}.jpg"),
            format!("pictures/{user}/{}.jpg", upload.simple()),
            "pictures/holiday.jpg".to_owned(),
        ] {
            assert_eq!(owner_of(&key), None, "{key}");
        }
    }
}
