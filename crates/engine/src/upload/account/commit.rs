//! A picture that the account has: into the library and off the queue, in one transaction.

use std::sync::Arc;

use account_api::Image;
use catalogue::Thumbnail;
use catalogue::table::job::{self, Kind};
use catalogue::table::upload::{self, Outcome};
use catalogue::table::{likeness, picture};

use crate::comparing::in_catalogue;
use crate::upload::account::alike;
use crate::upload::account::questions::Ticket;
use crate::upload::intake::spool;
use crate::upload::shared::Shared;
use crate::view::NoticeKind;
use crate::{describing, library};

/// A picture that the account has confirmed, and the row that it came from.
pub(in crate::upload) struct Commit {
    /// The row.
    pub(in crate::upload) ticket: Arc<Ticket>,
    /// The account's record.
    pub(in crate::upload) image: Box<Image>,
    /// What came of it.
    pub(in crate::upload) how: How,
}

/// What came of a row whose picture is in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::upload) enum How {
    /// It was uploaded.
    Verified {
        /// Whether its thumbnail is still to be sent.
        owes_thumbnail: bool,
    },
    /// It was there before.
    Duplicate,
}

/// Commits pictures; gives their local numbers, in order. `None` for all when the library has been closed meanwhile: the rows
/// stay as they are, and the service says the same again next time.
pub(in crate::upload) async fn commit(shared: &Shared, commits: Vec<Commit>) -> Option<Vec<u32>> {
    if commits.is_empty() {
        return Some(Vec::new());
    }
    for commit in &commits {
        if let Some(made) = &commit.ticket.thumbnail {
            let kept = Thumbnail { content_type: made.content_type.to_owned(), bytes: made.bytes.to_vec() };
            shared.context.library.keep_thumbnail(&commit.image.sha256, Some(kept)).await;
        }
    }
    let entry = |one: &Commit| {
        let made = one.ticket.thumbnail.as_ref().map(|made| made.likeness.as_ref().map(in_catalogue));
        (one.ticket.id, (*one.image).clone(), one.how, one.ticket.album.clone(), wants_description(one), made)
    };
    let entries: Vec<_> = commits.iter().map(entry).collect();
    let to_push = commits.iter().any(|one| one.ticket.album.is_some());
    let worker = shared.name().to_owned();
    let (pictures, news, out_of_trash, afterwards) = shared
        .write(move |conn| {
            let (mut news, mut out_of_trash) = (false, 0);
            let mut pictures = Vec::with_capacity(entries.len());
            let mut ends = Vec::with_capacity(entries.len());
            for (row, image, how, album, describe, made) in &entries {
                // The service takes what is uploaded again out of the trash.
                let was_there = *how == How::Duplicate && image.deleted_at.is_none();
                let known = if was_there { picture::by_image_id(conn, &image.id)? } else { None };
                out_of_trash += u64::from(known.is_some_and(|known| known.image.deleted_at.is_some()));
                // The feed may have brought it before this answer did.
                let written = picture::upsert(conn, image)?;
                let picture = written.id;
                news |= written.news || album.is_some();
                if let Some(made) = made {
                    likeness::put(conn, picture, made.as_ref())?;
                }
                if let Some(album) = album {
                    library::put_into(conn, &image.id, album)?;
                }
                // In the same transaction: a crash right after it loses no wish.
                if *describe {
                    job::want(conn, Kind::Describe, &[picture], None)?;
                }
                let image_id = image.id.clone();
                let outcome = match *how {
                    How::Verified { owes_thumbnail } => {
                        Outcome::Verified { image_id, picture: Some(picture), owes_thumbnail }
                    }
                    How::Duplicate => Outcome::Duplicate { image_id, picture: Some(picture) },
                };
                upload::could_replace(conn, *row, picture)?;
                pictures.push(picture);
                ends.push((*row, outcome));
            }
            let landed = upload::finish(conn, &worker, &ends)?;
            Ok((pictures, news, out_of_trash, alike::settle(conn, &landed, Vec::new())?))
        })
        .await?;
    if out_of_trash > 0 {
        let message = messages::Upload::OutOfTrash { count: out_of_trash };
        shared.context.library.events.notice(NoticeKind::Info, message);
    }
    if commits.iter().any(wants_description) {
        describing::wanted(&shared.context.library).await;
    }
    for path in commits.iter().filter_map(|commit| commit.ticket.spooled.as_deref()) {
        spool::remove(&shared.spool, path);
    }
    afterwards.happen(shared).await;
    if to_push {
        shared.context.library.sync.wake();
    }
    shared.context.library.comparing.wake();
    if news {
        shared.context.library.events.library_changed();
    }
    shared.context.wake_observers();
    Some(pictures)
}

/// Whether a picture is to be described that has no description yet.
fn wants_description(commit: &Commit) -> bool {
    commit.ticket.describe && commit.image.description.as_deref().unwrap_or_default().is_empty()
}
