//! Notices what another process (a command in a terminal, a second window) writes to the catalogue, and damage to it.

use std::sync::Arc;
use std::time::Duration;

use catalogue::table::{state, waiting};
use tokio::time::{MissedTickBehavior, interval};

use crate::Result;
use crate::library::Library;

/// How often is looked: one pragma that reads shared memory.
const EVERY: Duration = Duration::from_millis(700);

/// How long after opening the catalogue is checked for damage, when nobody waits for the disk any more.
const CHECK_AFTER: Duration = Duration::from_secs(20);

/// Runs until the library is closed.
pub(crate) async fn watch(library: Arc<Library>) {
    let closing = library.closing.clone();
    let work = async {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut generation = None;
        loop {
            ticks.tick().await;
            if library.catalogue.is_damaged() {
                library.damaged.cancel();
                return std::future::pending().await;
            }
            if let Err(error) = look(&library, &mut generation).await {
                tracing::warn!(%error, "looking for another process's changes failed");
            }
        }
    };
    let check = async {
        tokio::time::sleep(CHECK_AFTER).await;
        // What it finds marks the catalogue.
        if let Err(error) = library.catalogue.check().await {
            tracing::error!(%error, "the catalogue doesn't pass its check");
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = closing.cancelled() => {}
        () = work => {}
        () = check => {}
    }
}

async fn look(library: &Library, known: &mut Option<i64>) -> Result<()> {
    let elsewhere = library.catalogue.written_elsewhere().await?;
    if !elsewhere && known.is_some() {
        return Ok(());
    }
    let (generation, waiting) =
        library.catalogue.read(|conn| Ok((state::generation(conn)?, waiting::count(conn)?))).await?;
    let moved = known.replace(generation).is_some_and(|before| before != generation);
    if elsewhere {
        library.written_elsewhere();
        if moved {
            library.events.library_changed();
        }
        if waiting > 0 {
            library.sync.wake();
        }
    }
    Ok(())
}
