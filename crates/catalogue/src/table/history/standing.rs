//! Whether what a change did still stands, so that nothing of somebody else's is taken away with it.

use std::collections::HashSet;

use account_api::{Album, AlbumOrder, EditKind};
use rusqlite::{Connection, Result};

use crate::table::waiting::{holds, to_album};
use crate::table::{album, picture};

/// Pictures that are taken out of albums: of albums and pictures by the service's identifiers.
pub(super) type TakenOut = HashSet<(String, String)>;

/// The pictures that operations have put into albums.
pub(super) fn put_in(edits: &[EditKind]) -> impl Iterator<Item = (String, String)> + '_ {
    edits.iter().filter_map(|edit| match edit {
        EditKind::AddToAlbum { image_id, album_id, .. } => Some((album_id.clone(), image_id.clone())),
        _ => None,
    })
}

/// Whether these operations can be made in place of those that stand, without taking away what somebody else did. Operations that
/// were not sent are this computer's alone; but an album that goes takes along whatever is in it.
pub(super) fn can_turn(
    conn: &Connection,
    standing: &[EditKind],
    wanted: &[EditKind],
    unsent: bool,
    taken_out: &TakenOut,
) -> Result<bool> {
    let removed = wanted.iter().find_map(|edit| match edit {
        EditKind::RemoveAlbum { album_id } => Some(album_id),
        _ => None,
    });
    let Some(album_id) = removed else { return Ok(unsent || stands(conn, standing)?) };
    let own: TakenOut = put_in(standing).collect();
    let has_others = album::places(conn, album_id)?.into_iter().any(|(image_id, _)| {
        let within = (album_id.clone(), image_id);
        !own.contains(&within) && !taken_out.contains(&within)
    });
    Ok(!has_others && stands(conn, standing)?)
}

/// Whether all is as these operations, of pictures and of one album at most, made it.
fn stands(conn: &Connection, edits: &[EditKind]) -> Result<bool> {
    for edit in edits {
        let Some(image_id) = edit.image_id() else { continue };
        let Some(known) = picture::state(conn, image_id)? else { return Ok(false) };
        if known.gone || !holds(edit, &known.shown) {
            return Ok(false);
        }
    }
    let of_album: Vec<&EditKind> = edits.iter().filter(|edit| edit.image_id().is_none()).collect();
    match of_album.first().and_then(|edit| edit.album_id()) {
        Some(album_id) => Ok(album_stands(album::state(conn, album_id)?.shown, &of_album)),
        None => Ok(true),
    }
}

fn album_stands(shown: Option<Album>, edits: &[&EditKind]) -> bool {
    let Some(album) = shown else { return matches!(edits.last(), Some(EditKind::RemoveAlbum { .. })) };
    // What was made has to be as it was made; of what was changed, only that.
    let is_made = matches!(edits.first(), Some(EditKind::CreateAlbum { .. }));
    let mut expected = (!is_made).then(|| album.clone());
    for edit in edits {
        to_album(edit, &mut expected, "");
    }
    expected.is_some_and(|expected| said(&expected) == said(&album))
}

/// What people say of an album.
fn said(album: &Album) -> (&str, Option<&str>, AlbumOrder, Option<&str>) {
    (&album.name, album.cover.as_deref(), album.order, album.parent.as_deref())
}
