//! Edits go out: those of one picture in their order, several pictures at a time.

use account_api::{ChangesQuery, Image, ImagePatch, Operation};
use catalogue::table::pending_edit::{self, Edit, PendingEdit};
use catalogue::table::picture;
use futures::{StreamExt, TryStreamExt};

use crate::service::ServiceError;
use crate::session::Session;
use crate::view::NoticeKind;
use crate::{EngineError, ErrorKind, Result};

/// Edits read at a time.
const BATCH: u32 = 200;

/// Pictures whose edits are sent at the same time.
const AT_ONCE: usize = 6;

/// Sends all edits that wait. What the service refuses for good is taken back here and told to the person; when it can't
/// be reached, everything that is left keeps waiting.
pub(super) async fn push(session: &Session) -> Result<()> {
    let mut after = 0;
    loop {
        let edits = session.catalogue.read(move |conn| pending_edit::oldest(conn, after, BATCH)).await?;
        let Some(last) = edits.last() else { return Ok(()) };
        after = last.id;
        let mut pictures: Vec<Vec<PendingEdit>> = Vec::new();
        for edit in edits {
            match pictures.iter_mut().find(|of_one| of_one[0].picture == edit.picture) {
                Some(of_one) => of_one.push(edit),
                None => pictures.push(vec![edit]),
            }
        }
        futures::stream::iter(pictures.into_iter().map(|edits| push_picture(session, edits)))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
    }
}

async fn push_picture(session: &Session, edits: Vec<PendingEdit>) -> Result<()> {
    for edit in edits {
        match send(session, &edit).await {
            Ok(answer) => settle(session, &edit, answer).await?,
            Err(error) if is_final(&error) => take_back(session, &edit, &error).await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Gives the account's newest version where the service sends one.
async fn send(session: &Session, pending: &PendingEdit) -> Result<Option<Image>> {
    let (client, id) = (&session.client, pending.image_id.as_str());
    let patch = |patch: ImagePatch| async move { Ok(Some(client.patch_image(id, &patch).await?.image)) };
    match &pending.edit {
        Edit::Rename { name } => patch(ImagePatch { name: Some(name.clone()), ..ImagePatch::default() }).await,
        Edit::Favourite { favourite } => {
            patch(ImagePatch { favourite: Some(*favourite), ..ImagePatch::default() }).await
        }
        Edit::Restore => Ok(Some(client.restore_image(id).await?.image)),
        // Somebody else was faster: what was wanted is so.
        Edit::Delete => gone_or(client.trash_image(id).await),
        Edit::Remove => gone_or(client.delete_image(id).await),
        Edit::SetDescription { .. }
        | Edit::SetAltText { .. }
        | Edit::AddTag { .. }
        | Edit::RemoveTag { .. }
        | Edit::Reading { .. } => {
            patch(ImagePatch { description: pending.edit.description_patch(), ..ImagePatch::default() }).await
        }
    }
}

fn gone_or<T>(answer: std::result::Result<T, ServiceError>) -> Result<Option<Image>> {
    match answer {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(None),
    }
}

/// The account has it.
async fn settle(session: &Session, pending: &PendingEdit, answer: Option<Image>) -> Result<()> {
    let (id, image_id, removed) = (pending.id, pending.image_id.clone(), pending.edit == Edit::Remove);
    let sha256 = session
        .catalogue
        .write(move |conn| {
            pending_edit::forget(conn, id)?;
            if let Some(newest) = answer {
                picture::upsert(conn, &newest)?;
            }
            if removed { picture::remove(conn, &image_id) } else { Ok(None) }
        })
        .await?;
    if let Some(sha256) = sha256 {
        session.blobs.forget(session, &sha256).await;
    }
    session.events.library_changed();
    Ok(())
}

/// Whether sending it again can't help.
fn is_final(error: &EngineError) -> bool {
    matches!(error.code, ErrorKind::NotFound | ErrorKind::InvalidInput | ErrorKind::TooLarge)
}

/// The service won't have it: the picture is shown as the account has it.
async fn take_back(session: &Session, pending: &PendingEdit, error: &EngineError) -> Result<()> {
    tracing::warn!(code = ?error.code, "the service refused an edit for good");
    let (id, picture_id) = (pending.id, pending.picture);
    let known = session.catalogue.read(move |conn| picture::record(conn, picture_id)).await?;
    let mut newest = None;
    if let Some(known) = &known {
        // The feed tells each picture's newest state, also of one in the trash, at the revision at which it changed.
        let page = session.client.changes(&ChangesQuery { after: known.revision - 1, limit: Some(1) }).await?;
        newest = page.changes.into_iter().find_map(|change| match change.operation {
            Operation::Upsert { image } if image.id == pending.image_id => Some(*image),
            _ => None,
        });
    }
    session
        .catalogue
        .write(move |conn| {
            pending_edit::forget(conn, id)?;
            // Without an answer, the picture has changed on the account or is gone: the pull that follows says which.
            if let Some(newest) = newest {
                picture::upsert(conn, &newest)?;
            }
            Ok(())
        })
        .await?;
    session.events.library_changed();
    let name = known.map_or_else(|| "a picture".to_owned(), |known| format!("“{}”", known.name));
    session.events.notice(
        NoticeKind::Warning,
        format!("A change of {name} was not taken by the account and has been undone here: {error}"),
    );
    Ok(())
}
