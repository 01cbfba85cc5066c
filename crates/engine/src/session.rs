//! The open library: everything that belongs to the place it lives in. Swapped as a whole when the place changes.

use std::path::PathBuf;
use std::sync::Arc;

use catalogue::table::{clock, picture};
use catalogue::{Catalogue, Origin, ThumbStore, Thumbnail};
use machine::Room;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::audit::Audit;
use crate::blobs::Blobs;
use crate::connection::{Access, Way};
use crate::describing::{Describing, WhomToAsk};
use crate::events::Events;
use crate::examining::{Examining, Means};
use crate::jobs::Home;
use crate::library::Told;
use crate::service::Client;
use crate::sync::Sync;
use crate::traffic::Traffic;
use crate::view::{Connection, NoticeKind, Place, PlaceKind};
use crate::{EngineError, ErrorKind, Result};

/// What the thumbnails of one library may take, in bytes: about 100,000 of them.
const THUMBS_CAP: u64 = 6 << 30;

/// An open library.
pub struct Session {
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
    pub(crate) told: Told,
    /// Where events go.
    pub events: Events,
    /// Thumbnails, previews and originals.
    pub blobs: Blobs,
    /// Keeps catalogue and account the same.
    pub sync: Sync,
    /// The descriptions that are wanted.
    pub describing: Describing,
    /// The pictures that are looked at again.
    pub(crate) examining: Examining,
    /// What uploads may use of the network.
    pub(crate) traffic: Traffic,
    /// The check of all pictures.
    pub(crate) audit: Audit,
    /// Cancelled when the library is closed: background work ends.
    pub closing: CancellationToken,
    /// Cancelled when the catalogue turns out to be damaged.
    pub(crate) damaged: CancellationToken,
    /// Whether the service and its store can be reached.
    pub(crate) way: Way,
    /// Whether what the catalogue calls verified may be called so.
    vouches: bool,
    /// Names the catalogue: its local numbers mean nothing in another one, such as one that took its place.
    pub(crate) name: String,
    /// Rises when another process has written to the catalogue.
    elsewhere: watch::Sender<u64>,
}

/// What a session is made of.
pub(crate) struct SessionParts {
    pub(crate) place: Place,
    pub(crate) library_dir: PathBuf,
    pub(crate) room: Room,
    pub(crate) client: Client,
    pub(crate) events: Events,
    pub(crate) whom_to_ask: WhomToAsk,
    pub(crate) traffic: Traffic,
    /// The account's records can be read: what the catalogue calls verified may be called so.
    pub(crate) vouches: bool,
    /// It has just been, and what the catalogue has is of before.
    pub(crate) recovered: bool,
}

impl Session {
    /// Opens the library of a place: its catalogue and thumbnails. Needs no network.
    pub(crate) async fn open(parts: SessionParts) -> Result<Arc<Session>> {
        let (folder, room) = (parts.library_dir.clone(), parts.room);
        let opened = tokio::task::spawn_blocking(move || {
            crate::library::remove_left_behind(&folder);
            let opened = Catalogue::open_beside(&folder, room.clone())?;
            let thumbs = ThumbStore::open_beside(&folder, THUMBS_CAP, room)?;
            Ok::<_, EngineError>((opened, thumbs))
        });
        let (opened, thumbs) = opened.await.map_err(|_| EngineError::fault())??;
        let became = match &opened.origin {
            Origin::Existing | Origin::New => None,
            Origin::Gone => Some(("was gone", String::new())),
            Origin::Replaced { aside, .. } => {
                Some(("was damaged", format!(" The damaged files are kept in “{}”.", aside.display())))
            }
        };
        if let Some((became, kept)) = became {
            let message = format!(
                "This computer’s list of the library {became} and is being rebuilt from what the account knows. The stored \
                 pictures were not touched. Uploads that were not finished have to be dropped again.{kept}"
            );
            parts.events.notice(NoticeKind::Warning, message);
        }
        if parts.recovered {
            opened.catalogue.write(picture::forget_revisions).await?;
        }
        let name = opened.catalogue.read(clock::device).await?;
        let store_http = parts.client.object_http();
        let signed_in = parts.place.signed_in;
        let (closing, elsewhere) = (CancellationToken::new(), watch::Sender::new(0));
        let home = Home {
            catalogue: opened.catalogue.clone(),
            library_dir: parts.library_dir.clone(),
            closing: closing.clone(),
            elsewhere: elsewhere.subscribe(),
        };
        let means = Means {
            catalogue: opened.catalogue.clone(),
            thumbs: thumbs.clone(),
            client: parts.client.clone(),
            traffic: parts.traffic.clone(),
            events: parts.events.clone(),
        };
        Ok(Arc::new(Session {
            blobs: Blobs::new(&parts.library_dir, parts.client.clone()),
            place: parts.place,
            library_dir: parts.library_dir,
            client: parts.client,
            store_http,
            catalogue: opened.catalogue,
            thumbs,
            describing: Describing::new(parts.whom_to_ask, home.clone()),
            examining: Examining::new(home, means),
            audit: Audit::new(parts.events.clone()),
            events: parts.events,
            name,
            told: Told::default(),
            sync: Sync::default(),
            traffic: parts.traffic,
            closing,
            damaged: CancellationToken::new(),
            way: Way::new(if signed_in { Connection::Connecting } else { Connection::SignedOut }),
            vouches: parts.vouches,
            elsewhere,
        }))
    }

    /// Ends background work and writes what is only in memory. Requests that are under way may still finish.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        tokio::join!(self.describing.close(), self.examining.close());
        if let Err(error) = self.thumbs.flush().await {
            tracing::debug!(%error, "uses of thumbnails were not written");
        }
    }

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

    /// Follows [`Session::connection`].
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
    }

    /// Keeps a thumbnail by the SHA-256 of its picture. One that can't be kept is made again when it is needed.
    pub async fn keep_thumbnail(&self, sha256: &str, thumbnail: Option<Thumbnail>) {
        let Some(thumbnail) = thumbnail else { return };
        if let Err(error) = self.thumbs.put(sha256, thumbnail).await {
            tracing::warn!(%error, "a thumbnail can't be kept");
        }
    }
}
