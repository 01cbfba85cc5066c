//! What undoes an operation: made of what was there before it.

use account_api::{Album, Author, EditKind, Image};
use rusqlite::{Connection, Result};

use crate::table::album;
use crate::table::tag;

/// The operations that bring a picture back to what it was; none when nothing can.
pub(super) fn of_picture(edit: &EditKind, before: &Image) -> Vec<EditKind> {
    let image_id = before.id.clone();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![match edit {
        EditKind::SetName { .. } => EditKind::SetName { image_id, name: before.name.clone() },
        EditKind::SetTakenAt { .. } => {
            let by_person = before.taken_at_in_file.is_some();
            EditKind::SetTakenAt { image_id, taken_at: before.taken_at.clone().filter(|_| by_person) }
        }
        EditKind::SetDescription { .. } => {
            EditKind::SetDescription { image_id, description: text(&before.own_description) }
        }
        EditKind::SetAltText { .. } => EditKind::SetAltText { image_id, alt_text: text(&before.own_alt_text) },
        EditKind::SetReading { .. } => {
            EditKind::SetReading { image_id, reading: before.reading.clone().unwrap_or_default() }
        }
        EditKind::AddTag { tag, by, .. } => match before.tags.iter().find(|known| tag::same(known, tag)) {
            // It was there: spelled otherwise, or by a model alone, which a person's word can't be again.
            Some(spelled) if spelled == tag => return Vec::new(),
            Some(spelled) => EditKind::AddTag { image_id, tag: spelled.clone(), by: *by },
            None => EditKind::RemoveTag { image_id, tag: tag.clone(), by: *by },
        },
        EditKind::RemoveTag { tag, .. } => {
            let Some(spelled) = before.tags.iter().find(|known| tag::same(known, tag)) else { return Vec::new() };
            // Once a person has taken it away, only a person gives it back.
            EditKind::AddTag { image_id, tag: spelled.clone(), by: Author::Person }
        }
        EditKind::Trash { .. } => EditKind::Restore { image_id },
        EditKind::Restore { .. } => EditKind::Trash { image_id },
        EditKind::AddToAlbum { album_id, .. } | EditKind::RemoveFromAlbum { album_id, .. } => {
            let album_id = album_id.clone();
            match before.albums.iter().find(|within| within.album_id == album_id) {
                Some(within) => EditKind::AddToAlbum { image_id, album_id, place: within.place.clone() },
                None => EditKind::RemoveFromAlbum { image_id, album_id },
            }
        }
        edit => return edit.unmark(before).into_iter().collect(),
    }]
}

/// The same for an album.
pub(super) fn of_album(conn: &Connection, edit: &EditKind, before: Option<&Album>) -> Result<Vec<EditKind>> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(match (edit, before) {
        (EditKind::CreateAlbum { album_id, .. }, None) => vec![EditKind::RemoveAlbum { album_id: album_id.clone() }],
        (EditKind::SetAlbum { album_id, name, cover, order, parent }, Some(before)) => vec![EditKind::SetAlbum {
            album_id: album_id.clone(),
            name: name.as_ref().map(|_| before.name.clone()),
            cover: cover.as_ref().map(|_| text(&before.cover)),
            order: order.map(|_| before.order),
            parent: parent.as_ref().map(|_| text(&before.parent)),
        }],
        (EditKind::RemoveAlbum { album_id }, Some(before)) => {
            let album_id = album_id.clone();
            let mut edits = vec![
                EditKind::CreateAlbum { album_id: album_id.clone(), name: before.name.clone() },
                EditKind::SetAlbum {
                    album_id: album_id.clone(),
                    name: Some(before.name.clone()),
                    cover: before.cover.clone(),
                    order: Some(before.order),
                    parent: before.parent.clone(),
                },
            ];
            edits.extend(album::places(conn, &album_id)?.into_iter().map(|(image_id, place)| EditKind::AddToAlbum {
                image_id,
                album_id: album_id.clone(),
                place,
            }));
            edits
        }
        _ => Vec::new(),
    })
}
