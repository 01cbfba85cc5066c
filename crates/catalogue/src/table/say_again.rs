//! Everything that was said of pictures, said again: for an account whose pictures came back without what was said of them.
//!
//! When an account's database is lost and the journal in its store with it, the pictures come back by what their objects are.
//! What people wrote, the albums, and what lies in the trash is then known to the catalogues of their computers alone.

use account_api::{Album, AlbumOrder, EditKind, Image, Marks};
use rusqlite::{Connection, Result};

use super::carry::carried;
use super::picture::{self, State};
use super::{album, operation};

/// Makes operations of everything that the catalogue shows of its pictures and albums beyond what files and objects say, and
/// takes the account to know nothing of it. Gives how many there are.
///
/// They wait like any others, so that no feed that is read afterwards takes them away.
pub fn say_again(conn: &Connection) -> Result<usize> {
    let mut made = 0;
    for row in album::all(conn)? {
        made += album_again(conn, &row.album)?;
    }
    let ids: Vec<u32> =
        conn.prepare("SELECT id FROM picture ORDER BY id")?.query_map([], |row| row.get(0))?.collect::<Result<_>>()?;
    for id in ids {
        match picture::state_of(conn, id)? {
            // That it is to be gone waits already.
            Some(known) if !known.gone => made += picture_again(conn, &known)?,
            _ => {}
        }
    }
    Ok(made)
}

fn album_again(conn: &Connection, known: &Album) -> Result<usize> {
    album::recompute(conn, &known.id, None)?;
    let album_id = known.id.clone();
    let edits = [
        EditKind::CreateAlbum { album_id: album_id.clone(), name: known.name.clone() },
        EditKind::SetAlbum {
            album_id,
            name: Some(known.name.clone()),
            cover: known.cover.clone(),
            order: (known.order != AlbumOrder::default()).then_some(known.order),
            parent: known.parent.clone(),
        },
    ];
    operation::make(conn, &edits).map(|made| made.operations)
}

fn picture_again(conn: &Connection, known: &State) -> Result<usize> {
    let shown = &known.shown;
    let bare = bare(shown);
    let mut edits = vec![EditKind::SetName { image_id: shown.id.clone(), name: shown.name.clone() }];
    edits.extend(Marks::of(shown).all().edits(&shown.id));
    edits.extend(carried(shown, &mut bare.clone()));
    if shown.deleted_at.is_some() {
        edits.push(EditKind::Trash { image_id: shown.id.clone() });
    }
    picture::recompute(conn, known, &bare)?;
    operation::make(conn, &edits).map(|made| made.operations)
}

/// What objects and files say of a picture, and nobody else.
fn bare(shown: &Image) -> Image {
    let mut bare = Image {
        // Which one comes back isn't known.
        name: String::new(),
        taken_at: shown
            .taken_at_in_file
            .clone()
            .map_or_else(|| shown.taken_at.clone(), Some)
            .filter(|at| !at.is_empty()),
        taken_at_in_file: None,
        description: None,
        alt_text: None,
        own_description: None,
        own_alt_text: None,
        reading: None,
        tags: Vec::new(),
        tags_by_model: Vec::new(),
        albums: Vec::new(),
        text_in_image: None,
        described_by: None,
        described_at: None,
        deleted_at: None,
        ..shown.clone()
    };
    Marks::default().put(&mut bare);
    bare
}
