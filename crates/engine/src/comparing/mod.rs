//! Which pictures show the same: what they are compared by is made of their thumbnails, and then they are compared, in the
//! background and gently.
//!
//! A picture that is uploaded here brings it along. Of one that was in the library before, or comes from another computer, it is
//! made when its thumbnail is here. What comes of it is this computer's alone: another one comes to the same by itself.

mod arrivals;
mod learn;

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalogue::table::likeness;

use crate::Result;
use crate::library::Library;

pub(crate) use arrivals::Comparing;
pub(crate) use learn::in_catalogue;

/// Pictures compared in one go. Between two of them others write to the catalogue.
const AT_ONCE: usize = 10_000;

/// How long the background rests after comparing, in multiples of what that took: many pictures that come one by one are
/// compared together.
const REST: u32 = 9;

/// The shortest rest.
const SHORTEST_REST: Duration = Duration::from_millis(500);

/// Compares what comes, until the library is closed.
pub(crate) async fn run(library: Arc<Library>) {
    let work = async {
        said(learn::all(&library).await);
        loop {
            let began = Instant::now();
            let arrived = library.comparing.take_arrived();
            said(learn::these(&library, arrived).await);
            said(place(&library).await);
            tokio::time::sleep((began.elapsed() * REST).max(SHORTEST_REST)).await;
            library.comparing.woken().await;
        }
    };
    tokio::select! {
        () = library.closing.cancelled() => {}
        () = work => {}
    }
}

fn said(result: Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "pictures can't be compared");
    }
}

/// Compares everything that can be compared now, for a command in a terminal.
pub(crate) async fn catch_up(library: &Library) -> Result<()> {
    learn::all(library).await?;
    place(library).await
}

/// Compares the pictures that wait.
pub(crate) async fn place(library: &Library) -> Result<()> {
    let _turn = library.comparing.turn().await;
    let mut news = false;
    while library.catalogue.read(likeness::waits).await? {
        let placed = library.catalogue.read(|conn| likeness::compare(conn, AT_ONCE)).await?;
        if placed.is_empty() {
            break;
        }
        news |= library.catalogue.write(move |conn| likeness::settle(conn, &placed)).await? > 0;
    }
    if news {
        library.events.library_changed();
    }
    Ok(())
}
