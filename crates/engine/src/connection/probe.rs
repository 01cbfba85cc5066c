//! Asking whether the store works: when the service is first reached, now and then while nobody else is there to find
//! out, and again and again while it doesn't and no upload is.

use std::sync::Arc;
use std::time::Duration;

use crate::ErrorKind;
use crate::doctor;
use crate::session::Session;
use crate::view::Connection;

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
    session.way.store_failed(&session.place, &refusal.unwrap_or_else(|| error.into()));
}

/// Tries a store in trouble at once, for somebody who asks; while uploads try it, that is theirs.
pub(crate) async fn try_now(session: &Session) {
    if in_trouble(&session.connection()) && !session.way.uploads_try() {
        try_for_real(session).await;
    }
}

/// Asks the service, then sends a few bytes to the store and has them removed.
async fn try_for_real(session: &Session) {
    let tried = async {
        session.client.ready().await?;
        doctor::try_store(session).await
    };
    match tried.await {
        Ok(()) => session.way.store_works(),
        Err(error) => match error.code {
            // A service that says only that its store has trouble knows less than what refused us.
            ErrorKind::StoreUnreachable if matches!(session.connection(), Connection::StoreRefused { .. }) => {}
            ErrorKind::StoreUnreachable | ErrorKind::StoreRefused => session.way.store_failed(&session.place, &error),
            // Such as no room in the account: the store is there.
            ErrorKind::QuotaExceeded => session.way.store_works(),
            _ => {}
        },
    }
}
