//! An open library, as everything that works on it needs it.

use std::path::PathBuf;
use std::sync::Arc;

use catalogue::{Catalogue, ThumbStore, Thumbnail};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::window_layout::WindowLayout;
use crate::comparing::Comparing;
use crate::connection::{Access, Way};
use crate::events::Events;
use crate::service::Client;
use crate::sync::Sync;
use crate::traffic::Traffic;
use crate::view::{Connection, Place, PlaceKind};
use crate::{ErrorKind, Result};

/// An open library: what this computer knows of it, and the way to the place that it lives in. What works on it stands above,
/// in [`OpenLibrary`](crate::open_library::OpenLibrary).
pub struct Library {
    /// Where it lives.
    pub place: Place,
    /// Its folder: catalogue, thumbnails, previews, spool.
    pub library_dir: PathBuf,
    /// The account service, with this place's tokens.
    pub client: Client,
    /// For presigned URLs: carries no token of any account.
    pub store_http: reqwest::Client,
    /// What this computer knows of the library.
    pub catalogue: Catalogue,
    /// Thumbnails.
    pub thumbs: ThumbStore,
    /// The layout that the window has.
    pub(crate) window_layout: WindowLayout,
    /// Where events go.
    pub events: Events,
    /// Wakes what keeps catalogue and account the same.
    pub sync: Sync,
    /// Wakes what compares pictures.
    pub(crate) comparing: Arc<Comparing>,
    /// What uploads may use of the network.
    pub(crate) traffic: Traffic,
    /// Cancelled when the library is closed: background work ends.
    pub closing: CancellationToken,
    /// Cancelled when the catalogue turns out to be damaged.
    pub(crate) damaged: CancellationToken,
    /// Whether the service and its store can be reached.
    pub(crate) way: Way,
    /// Whether what the catalogue calls verified may be called so.
    pub(crate) vouches: bool,
    /// Names the catalogue: its local numbers mean nothing in another one, such as one that took its place.
    pub(crate) name: String,
    /// Rises when another process has written to the catalogue.
    pub(crate) elsewhere: watch::Sender<u64>,
}

impl Library {
    /// Whether what the catalogue says of proofs holds: not while the account's own records are lost.
    pub(crate) fn vouches(&self) -> bool {
        self.vouches
    }

    /// Whether what is sent leaves this computer.
    pub(crate) fn uses_network(&self) -> bool {
        self.place.kind != PlaceKind::ThisComputer
    }

    /// Whether the account service and its store were reached when they were last tried.
    pub fn connection(&self) -> Connection {
        self.way.now()
    }

    /// Follows [`Library::connection`].
    pub fn watch_connection(&self) -> watch::Receiver<Connection> {
        self.way.changes()
    }

    /// What an attempt to reach the service says about the connection.
    pub(crate) fn reached<T>(&self, result: &Result<T>) {
        match result {
            Ok(_) => self.way.service(Connection::Online),
            Err(error) => match error.code {
                ErrorKind::SignedOut => self.way.service(Connection::SignedOut),
                ErrorKind::ServiceUnreachable | ErrorKind::ServiceFailed => {
                    self.way.service(Connection::Offline { reason: error.message.clone() });
                }
                _ => {}
            },
        }
    }

    /// What an attempt to use the store says about it.
    pub(crate) fn store_answered<T>(&self, access: Access, result: &Result<T>) {
        match result {
            Ok(_) => self.way.store_works(access),
            Err(error) => self.way.store_failed(access, &self.place, error),
        }
    }

    /// Changes whenever another process (a command in a terminal, a second window) has written to the catalogue.
    pub fn watch_elsewhere(&self) -> watch::Receiver<u64> {
        self.elsewhere.subscribe()
    }

    pub(crate) fn written_elsewhere(&self) {
        self.elsewhere.send_modify(|number| *number += 1);
        self.comparing.wake();
    }

    /// Keeps a thumbnail by the SHA-256 of its picture. One that can't be kept is made again when it is needed.
    pub async fn keep_thumbnail(&self, sha256: &str, thumbnail: Option<Thumbnail>) {
        let Some(thumbnail) = thumbnail else { return };
        if let Err(error) = self.thumbs.put(sha256, thumbnail).await {
            tracing::warn!(%error, "a thumbnail can't be kept");
        }
        self.comparing.arrived(sha256);
    }
}
