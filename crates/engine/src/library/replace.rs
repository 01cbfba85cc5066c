//! A whole picture in the place of a damaged one: everything that a person or a model has said of the damaged one is said of the
//! whole one, and the damaged one goes into the trash. One batch of edits, to be undone as one.

use account_api::{EditKind, Image, Marks, NewMarks};
use catalogue::SqliteError;
use catalogue::table::carry::carried;
use catalogue::table::history::{self, What};
use catalogue::table::{picture, upload};

use super::edit::told;
use super::refusal::invalid;
use crate::library::Library;
use crate::{EngineError, ErrorKind};

/// Puts `whole` in the place of `damaged`, by their local numbers.
///
/// # Errors
/// When one of them is gone or in the trash, or they are the same.
pub(crate) async fn replace(library: &Library, damaged: u32, whole: u32) -> Result<(), EngineError> {
    if damaged == whole {
        return Err(invalid(messages::Library::ReplacedByItself));
    }
    let made = library
        .catalogue
        .write(move |conn| {
            let there = |id| -> Result<_, SqliteError> {
                Ok(picture::get(conn, id)?.filter(|picture| picture.image.deleted_at.is_none()))
            };
            let (Some(old), Some(new)) = (there(damaged)?, there(whole)?) else { return Ok(None) };
            let made = history::edit(conn, &What::Replace, &edits(&old.image, &new.image))?;
            upload::offered(conn, damaged)?;
            Ok(Some(made))
        })
        .await?;
    let made = made.ok_or_else(|| EngineError::new(ErrorKind::NotFound, messages::Library::Gone))?;
    told(library, &made);
    Ok(())
}

/// What moves over. What is so already is left out when the operations are made.
fn edits(old: &Image, new: &Image) -> Vec<EditKind> {
    let mut edits = vec![EditKind::SetName { image_id: new.id.clone(), name: old.name.clone() }];
    edits.extend(marks(old, new).edits(&new.id));
    edits.extend(carried(old, &mut new.clone()));
    // In an album that both are in, it stands where the damaged one stood.
    let in_both = old.albums.iter().filter(|within| new.albums.iter().any(|other| other.album_id == within.album_id));
    edits.extend(in_both.map(|within| EditKind::AddToAlbum {
        image_id: new.id.clone(),
        album_id: within.album_id.clone(),
        place: within.place.clone(),
    }));
    edits.push(EditKind::Trash { image_id: old.id.clone() });
    edits
}

/// Those that the damaged one has; what the whole one has been given already stays.
fn marks(old: &Image, new: &Image) -> NewMarks {
    let (of_old, of_new, none) = (Marks::of(old), Marks::of(new), Marks::default());
    NewMarks {
        favourite: (of_new.favourite == none.favourite).then_some(of_old.favourite),
        rating: (of_new.rating == none.rating).then_some(of_old.rating),
        rotation: (of_new.rotation == none.rotation).then_some(of_old.rotation),
        crop: (of_new.crop == none.crop).then_some(of_old.crop),
        verdicts: (of_new.verdicts == none.verdicts).then_some(of_old.verdicts),
    }
}
