//! Edits: shown at once, noted for the account in the same transaction, and sent by sync when the account can be reached.

use catalogue::table::pending_edit::{self, Edit};
use catalogue::table::picture;

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
/// The most tags; the service's limit.
const TAGS: usize = 100;
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

pub(crate) async fn edit_description(session: &Session, id: u32, edit: DescriptionEdit) -> Result<PictureDetail> {
    let fits = |text: &str, most: usize| text.chars().count() <= most;
    let description = edit.description.trim().to_owned();
    let alt_text = edit.alt_text.trim().to_owned();
    let mut tags: Vec<String> = Vec::new();
    for tag in edit.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
            tags.push(tag.to_owned());
        }
    }
    if !fits(&description, DESCRIPTION) {
        return Err(invalid(format!("Description: at most {DESCRIPTION} characters.")));
    }
    if !fits(&alt_text, ALT_TEXT) {
        return Err(invalid(format!("Alternative text: at most {ALT_TEXT} characters.")));
    }
    if tags.len() > TAGS || tags.iter().any(|tag| !fits(tag, TAG)) {
        return Err(invalid(format!("Tags: at most {TAGS}, each of at most {TAG} characters.")));
    }
    let picture = changeable(session, id).await?;
    let edit = Edit::Describe {
        description,
        alt_text,
        tags,
        // Not editable here: it stays what was read in the picture.
        text_in_image: picture.facts.text_in_image.unwrap_or_default(),
        described_by: "person".to_owned(),
    };
    make_edit(session, vec![id], edit).await?;
    read::picture(session, id).await
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
pub(crate) async fn make_edit(session: &Session, ids: Vec<u32>, edit: Edit) -> Result<()> {
    let asked = ids.len();
    let made = session
        .catalogue
        .write(move |conn| {
            let mut made = 0;
            for id in ids {
                let Some(picture) = picture::get(conn, id)? else { continue };
                // Only what is outside of the trash can be changed, by the service's rule.
                let in_trash = picture.facts.deleted_at.is_some();
                let possible = match &edit {
                    Edit::Rename { .. } | Edit::Favourite { .. } | Edit::Describe { .. } | Edit::Delete => !in_trash,
                    Edit::Restore => in_trash,
                    Edit::Remove => true,
                };
                if possible {
                    pending_edit::make(conn, id, &edit)?;
                }
                made += 1;
            }
            Ok(made)
        })
        .await?;
    if made == 0 && asked > 0 {
        return Err(EngineError::new(ErrorKind::NotFound, "This picture is no longer in the library."));
    }
    session.events.library_changed();
    session.sync.wake();
    Ok(())
}

async fn changeable(session: &Session, id: u32) -> Result<picture::Picture> {
    let picture = read::known_picture(session, id).await?;
    if picture.facts.deleted_at.is_some() {
        return Err(invalid("This picture is in the trash. Restore it first."));
    }
    Ok(picture)
}

fn invalid(message: impl Into<String>) -> EngineError {
    EngineError::new(ErrorKind::InvalidInput, message)
}
