//! What was said of one picture, carried over to another one that takes its place.

use account_api::{Author, EditKind, Image, InAlbum, MAX_TAGS};

use super::tag;

/// The operations that say of `new` what was said of `old` and isn't said of it: words, tags, albums and a corrected date. What
/// `new` says itself stays; it becomes what the operations make of it, so that another one can be carried over.
pub fn carried(old: &Image, new: &mut Image) -> Vec<EditKind> {
    let image_id = new.id.clone();
    let mut edits = Vec::new();
    // A date that a person has corrected; else each file's own holds.
    if old.taken_at_in_file.is_some() && new.taken_at_in_file.is_none() {
        edits.push(EditKind::SetTakenAt { image_id: image_id.clone(), taken_at: old.taken_at.clone() });
        new.taken_at_in_file = Some(new.taken_at.take().unwrap_or_default());
        new.taken_at.clone_from(&old.taken_at);
    }
    if let Some(description) = old.own_description.clone().filter(|_| new.own_description.is_none()) {
        new.own_description = Some(description.clone());
        edits.push(EditKind::SetDescription { image_id: image_id.clone(), description });
    }
    if let Some(alt_text) = old.own_alt_text.clone().filter(|_| new.own_alt_text.is_none()) {
        new.own_alt_text = Some(alt_text.clone());
        edits.push(EditKind::SetAltText { image_id: image_id.clone(), alt_text });
    }
    if let Some(reading) = old.reading.clone().filter(|_| new.reading.is_none()) {
        new.reading = Some(reading.clone());
        edits.push(EditKind::SetReading { image_id: image_id.clone(), reading });
    }
    for text in &old.tags {
        if new.tags.len() >= MAX_TAGS && !new.tags.iter().any(|known| tag::same(known, text)) {
            continue;
        }
        let by_model = old.tags_by_model.iter().any(|of_model| tag::same(of_model, text));
        let by = if by_model { Author::Model } else { Author::Person };
        if !new.tags.iter().any(|known| tag::same(known, text)) {
            new.tags.push(text.clone());
        }
        edits.push(EditKind::AddTag { image_id: image_id.clone(), tag: text.clone(), by });
    }
    for InAlbum { album_id, place } in &old.albums {
        if new.albums.iter().any(|within| within.album_id == *album_id) {
            continue;
        }
        new.albums.push(InAlbum { album_id: album_id.clone(), place: place.clone() });
        let (album_id, place) = (album_id.clone(), place.clone());
        edits.push(EditKind::AddToAlbum { image_id: image_id.clone(), album_id, place });
    }
    edits
}
