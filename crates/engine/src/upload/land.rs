//! A picture that the account has: into the library and off the queue, in one transaction.

use std::path::PathBuf;
use std::sync::Arc;

use account_api::Image;
use catalogue::Thumbnail;
use catalogue::table::description_job;
use catalogue::table::picture;
use catalogue::table::upload::{self, Outcome};

use super::reading::MadeThumbnail;
use super::spool;
use super::worker::Shared;
use crate::{describing, library};

/// What is known of a row when its picture lands.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    /// The row.
    pub(super) id: u32,
    /// Its place in the queue.
    pub(super) position: i64,
    /// Bytes that were kept for it, to be removed.
    pub(super) spooled: Option<PathBuf>,
    /// Whether it is to be described.
    pub(super) describe: bool,
    /// The album it is to get into.
    pub(super) album: Option<String>,
    /// What was made of it.
    pub(super) thumbnail: Option<MadeThumbnail>,
}

/// A picture that the account has confirmed, and the row that it came from.
pub(super) struct Landing {
    /// The row.
    pub(super) ticket: Arc<Ticket>,
    /// The account's record.
    pub(super) image: Box<Image>,
    /// What came of it.
    pub(super) how: How,
}

/// What came of a row whose picture is in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It was uploaded.
    Verified {
        /// Whether its thumbnail is still to be sent.
        owes_thumbnail: bool,
    },
    /// It was there before.
    Duplicate,
}

/// Lands pictures; gives their local numbers, in order. `None` for all when the library has been closed meanwhile: the rows
/// stay as they are, and the service says the same again next time.
pub(super) async fn land(shared: &Shared, landings: Vec<Landing>) -> Option<Vec<u32>> {
    if landings.is_empty() {
        return Some(Vec::new());
    }
    for landing in &landings {
        if let Some(made) = &landing.ticket.thumbnail {
            let kept = Thumbnail { content_type: made.content_type.to_owned(), bytes: made.bytes.to_vec() };
            shared.context.session.keep_thumbnail(&landing.image.sha256, Some(kept)).await;
        }
    }
    let entry = |one: &Landing| {
        (one.ticket.id, (*one.image).clone(), one.how, one.ticket.album.clone(), wants_description(one))
    };
    let entries: Vec<_> = landings.iter().map(entry).collect();
    let to_push = landings.iter().any(|one| one.ticket.album.is_some());
    let worker = shared.name().to_owned();
    let pictures = shared
        .write(move |conn| {
            let mut pictures = Vec::with_capacity(entries.len());
            let mut ends = Vec::with_capacity(entries.len());
            for (row, image, how, album, describe) in &entries {
                let picture = picture::upsert(conn, image)?.id;
                if let Some(album) = album {
                    library::put_into(conn, &image.id, album)?;
                }
                // In the same transaction: a crash right after it loses no wish.
                if *describe {
                    description_job::want(conn, &[picture], None)?;
                }
                let image_id = image.id.clone();
                let outcome = match *how {
                    How::Verified { owes_thumbnail } => {
                        Outcome::Verified { image_id, picture: Some(picture), owes_thumbnail }
                    }
                    How::Duplicate => Outcome::Duplicate { image_id, picture: Some(picture) },
                };
                pictures.push(picture);
                ends.push((*row, outcome));
            }
            upload::finish(conn, &worker, &ends)?;
            Ok(pictures)
        })
        .await?;
    if landings.iter().any(wants_description) {
        describing::wanted(&shared.context.session).await;
    }
    for path in landings.iter().filter_map(|landing| landing.ticket.spooled.as_deref()) {
        spool::remove(&shared.spool, path);
    }
    if to_push {
        shared.context.session.sync.wake();
    }
    shared.context.session.events.library_changed();
    shared.context.wake_observers();
    Some(pictures)
}

/// Whether a picture is to be described that has no description yet.
fn wants_description(landing: &Landing) -> bool {
    landing.ticket.describe && landing.image.description.as_deref().unwrap_or_default().is_empty()
}
