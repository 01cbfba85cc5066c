//! What an operation does to a picture or an album, by the same rules as on the service.

use account_api::{Album, Author, EditKind, Image, InAlbum, MAX_TAGS, Marks};

use super::words::{choose, some};
use crate::table::tag;

/// Whether it is a model's word, which a person's never gives way to.
pub(in crate::table) fn is_models(edit: &EditKind) -> bool {
    matches!(
        edit,
        EditKind::SetReading { .. }
            | EditKind::AddTag { by: Author::Model, .. }
            | EditKind::RemoveTag { by: Author::Model, .. }
    )
}

/// Whether a picture is as it would be after the operation.
pub(in crate::table) fn holds(edit: &EditKind, image: &Image) -> bool {
    let mut after = image.clone();
    to_picture(edit, &mut after, "");
    after == *image
}

/// Makes the change of a picture. Whoever removes one for good says so by its row.
pub(in crate::table) fn to_picture(edit: &EditKind, image: &mut Image, made_at: &str) {
    match edit {
        EditKind::SetName { name, .. } => image.name.clone_from(name),
        EditKind::SetTakenAt { taken_at: Some(taken_at), .. } => {
            let before = image.taken_at.replace(taken_at.clone()).unwrap_or_default();
            image.taken_at_in_file.get_or_insert(before);
        }
        EditKind::SetTakenAt { taken_at: None, .. } => {
            if let Some(in_file) = image.taken_at_in_file.take() {
                image.taken_at = some(&in_file);
            }
        }
        EditKind::SetDescription { description, .. } => {
            image.own_description = some(description);
            choose(image, made_at);
        }
        EditKind::SetAltText { alt_text, .. } => {
            image.own_alt_text = some(alt_text);
            choose(image, made_at);
        }
        EditKind::SetReading { reading, .. } => {
            image.reading = Some(reading.clone());
            choose(image, made_at);
        }
        EditKind::AddTag { tag, by, .. } => add_tag(image, tag.trim(), *by),
        EditKind::RemoveTag { tag, by, .. } => remove_tag(image, tag, *by),
        EditKind::Trash { .. } => {
            image.deleted_at.get_or_insert_with(|| made_at.to_owned());
        }
        EditKind::Restore { .. } => image.deleted_at = None,
        EditKind::AddToAlbum { album_id, place, .. } => {
            image.albums.retain(|within| within.album_id != *album_id);
            image.albums.push(InAlbum { album_id: album_id.clone(), place: place.clone() });
            image.albums.sort_by(|one, other| one.album_id.cmp(&other.album_id));
        }
        EditKind::RemoveFromAlbum { album_id, .. } => image.albums.retain(|within| within.album_id != *album_id),
        edit => {
            let mut marks = Marks::of(image);
            marks.set(edit);
            marks.put(image);
        }
    }
}

/// Makes the change of an album.
pub(in crate::table) fn to_album(edit: &EditKind, shown: &mut Option<Album>, made_at: &str) {
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    match edit {
        EditKind::CreateAlbum { album_id, name } => {
            shown.get_or_insert_with(|| Album {
                id: album_id.clone(),
                name: name.clone(),
                cover: None,
                order: account_api::AlbumOrder::default(),
                parent: None,
                created_at: made_at.to_owned(),
                updated_at: made_at.to_owned(),
                revision: 0,
            });
        }
        EditKind::SetAlbum { name, cover, order, parent, .. } => {
            let Some(album) = shown else { return };
            if let Some(name) = name {
                album.name.clone_from(name);
            }
            if let Some(cover) = cover {
                album.cover = some(cover);
            }
            if let Some(order) = order {
                album.order = *order;
            }
            if let Some(parent) = parent {
                album.parent = some(parent);
            }
        }
        EditKind::RemoveAlbum { .. } => *shown = None,
        _ => {}
    }
}

fn add_tag(image: &mut Image, added: &str, by: Author) {
    let known = image.tags.iter().any(|known| tag::same(known, added));
    match by {
        Author::Person => {
            let is_so =
                image.tags.iter().any(|known| known == added) && !image.tags_by_model.iter().any(|tag| tag == added);
            if !is_so {
                remove_tag(image, added, by);
                image.tags.push(added.to_owned());
            }
        }
        Author::Model if !known && image.tags.len() < MAX_TAGS => {
            image.tags.push(added.to_owned());
            image.tags_by_model.push(added.to_owned());
        }
        Author::Model => {}
    }
}

fn remove_tag(image: &mut Image, removed: &str, by: Author) {
    let models = image.tags_by_model.iter().any(|models| tag::same(models, removed));
    if by == Author::Person || models {
        image.tags.retain(|known| !tag::same(known, removed));
        image.tags_by_model.retain(|known| !tag::same(known, removed));
    }
}
