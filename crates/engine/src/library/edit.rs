//! Edits: shown at once, noted for the account in the same transaction, and sent by sync when the account can be reached.
//! All of them come through [`edit`]; what a person did at once can be undone at once ([`history`](super::history)).

use std::collections::HashSet;

use account_api::{Author, EditKind, MAX_TAGS, NewMarks};
use catalogue::table::history::{self, What};
use catalogue::table::operation::Made;
use catalogue::table::picture::{self, Picture};
use catalogue::table::tag;
use catalogue::{Connection, SqliteError};

use super::date::taken_at;
use super::refusal::invalid;
use crate::library::Library;
use crate::view::PictureEdit;
use crate::{EngineError, ErrorKind, Result};

/// The longest description in characters; the service's limit.
const DESCRIPTION: usize = 20_000;
/// The longest alternative text in characters; the service's limit.
const ALT_TEXT: usize = 2_000;
/// The longest tag in characters; the service's limit.
const TAG: usize = 100;

/// One change of one thing about a picture, whichever it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    Name(String),
    Marks(NewMarks),
    /// None for what the file says.
    TakenAt(Option<String>),
    Description(String),
    AltText(String),
    AddTag(String),
    RemoveTag(String),
    Trash,
    Restore,
    Remove,
    /// By the album's identifier.
    AddToAlbum(String),
    RemoveFromAlbum(String),
}

impl Change {
    /// The operations of a picture: one, but for marks.
    fn of(&self, image_id: &str) -> Vec<EditKind> {
        let image_id = image_id.to_owned();
        let by = Author::Person;
        vec![match self.clone() {
            Change::Name(name) => EditKind::SetName { image_id, name },
            Change::Marks(marks) => return marks.edits(&image_id),
            Change::TakenAt(at) => EditKind::SetTakenAt { image_id, taken_at: at },
            Change::Description(description) => EditKind::SetDescription { image_id, description },
            Change::AltText(alt_text) => EditKind::SetAltText { image_id, alt_text },
            Change::AddTag(tag) => EditKind::AddTag { image_id, tag, by },
            Change::RemoveTag(tag) => EditKind::RemoveTag { image_id, tag, by },
            Change::Trash => EditKind::Trash { image_id },
            Change::Restore => EditKind::Restore { image_id },
            Change::Remove => EditKind::Remove { image_id },
            Change::AddToAlbum(album_id) => EditKind::AddToAlbum { image_id, album_id, place: String::new() },
            Change::RemoveFromAlbum(album_id) => EditKind::RemoveFromAlbum { image_id, album_id },
        }]
    }

    /// Only what is outside of the trash is changed.
    fn possible(&self, in_trash: bool) -> bool {
        match self {
            Change::Restore => in_trash,
            Change::Remove => true,
            _ => !in_trash,
        }
    }
}

/// Changes what the edit names of some pictures, and nothing else.
pub(crate) async fn edit(library: &Library, ids: Vec<u32>, edit: PictureEdit) -> Result<()> {
    let how: Edit = if edit.goes_on { history::go_on } else { history::edit };
    let changes = changes(edit)?;
    let adds = changes.iter().any(|change| matches!(change, Change::AddTag(_)));
    let (of, tagging) = (ids.clone(), changes.clone());
    let (one_in_trash, too_many) = library
        .catalogue
        .read(move |conn| {
            let one = match of.as_slice() {
                [id] => picture::get(conn, *id)?,
                _ => None,
            };
            let mut too_many = None;
            for id in of.iter().filter(|_| adds) {
                too_many =
                    too_many.or(picture::get(conn, *id)?.filter(|picture| tags_after(picture, &tagging) > MAX_TAGS));
            }
            Ok((one.is_some_and(|picture| picture.image.deleted_at.is_some()), too_many))
        })
        .await?;
    if one_in_trash {
        return Err(invalid(messages::Library::InTrash));
    }
    if let Some(picture) = too_many {
        return Err(invalid(messages::Edit::TooManyTags {
            most: MAX_TAGS.to_string(),
            name: picture.image.name.to_string(),
        }));
    }
    if changes.is_empty() {
        return Ok(());
    }
    let what = what(&changes);
    make_so(library, ids, what, changes, how).await
}

fn tags_after(picture: &Picture, changes: &[Change]) -> usize {
    let mut tags = picture.image.tags.clone();
    for change in changes {
        match change {
            Change::AddTag(added) if !tags.iter().any(|known| tag::same(known, added)) => tags.push(added.clone()),
            Change::RemoveTag(removed) => tags.retain(|known| !tag::same(known, removed)),
            _ => {}
        }
    }
    tags.len()
}

/// What is wanted, one a field and one a tag.
fn changes(edit: PictureEdit) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    if let Some(name) = edit.name {
        changes.push(Change::Name(checked_name(&name)?));
    }
    let marks = edit.marks.edits("");
    if let Some(fault) = marks.iter().find_map(EditKind::mark_fault) {
        return Err(invalid(messages::Edit::BadMark { why: fault.to_string() }));
    }
    if !marks.is_empty() {
        changes.push(Change::Marks(edit.marks));
    }
    if let Some(at) = edit.taken_at {
        let corrected = if at.trim().is_empty() { None } else { Some(taken_at(&at)?) };
        changes.push(Change::TakenAt(corrected));
    }
    if let Some(text) = edit.description {
        changes
            .push(Change::Description(checked(&text, DESCRIPTION, |most| messages::Edit::LongDescription { most })?));
    }
    if let Some(text) = edit.alt_text {
        changes.push(Change::AltText(checked(&text, ALT_TEXT, |most| messages::Edit::LongAltText { most })?));
    }
    changes.extend(each_once(edit.remove_tags)?.into_iter().map(Change::RemoveTag));
    changes.extend(each_once(edit.add_tags)?.into_iter().map(Change::AddTag));
    Ok(changes)
}

/// Tags without those that are the same in another spelling: each is one change, to be undone as one.
fn each_once(tags: Vec<String>) -> Result<Vec<String>> {
    let mut once: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = checked_tag(&tag)?;
        if !once.iter().any(|known| tag::same(known, &tag)) {
            once.push(tag);
        }
    }
    Ok(once)
}

/// Keeps the texts within the service's limits.
fn checked(text: &str, most: usize, too_long: fn(String) -> messages::Edit) -> Result<String> {
    let text = text.trim().replace('\0', "");
    if text.chars().count() > most {
        return Err(invalid(too_long(most.to_string())));
    }
    Ok(text)
}

/// A tag that can be given.
pub(super) fn checked_tag(tag: &str) -> Result<String> {
    let tag = checked(tag, TAG, |most| messages::Edit::LongTag { most })?;
    if names::has_visible(&tag) { Ok(tag) } else { Err(invalid(messages::Edit::EmptyTag)) }
}

fn checked_name(name: &str) -> Result<String> {
    names::picture_name(name)
        .map(str::to_owned)
        .map_err(|fault| invalid(messages::Edit::BadName { why: fault.to_string() }))
}

/// What setting a mark is called.
fn marked(edit: &EditKind) -> What {
    let mark = edit.mark().unwrap_or_default();
    let value = serde_json::to_value(edit).ok().and_then(|edit| edit.get(mark).cloned()).unwrap_or_default();
    What::Mark { mark: mark.to_owned(), value }
}

/// What an edit is called in the history.
fn what(changes: &[Change]) -> What {
    let of_words = |change: &Change| matches!(change, Change::Description(_) | Change::AltText(_));
    match changes {
        [Change::Name(name)] => What::Rename { name: name.clone() },
        [Change::Marks(marks)] => match marks.edits("").as_slice() {
            [EditKind::SetFavourite { favourite, .. }] => What::Favourite { favourite: *favourite },
            [edit] => marked(edit),
            _ => What::Several,
        },
        [Change::TakenAt(_)] => What::TakenAt,
        [Change::AddTag(tag)] => What::AddTag { tag: tag.clone() },
        [Change::RemoveTag(tag)] => What::RemoveTag { tag: tag.clone() },
        [Change::AltText(_)] => What::AltText,
        changes if changes.iter().all(of_words) => What::Describe,
        _ => What::Several,
    }
}

pub(crate) async fn delete(library: &Library, ids: Vec<u32>) -> Result<()> {
    make(library, ids, What::Trash, vec![Change::Trash]).await
}

pub(crate) async fn restore(library: &Library, ids: Vec<u32>) -> Result<()> {
    make(library, ids, What::Restore, vec![Change::Restore]).await
}

pub(crate) async fn delete_forever(library: &Library, ids: Vec<u32>) -> Result<()> {
    make(library, ids, What::Remove, vec![Change::Remove]).await
}

/// Makes the same changes of some pictures in one transaction; pictures that are gone are left out.
pub(super) async fn make(library: &Library, ids: Vec<u32>, what: What, changes: Vec<Change>) -> Result<()> {
    make_so(library, ids, what, changes, history::edit).await
}

/// How operations are made and kept as a batch.
type Edit = fn(&Connection, &What, &[EditKind]) -> Result<Made, SqliteError>;

async fn make_so(library: &Library, ids: Vec<u32>, what: What, changes: Vec<Change>, how: Edit) -> Result<()> {
    let asked = ids.len();
    let (found, made) = library
        .catalogue
        .write(move |conn| {
            let (found, edits) = edits(conn, &ids, &changes)?;
            Ok((found, how(conn, &what, &edits)?))
        })
        .await?;
    if found == 0 && asked > 0 {
        return Err(EngineError::new(ErrorKind::NotFound, messages::Library::Gone));
    }
    told(library, &made);
    Ok(())
}

/// Says that operations were made or withdrawn, and has those that wait sent.
pub(super) fn told(library: &Library, made: &Made) {
    if made.operations + made.withdrawn > 0 {
        library.events.library_changed();
        library.sync.wake();
        library.comparing.wake();
    }
}

/// Changes of pictures as operations, as far as they are possible, and how many of the pictures there are.
pub(super) fn edits(conn: &Connection, ids: &[u32], changes: &[Change]) -> Result<(usize, Vec<EditKind>), SqliteError> {
    let mut met = HashSet::with_capacity(ids.len());
    let ids: Vec<u32> = ids.iter().copied().filter(|id| met.insert(*id)).collect();
    let (mut found, mut edits) = (0, Vec::with_capacity(ids.len() * changes.len()));
    for (image_id, in_trash) in picture::presence(conn, &ids)? {
        found += 1;
        edits.extend(changes.iter().filter(|change| change.possible(in_trash)).flat_map(|change| change.of(&image_id)));
    }
    Ok((found, edits))
}
