//! What an operation is about: a newer one about the same takes the place of one that waits.

use std::borrow::Cow;

use account_api::{Author, EditKind};

use crate::table::tag;

/// The subject, among those of one picture or one album. None for what each operation adds to the ones before.
pub(in crate::table) fn subject(edit: &EditKind) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(match edit {
        EditKind::SetName { .. } => "name",
        EditKind::SetTakenAt { .. } => "taken_at",
        EditKind::SetDescription { .. } => "description",
        EditKind::SetAltText { .. } => "alt_text",
        EditKind::SetReading { .. } => "reading",
        EditKind::Trash { .. } | EditKind::Restore { .. } | EditKind::Remove { .. } => "presence",
        EditKind::AddTag { tag, by, .. } | EditKind::RemoveTag { tag, by, .. } => {
            let who = match by {
                Author::Person => "tag",
                Author::Model => "model",
            };
            return Some(format!("{who} {}", tag::key(tag)).into());
        }
        EditKind::AddToAlbum { album_id, .. } | EditKind::RemoveFromAlbum { album_id, .. } => {
            return Some(format!("album {album_id}").into());
        }
        edit => return edit.mark().map(Cow::Borrowed),
    }))
}
