//! Asking whether the store works: when the service is first reached, now and then while nobody else is there to find
//! out, and again and again while it doesn't and no upload is.

use std::sync::Arc;
use std::time::Duration;

use account_api::{VerifyOutcome, VerifyRequest};
use catalogue::table::picture;

use super::Access;
use crate::library::Library;
use crate::view::Connection;
use crate::{EngineError, ErrorKind, Result, doctor};

/// The first wait before a store in trouble is tried again; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How often is asked while all is well, as far as anybody knows: a store may go away while nothing is sent to it.
const NOW_AND_THEN: Duration = Duration::from_secs(120);

/// Runs until the library is closed.
pub(crate) async fn watch(library: Arc<Library>) {
    let closing = library.closing.clone();
    let work = async {
        let mut now = library.watch_connection();
        loop {
            let mut wait = FIRST_WAIT;
            if now.wait_for(|now| *now == Connection::Online || in_trouble(now)).await.is_err() {
                return;
            }
            if !in_trouble(&library.connection()) {
                ask(&library).await;
                match tokio::time::timeout(NOW_AND_THEN, now.wait_for(in_trouble)).await {
                    Ok(Err(_)) => return,
                    Ok(Ok(_)) => {}
                    Err(_) => continue,
                }
            }
            while in_trouble(&library.connection()) {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
                if !library.way.uploads_try() {
                    try_for_real(&library).await;
                }
            }
        }
    };
    tokio::select! {
        () = closing.cancelled() => {}
        () = work => {}
    }
}

fn in_trouble(now: &Connection) -> bool {
    matches!(now, Connection::StoreOffline { .. } | Connection::StoreRefused { .. })
}

/// Asks the service whether it reaches its store, and when it doesn't, tries it for real, to know whether it refuses.
pub(crate) async fn ask(library: &Library) {
    let Err(error) = library.client.ready().await else { return };
    if error.kind() != ErrorKind::StoreUnreachable {
        return;
    }
    let refusal = doctor::try_store(library).await.err().filter(|error| error.code == ErrorKind::StoreRefused);
    library.way.store_failed(Access::Write, &library.place, &refusal.unwrap_or_else(|| error.into()));
}

/// Tries a store in trouble at once, for somebody who asks; while uploads try it, that is theirs.
pub(crate) async fn try_now(library: &Library) {
    if in_trouble(&library.connection()) && !library.way.uploads_try() {
        try_for_real(library).await;
    }
}

/// Asks the service, then sends a few bytes to the store and has them removed; and looks at a picture, if that failed.
async fn try_for_real(library: &Library) {
    let tried = async {
        library.client.ready().await?;
        doctor::try_store(library).await
    };
    match tried.await {
        Ok(()) => library.way.store_works(Access::Write),
        Err(error) => match error.code {
            // A service that says only that its store has trouble knows less than what refused us.
            ErrorKind::StoreUnreachable if matches!(library.connection(), Connection::StoreRefused { .. }) => return,
            ErrorKind::StoreUnreachable | ErrorKind::StoreRefused => {
                library.way.store_failed(Access::Write, &library.place, &error);
                return;
            }
            // Such as no room in the account: the store is there.
            ErrorKind::QuotaExceeded => library.way.store_works(Access::Write),
            _ => return,
        },
    }
    if library.way.reading_fails()
        && let Err(error) = try_reading(library).await
    {
        tracing::info!(%error, "whether the store gives pictures can't be found out");
    }
}

/// Has the service look at a picture in a store that takes what it is sent.
async fn try_reading(library: &Library) -> Result<()> {
    let some = library.catalogue.read(|conn| picture::page(conn, 0, 1)).await?;
    let image_ids = some.into_iter().map(|picture| picture.image.id).collect();
    let asked = VerifyRequest { image_ids, read_back: false, proof: false };
    let failed =
        library.client.verify_images(&asked).await?.results.into_iter().find_map(|result| match result.outcome {
            VerifyOutcome::Failed { error } => Some(library.client.explain(&error).message),
            _ => None,
        });
    match failed {
        Some(reason) => {
            let refusal = EngineError::new(ErrorKind::StoreRefused, messages::Connection::ReadRefused { why: reason });
            library.way.store_failed(Access::Read, &library.place, &refusal);
        }
        None => library.way.store_works(Access::Read),
    }
    Ok(())
}
