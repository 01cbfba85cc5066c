//! Asking whether the store works: when the service is first reached, now and then while nobody else is there to find
//! out, and again and again while it doesn't and no upload is.

use std::sync::Arc;
use std::time::Duration;

use account_api::{VerifyOutcome, VerifyRequest};
use catalogue::table::picture;

use super::Access;
use crate::session::Session;
use crate::view::Connection;
use crate::{EngineError, ErrorKind, Result, doctor};

/// The first wait before a store in trouble is tried again; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How often is asked while all is well, as far as anybody knows: a store may go away while nothing is sent to it.
const NOW_AND_THEN: Duration = Duration::from_secs(120);

/// Runs until the session is closed.
pub(crate) async fn watch(session: Arc<Session>) {
    let closing = session.closing.clone();
    let work = async {
        let mut now = session.watch_connection();
        loop {
            let mut wait = FIRST_WAIT;
            if now.wait_for(|now| *now == Connection::Online || in_trouble(now)).await.is_err() {
                return;
            }
            if !in_trouble(&session.connection()) {
                ask(&session).await;
                match tokio::time::timeout(NOW_AND_THEN, now.wait_for(in_trouble)).await {
                    Ok(Err(_)) => return,
                    Ok(Ok(_)) => {}
                    Err(_) => continue,
                }
            }
            while in_trouble(&session.connection()) {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
                if !session.way.uploads_try() {
                    try_for_real(&session).await;
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
pub(crate) async fn ask(session: &Session) {
    let Err(error) = session.client.ready().await else { return };
    if error.kind() != ErrorKind::StoreUnreachable {
        return;
    }
    let refusal = doctor::try_store(session).await.err().filter(|error| error.code == ErrorKind::StoreRefused);
    session.way.store_failed(Access::Write, &session.place, &refusal.unwrap_or_else(|| error.into()));
}

/// Tries a store in trouble at once, for somebody who asks; while uploads try it, that is theirs.
pub(crate) async fn try_now(session: &Session) {
    if in_trouble(&session.connection()) && !session.way.uploads_try() {
        try_for_real(session).await;
    }
}

/// Asks the service, then sends a few bytes to the store and has them removed; and looks at a picture, if that failed.
async fn try_for_real(session: &Session) {
    let tried = async {
        session.client.ready().await?;
        doctor::try_store(session).await
    };
    match tried.await {
        Ok(()) => session.way.store_works(Access::Write),
        Err(error) => match error.code {
            // A service that says only that its store has trouble knows less than what refused us.
            ErrorKind::StoreUnreachable if matches!(session.connection(), Connection::StoreRefused { .. }) => return,
            ErrorKind::StoreUnreachable | ErrorKind::StoreRefused => {
                session.way.store_failed(Access::Write, &session.place, &error);
                return;
            }
            // Such as no room in the account: the store is there.
            ErrorKind::QuotaExceeded => session.way.store_works(Access::Write),
            _ => return,
        },
    }
    if session.way.reading_fails()
        && let Err(error) = try_reading(session).await
    {
        tracing::info!(%error, "whether the store gives pictures can't be found out");
    }
}

/// Has the service look at a picture in a store that takes what it is sent.
async fn try_reading(session: &Session) -> Result<()> {
    let some = session.catalogue.read(|conn| picture::page(conn, 0, 1)).await?;
    let image_ids = some.into_iter().map(|picture| picture.image.id).collect();
    let asked = VerifyRequest { image_ids, read_back: false, proof: false };
    let failed =
        session.client.verify_images(&asked).await?.results.into_iter().find_map(|result| match result.outcome {
            VerifyOutcome::Failed { error } => Some(session.client.explain(&error).message),
            _ => None,
        });
    match failed {
        Some(reason) => {
            let refusal = EngineError::new(ErrorKind::StoreRefused, reason);
            session.way.store_failed(Access::Read, &session.place, &refusal);
        }
        None => session.way.store_works(Access::Read),
    }
    Ok(())
}
