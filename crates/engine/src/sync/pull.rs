//! The change feed comes in, a page a transaction, with the revision it leads to.

use account_api::{ChangesPage, ChangesQuery, Operation};
use catalogue::table::{album, clock, picture, state};

use crate::Result;
use crate::open_library::OpenLibrary;

/// Changes asked for at a time.
const PAGE: u32 = 500;

/// Applies everything that happened since the revision that the catalogue has.
///
/// From the very beginning, it ends with forgetting what the whole feed didn't mention.
pub(super) async fn pull(library: &OpenLibrary) -> Result<()> {
    let from = library.catalogue.read(state::revision).await?;
    pull_all(library).await?;
    if from == 0 {
        let removed = library.catalogue.write(picture::remove_unseen).await?;
        if removed > 0 {
            library.events.library_changed();
        }
    }
    Ok(())
}

async fn pull_all(library: &OpenLibrary) -> Result<()> {
    loop {
        let after = library.catalogue.read(state::revision).await?;
        let page = library.client.changes(&ChangesQuery { after, limit: Some(PAGE) }).await?;
        let (more, progress) = (page.more, page.next > after);
        apply(library, page).await?;
        if !more || !progress {
            return Ok(());
        }
    }
}

/// Brings in the whole feed of an account whose newest revision is behind ours: it was restored from a backup, so ours
/// tell nothing any more.
pub(super) async fn start_over(library: &OpenLibrary) -> Result<()> {
    tracing::warn!("the account's revisions have gone back: the whole feed is read again");
    library.catalogue.write(picture::forget_revisions).await?;
    pull(library).await
}

async fn apply(library: &OpenLibrary, page: ChangesPage) -> Result<()> {
    let rule = page.trash.as_ref().map(|rule| state::TrashRule { days: rule.days, since: rule.since.clone() });
    let (removed, news) = library
        .catalogue
        .write(move |conn| {
            let (mut removed, mut news) = (Vec::new(), false);
            for change in &page.changes {
                match &change.operation {
                    Operation::Upsert { image } => news |= picture::upsert(conn, image)?.news,
                    Operation::Remove => removed.extend(picture::remove(conn, &change.image_id)?),
                }
            }
            for change in &page.albums {
                news |= match &change.album {
                    Some(album) => album::upsert(conn, album)?,
                    None => album::remove(conn, &change.album_id)?,
                };
            }
            if let Some(latest) = page.clock {
                clock::seen(conn, latest)?;
            }
            // Another process may have read the same page, or a later one, meanwhile.
            if page.next > state::revision(conn)? {
                state::set_revision(conn, page.next)?;
            }
            news |= state::set_trash(conn, rule.as_ref())? || !removed.is_empty();
            Ok((removed, news))
        })
        .await?;
    if news {
        library.events.library_changed();
        library.comparing.wake();
    }
    for sha256 in removed {
        library.blobs.forget(&sha256).await;
    }
    Ok(())
}
