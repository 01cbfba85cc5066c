//! An account's database that is lost, or older than the journal in its store: the task that brings it up to date.

use std::sync::Arc;
use std::time::Duration;

use crate::ErrorKind;
use crate::open_library::OpenLibrary;
use crate::place::{Places, Recovery};
use crate::view::{Connection, NoticeKind, PlaceKind};

/// The first wait before it is tried again; it doubles.
const FIRST_RECOVERY: Duration = Duration::from_secs(2);

/// The longest wait.
const LONGEST_RECOVERY: Duration = Duration::from_secs(60);

/// Brings a lost account database back, however often it takes, and has the library opened again.
pub(super) async fn bring_back(
    library: Arc<OpenLibrary>,
    recovery: Recovery,
    open_again: impl FnOnce(Option<Recovery>),
) {
    library.events.notice(NoticeKind::Warning, recovery.problem().message);
    let mut wait = FIRST_RECOVERY;
    let said = loop {
        let done = tokio::select! {
            () = library.closing.cancelled() => return,
            done = recovery.run() => done,
        };
        match done {
            Ok(recovered) => {
                if let Err(error) = recovered.tell(&library.catalogue).await {
                    tracing::warn!(%error, "the library is not read again from the beginning");
                }
                break recovered.said;
            }
            // Somebody has to say which library it is: trying again would not.
            Err(error) if error.code == ErrorKind::InvalidInput => break error.message,
            Err(error) => {
                tracing::warn!(code = ?error.code, "the account's database can't be brought back yet");
                library.way.service(Connection::Offline { reason: error.message });
            }
        }
        tokio::select! {
            () = library.closing.cancelled() => return,
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(LONGEST_RECOVERY),
        }
    };
    library.events.notice(NoticeKind::Warning, said);
    open_again(Some(recovery));
}

/// Looks whether the store's journal knows of later changes than the account's database: that was put back from a backup, or
/// another computer has used the bucket meanwhile. Then they are taken up, as a lost database is brought back.
pub(super) async fn look_for_later(
    library: Arc<OpenLibrary>,
    places: Places,
    open_again: impl FnOnce(Option<Recovery>),
) {
    // A store on this computer was looked at when its service started.
    if library.place.kind != PlaceKind::Bucket {
        return;
    }
    let mut connection = library.watch_connection();
    loop {
        let looked = tokio::select! {
            () = library.closing.cancelled() => return,
            looked = places.is_older() => looked,
        };
        match looked {
            Ok(true) => return open_again(None),
            Ok(false) => return,
            // It is asked again and again whether the store works, until it does.
            Err(error) => library.way.store_unreadable(error.message),
        }
        tokio::select! {
            () = library.closing.cancelled() => return,
            back = connection.wait_for(|connection| matches!(connection, Connection::Online)) => if back.is_err() { return },
        }
    }
}
