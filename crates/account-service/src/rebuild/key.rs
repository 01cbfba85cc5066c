//! What an object's key says of it.

use uuid::Uuid;

use crate::media::{self, Media};
use crate::uploads::{PICTURES, THUMBNAILS};

/// A key that is one of this service's.
pub struct Key {
    user: String,
    /// The picture's identifier.
    pub id: Uuid,
    /// The format that it has, by its extension.
    pub media: Media,
}

impl Key {
    /// Reads a key; none when the service doesn't give such.
    pub fn read(key: &str) -> Option<Self> {
        let (user, name) = key.strip_prefix(PICTURES)?.split_once('/')?;
        let (id, extension) = name.split_once('.')?;
        let media = media::by_extension(extension)?;
        // As it is written, so that one object has one identifier.
        let id = Uuid::try_parse(id).ok().filter(|parsed| parsed.to_string() == id)?;
        Some(Self { user: user.to_owned(), id, media })
    }

    /// Keys that its thumbnail may have.
    pub fn thumbnails(&self) -> [String; 3] {
        ["jpg", "png", "webp"].map(|extension| format!("{THUMBNAILS}{}/{}.{extension}", self.user, self.id))
    }
}

/// A name for a picture whose own is lost: the date taken when it is known, and the beginning of its identifier, so that
/// no two are the same.
pub fn made_up_name(key: &Key, taken_at: Option<&str>, media: Media) -> String {
    let id = key.id.simple().to_string();
    let taken = taken_at.and_then(|taken| taken.get(..19)).map(|taken| taken.replace('T', " ").replace(':', "."));
    let begin = taken.unwrap_or_else(|| "picture".to_owned());
    format!("{begin} {}.{}", &id[..8], media.extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_up_of_what_is_known() {
        let id = Uuid::from_u128(0x1a2b_3c4d << 96);
        let key = Key::read(&format!("pictures/{}/{id}.png", Uuid::new_v4())).unwrap();
        let name = |taken| made_up_name(&key, taken, key.media);
        assert_eq!(name(Some("2024-05-06T07:08:09+02:00")), "2024-05-06 07.08.09 1a2b3c4d.png");
        assert_eq!(name(None), "picture 1a2b3c4d.png");
        assert_eq!(name(Some("2024")), "picture 1a2b3c4d.png");
    }

    #[test]
    fn only_keys_of_this_service_count() {
        let (user, id) = (Uuid::new_v4(), Uuid::new_v4());
        let key = Key::read(&format!("pictures/{user}/{id}.jpg")).unwrap();
        assert_eq!((key.id, key.media.name), (id, "jpeg"));
        assert_eq!(key.thumbnails()[0], format!("thumbnails/{user}/{id}.jpg"));
        for foreign in [
            format!("pictures/{user}/holiday.jpg"),
            format!("pictures/{user}/{id}.exe"),
            format!("pictures/{user}/{id}"),
            format!("pictures/{user}/{}.jpg", id.simple()),
            format!("pictures/{user}/more/{id}.jpg"),
            format!("elsewhere/{user}/{id}.jpg"),
        ] {
            assert!(Key::read(&foreign).is_none(), "{foreign}");
        }
    }
}
