//! Albums: lists of pictures with a name, which exist as soon as they are made, also offline.

use account_api::{Album, EditKind};
use catalogue::table::album::{self, Found};
use catalogue::table::history::{self, What};
use catalogue::table::operation::{self, Made};
use catalogue::{Connection, SqliteError};
use uuid::Uuid;

use super::convert::album_row as row;
use super::edit::{Change, edits, make, told};
use super::read::known_picture;
use super::refusal::invalid;
use crate::library::Library;
use crate::view::AlbumRow;
use crate::{EngineError, ErrorKind, Result};

/// All albums, by name.
pub(crate) async fn albums(library: &Library) -> Result<Vec<AlbumRow>> {
    Ok(library.catalogue.read(album::all).await?.into_iter().map(row).collect())
}

/// The album that a reference means: its identifier or the beginning of one, or its name.
pub(crate) async fn album(library: &Library, reference: &str) -> Result<AlbumRow> {
    let found = resolve(library, reference).await?;
    let row = library.catalogue.read(move |conn| album::get(conn, &found.id)).await?;
    row.map(self::row).ok_or_else(|| none(reference))
}

/// The pictures in an album, in its order.
pub(crate) async fn album_pictures(library: &Library, reference: &str) -> Result<Vec<u32>> {
    let found = resolve(library, reference).await?;
    Ok(library.catalogue.read(move |conn| album::members(conn, &found)).await?)
}

/// Makes a new album with these pictures in it, also where there is another one of the same name.
pub(crate) async fn create_album(library: &Library, name: &str, ids: Vec<u32>) -> Result<AlbumRow> {
    let (album_id, name) = (Uuid::new_v4().to_string(), checked(name)?);
    let (asked, new) = (ids.len(), album_id.clone());
    let (found, made) = library
        .catalogue
        .write(move |conn| {
            let (found, adds) = edits(conn, &ids, &[Change::AddToAlbum(new.clone())])?;
            if found == 0 && asked > 0 {
                return Ok((found, Made::default()));
            }
            let mut all = vec![EditKind::CreateAlbum { album_id: new, name: name.clone() }];
            all.extend(adds);
            Ok((found, history::edit(conn, &What::CreateAlbum { name }, &all)?))
        })
        .await?;
    if found == 0 && asked > 0 {
        return Err(EngineError::new(ErrorKind::NotFound, messages::Library::Gone));
    }
    told(library, &made);
    album(library, &album_id).await
}

pub(crate) async fn rename_album(library: &Library, reference: &str, name: &str) -> Result<AlbumRow> {
    let (found, name) = (resolve(library, reference).await?, checked(name)?);
    let edit = EditKind::SetAlbum {
        album_id: found.id.clone(),
        name: Some(name.clone()),
        cover: None,
        order: None,
        parent: None,
    };
    change(library, What::RenameAlbum { name }, edit).await?;
    album(library, &found.id).await
}

/// Has a picture stand for an album; without one, the first in it does.
pub(crate) async fn set_album_cover(library: &Library, reference: &str, cover: Option<u32>) -> Result<AlbumRow> {
    let found = resolve(library, reference).await?;
    let image_id = match cover {
        Some(id) => known_picture(library, id).await?.image.id,
        None => String::new(),
    };
    let edit =
        EditKind::SetAlbum { album_id: found.id.clone(), name: None, cover: Some(image_id), order: None, parent: None };
    change(library, What::ChangeAlbum { name: found.name }, edit).await?;
    album(library, &found.id).await
}

/// Removes an album; its pictures stay in the library.
pub(crate) async fn remove_album(library: &Library, reference: &str) -> Result<AlbumRow> {
    let removed = album(library, reference).await?;
    let edit = EditKind::RemoveAlbum { album_id: removed.id.clone() };
    change(library, What::RemoveAlbum { name: removed.name.clone() }, edit).await?;
    Ok(removed)
}

/// Puts pictures at the end of an album; those that are in it stay where they are.
pub(crate) async fn add_to_album(library: &Library, reference: &str, ids: Vec<u32>) -> Result<AlbumRow> {
    let found = resolve(library, reference).await?;
    let what = What::AddToAlbum { name: found.name.clone() };
    make(library, ids, what, vec![Change::AddToAlbum(found.id.clone())]).await?;
    album(library, &found.id).await
}

pub(crate) async fn remove_from_album(library: &Library, reference: &str, ids: Vec<u32>) -> Result<AlbumRow> {
    let found = resolve(library, reference).await?;
    let what = What::RemoveFromAlbum { name: found.name.clone() };
    make(library, ids, what, vec![Change::RemoveFromAlbum(found.id.clone())]).await?;
    album(library, &found.id).await
}

/// The album that uploads are to get into, as it is kept with them: one that is there, or the name of one that is made with the
/// first picture.
///
/// # Errors
/// When several albums are meant, or the name is none.
pub(crate) async fn album_for_uploads(library: &Library, reference: &str) -> Result<String> {
    let name = checked(reference)?;
    match resolve(library, &name).await {
        Ok(found) => Ok(found.id),
        Err(error) if error.code == ErrorKind::NotFound => Ok(name),
        Err(error) => Err(error),
    }
}

/// Puts a picture into the album that was [meant](album_for_uploads), in a transaction. Whoever commits it wakes sync.
pub(crate) fn put_into(conn: &Connection, image_id: &str, meant: &str) -> Result<(), SqliteError> {
    let mut edits = Vec::new();
    let album_id = match album::find(conn, meant)? {
        Found::One(found) => found.id,
        // Made meanwhile by two computers: the older one.
        Found::Several(found) => found.into_iter().next().map(|album| album.id).unwrap_or_default(),
        Found::None => {
            let name: String = meant.chars().filter(|c| !c.is_control()).take(names::LONGEST).collect();
            let album_id = Uuid::new_v4().to_string();
            edits.push(EditKind::CreateAlbum { album_id: album_id.clone(), name });
            album_id
        }
    };
    edits.push(EditKind::AddToAlbum { image_id: image_id.to_owned(), album_id, place: String::new() });
    operation::make(conn, &edits).map(drop)
}

async fn change(library: &Library, what: What, edit: EditKind) -> Result<()> {
    let made = library.catalogue.write(move |conn| history::edit(conn, &what, &[edit])).await?;
    told(library, &made);
    Ok(())
}

async fn resolve(library: &Library, reference: &str) -> Result<Album> {
    let wanted = reference.to_owned();
    match library.catalogue.read(move |conn| album::find(conn, &wanted)).await? {
        Found::One(album) => Ok(*album),
        Found::None => Err(none(reference)),
        Found::Several(albums) => {
            let ids: Vec<String> = albums.iter().map(|album| album.id.clone()).collect();
            Err(invalid(messages::Album::Several { reference: reference.to_string(), ids: ids.join(", ") }))
        }
    }
}

fn none(reference: &str) -> EngineError {
    EngineError::new(ErrorKind::NotFound, messages::Album::None { reference: reference.to_string() })
}

fn checked(name: &str) -> Result<String> {
    names::album_name(name)
        .map(str::to_owned)
        .map_err(|fault| invalid(messages::Album::BadName { why: fault.to_string() }))
}
