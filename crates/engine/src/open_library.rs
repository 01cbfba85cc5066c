//! The open library: everything that belongs to the place it lives in. Swapped as a whole when the place changes.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use catalogue::table::clock;
use catalogue::{Catalogue, Origin, ThumbStore};
use machine::Room;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::audit::Audit;
use crate::blobs::Blobs;
use crate::comparing::Comparing;
use crate::connection::Way;
use crate::describing::{Describing, WhomToAsk};
use crate::events::Events;
use crate::examining::{Examining, Means};
use crate::jobs::Home;
use crate::library::{Library, WindowLayout};
use crate::place::Recovered;
use crate::service::Client;
use crate::sync::Sync;
use crate::traffic::Traffic;
use crate::view::{Connection, NoticeKind, Place};
use crate::{EngineError, Result};

/// What the thumbnails of one library may take, in bytes: about 100,000 of them.
const THUMBS_CAP: u64 = 6 << 30;

/// An open library with everything that works on it.
pub struct OpenLibrary {
    /// The library itself; what only reads or edits it needs no more.
    pub(crate) shared: Arc<Library>,
    /// Thumbnails, previews and originals.
    pub blobs: Arc<Blobs>,
    /// The descriptions that are wanted.
    pub describing: Describing,
    /// The pictures that are looked at again.
    pub(crate) examining: Examining,
    /// The check of all pictures.
    pub(crate) audit: Audit,
}

impl Deref for OpenLibrary {
    type Target = Library;

    fn deref(&self) -> &Library {
        &self.shared
    }
}

/// What an open library is made of.
pub(crate) struct Parts {
    pub(crate) place: Place,
    pub(crate) library_dir: PathBuf,
    pub(crate) room: Room,
    pub(crate) client: Client,
    pub(crate) events: Events,
    pub(crate) whom_to_ask: WhomToAsk,
    pub(crate) traffic: Traffic,
    /// The account's records can be read: what the catalogue calls verified may be called so.
    pub(crate) vouches: bool,
    /// They were lost and have just come back.
    pub(crate) recovered: Option<Recovered>,
}

impl OpenLibrary {
    /// Opens the library of a place: its catalogue and thumbnails. Needs no network.
    pub(crate) async fn open(parts: Parts) -> Result<Arc<Self>> {
        let (folder, room) = (parts.library_dir.clone(), parts.room);
        let opened = tokio::task::spawn_blocking(move || {
            crate::library::remove_left_behind(&folder);
            let opened = Catalogue::open_beside(&folder, room.clone())?;
            let thumbs = ThumbStore::open_beside(&folder, THUMBS_CAP, room)?;
            Ok::<_, EngineError>((opened, thumbs))
        });
        let (opened, thumbs) = opened.await.map_err(|_| EngineError::fault())??;
        let said = match &opened.origin {
            Origin::Existing | Origin::New => None,
            Origin::Gone => Some(messages::Catalogue::GoneRebuilt),
            Origin::Replaced { aside, .. } => Some(messages::Catalogue::Rebuilt { path: aside.display().to_string() }),
        };
        if let Some(said) = said {
            parts.events.notice(NoticeKind::Warning, said);
        }
        if let Some(recovered) = &parts.recovered {
            recovered.tell(&opened.catalogue).await?;
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
        let comparing = Arc::<Comparing>::default();
        let means = Means {
            catalogue: opened.catalogue.clone(),
            thumbs: thumbs.clone(),
            client: parts.client.clone(),
            traffic: parts.traffic.clone(),
            events: parts.events.clone(),
            comparing: Arc::clone(&comparing),
        };
        let shared = Arc::new(Library {
            place: parts.place,
            library_dir: parts.library_dir,
            client: parts.client,
            store_http,
            catalogue: opened.catalogue,
            thumbs,
            window_layout: WindowLayout::default(),
            events: parts.events.clone(),
            sync: Sync::default(),
            comparing,
            traffic: parts.traffic,
            closing,
            damaged: CancellationToken::new(),
            way: Way::new(if signed_in { Connection::Connecting } else { Connection::SignedOut }),
            vouches: parts.vouches,
            name,
            elsewhere,
        });
        Ok(Arc::new(Self {
            blobs: Arc::new(Blobs::new(Arc::clone(&shared))),
            shared,
            describing: Describing::new(parts.whom_to_ask, home.clone()),
            examining: Examining::new(home, means),
            audit: Audit::new(parts.events),
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
}
