//! Edits: shown at once, noted for the account in the same transaction, and sent by sync when the account can be reached.

use account_api::MAX_TAGS;
use catalogue::table::pending_edit::{self, Edit};
use catalogue::table::picture;
use catalogue::{Connection, SqliteError};

use super::read;
use crate::session::Session;
use crate::view::{DescriptionEdit, PictureDetail};
use crate::{EngineError, ErrorKind, Result};

/// The longest name in characters; the service's limit.
const NAME: usize = 255;
/// The longest description in characters; the service's limit.
const DESCRIPTION: usize = 20_000;
/// The longest alternative text in characters; the service's limit.
const ALT_TEXT: usize = 2_000;
/// The longest tag in characters; the service's limit.
const TAG: usize = 100;

pub(crate) async fn rename(session: &Session, id: u32, name: String) -> Result<PictureDetail> {
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(invalid("Name: a picture needs one."));
    }
    if name.chars().count() > NAME {
        return Err(invalid(format!("Name: at most {NAME} characters.")));
    }
    if name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
        return Err(invalid("Name: it can't contain slashes or line breaks."));
    }
    changeable(session, id).await?;
    make_edit(session, vec![id], Edit::Rename { name }).await?;
    read::picture(session, id).await
}

pub(crate) async fn set_favourite(session: &Session, ids: Vec<u32>, favourite: bool) -> Result<()> {
    make_edit(session, ids, Edit::Favourite { favourite }).await
}

/// Changes what the edit names of a picture's description, and nothing else.
pub(crate) async fn edit_description(session: &Session, id: u32, edit: DescriptionEdit) -> Result<PictureDetail> {
    let edits = description_edits(edit)?;
    let picture = changeable(session, id).await?;
    let mut tags = picture.image.tags;
    for edit in &edits {
        match edit {
            Edit::AddTag { tag } if !tags.iter().any(|known| same_tag(known, tag)) => tags.push(tag.clone()),
            Edit::RemoveTag { tag } => tags.retain(|known| !same_tag(known, tag)),
            _ => {}
        }
    }
    if tags.len() > MAX_TAGS {
        return Err(invalid(format!("Tags: at most {MAX_TAGS}.")));
    }
    make_edits(session, vec![id], edits).await?;
    read::picture(session, id).await
}

/// The edits, one a field and one a tag.
fn description_edits(edit: DescriptionEdit) -> Result<Vec<Edit>> {
    let fits = |text: &str, most: usize| text.chars().count() <= most;
    let mut edits = Vec::new();
    if let Some(text) = edit.description.map(|text| text.trim().to_owned()) {
        if !fits(&text, DESCRIPTION) {
            return Err(invalid(format!("Description: at most {DESCRIPTION} characters.")));
        }
        edits.push(Edit::SetDescription { text });
    }
    if let Some(text) = edit.alt_text.map(|text| text.trim().to_owned()) {
        if !fits(&text, ALT_TEXT) {
            return Err(invalid(format!("Alternative text: at most {ALT_TEXT} characters.")));
        }
        edits.push(Edit::SetAltText { text });
    }
    let words = |tags: Option<Vec<String>>| {
        let words = tags.unwrap_or_default().into_iter().map(|tag| tag.trim().to_owned());
        words.filter(|tag| !tag.is_empty()).collect::<Vec<_>>()
    };
    edits.extend(words(edit.remove_tags).into_iter().map(|tag| Edit::RemoveTag { tag }));
    for tag in words(edit.add_tags) {
        if !fits(&tag, TAG) {
            return Err(invalid(format!("Tags: at most {TAG} characters each.")));
        }
        edits.push(Edit::AddTag { tag });
    }
    Ok(edits)
}

fn same_tag(one: &str, other: &str) -> bool {
    names::key(one) == names::key(other)
}

pub(crate) async fn delete(session: &Session, ids: Vec<u32>) -> Result<()> {
    make_edit(session, ids, Edit::Delete).await
}

pub(crate) async fn restore(session: &Session, ids: Vec<u32>) -> Result<()> {
    make_edit(session, ids, Edit::Restore).await
}

pub(crate) async fn delete_forever(session: &Session, ids: Vec<u32>) -> Result<()> {
    make_edit(session, ids, Edit::Remove).await
}

/// Makes the same change of some pictures in one transaction; pictures that are gone are left out.
async fn make_edit(session: &Session, ids: Vec<u32>, edit: Edit) -> Result<()> {
    make_edits(session, ids, vec![edit]).await
}

/// The same for several changes.
async fn make_edits(session: &Session, ids: Vec<u32>, edits: Vec<Edit>) -> Result<()> {
    let asked = ids.len();
    let made = session.catalogue.write(move |conn| make_edits_in(conn, &ids, &edits)).await?;
    if made == 0 && asked > 0 {
        return Err(EngineError::new(ErrorKind::NotFound, "This picture is no longer in the library."));
    }
    session.events.library_changed();
    session.sync.wake();
    Ok(())
}

/// Makes changes of some pictures in a transaction; gives how many pictures there are. Whoever commits it says that the
/// library has changed and wakes sync.
pub(crate) fn make_edits_in(conn: &Connection, ids: &[u32], edits: &[Edit]) -> Result<usize, SqliteError> {
    let mut made = 0;
    for id in ids {
        let Some(picture) = picture::get(conn, *id)? else { continue };
        let in_trash = picture.image.deleted_at.is_some();
        for edit in edits.iter().filter(|edit| possible(edit, in_trash)) {
            pending_edit::make(conn, *id, edit)?;
        }
        made += 1;
    }
    Ok(made)
}

/// Only what is outside of the trash can be changed, by the service's rule.
fn possible(edit: &Edit, in_trash: bool) -> bool {
    match edit {
        Edit::Restore => in_trash,
        Edit::Remove => true,
        _ => !in_trash,
    }
}

async fn changeable(session: &Session, id: u32) -> Result<picture::Picture> {
    let picture = read::known_picture(session, id).await?;
    if picture.image.deleted_at.is_some() {
        return Err(invalid("This picture is in the trash. Restore it first."));
    }
    Ok(picture)
}

fn invalid(message: impl Into<String>) -> EngineError {
    EngineError::new(ErrorKind::InvalidInput, message)
}
