//! What is left to do when a row has ended: uploads that came to nothing are ended at the service, old rows and spooled
//! files go.

use std::sync::Arc;
use std::time::Duration;

use catalogue::table::upload;

use crate::upload::intake::os_path::from_bytes;
use crate::upload::intake::spool;
use crate::upload::shared::Shared;

/// How many uploads are ended together.
const PAGE: usize = 50;

/// How many finished rows are kept.
pub(in crate::upload) const KEPT: usize = 10_000;

/// How often is looked without being asked.
const LOOK: Duration = Duration::from_secs(5 * 60);

/// Cleans until stopped.
pub(in crate::upload) async fn run(shared: Arc<Shared>) {
    sweep_spool(&shared).await;
    loop {
        once(&shared).await;
        tokio::select! {
            () = shared.context.cleaning.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Ends every upload that nobody goes on with, waiting while the service can't be reached.
pub(in crate::upload) async fn once(shared: &Shared) {
    loop {
        let Some(owed) = shared.read(|conn| upload::owed_aborts(conn, PAGE)).await else { return };
        if owed.is_empty() {
            break;
        }
        for (row, upload_id) in owed {
            if let Err(error) = shared.account.abort(&upload_id).await {
                tracing::warn!(?error, "an upload could not be ended; the service does so in time");
            }
            if shared.write(move |conn| upload::forget_upload(conn, row, &upload_id)).await.is_none() {
                return;
            }
        }
    }
    // Looked at first, for the same reason as claims are.
    if shared.read(|conn| upload::prunable(conn, KEPT)).await == Some(true) {
        shared.write(|conn| upload::prune(conn, KEPT)).await;
    }
}

async fn sweep_spool(shared: &Shared) {
    let Some(referred) = shared.read(upload::spooled).await else { return };
    let folder = shared.spool.clone();
    let swept = tokio::task::spawn_blocking(move || {
        spool::sweep(&folder, &referred.iter().map(|path| from_bytes(path)).collect())
    });
    if let Ok(Err(error)) = swept.await {
        tracing::warn!(%error, "the spool can't be swept");
    }
}
