//! The embedded store's listener, on loopback only.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use hyper::Request;
use machine::{Room, files};
use s3s::auth::{SecretKey, SimpleAuth};
use s3s::service::S3ServiceBuilder;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::folder::Folder;
use crate::config::ConnectionPolicy;
use crate::connections::{self, Paced, Refusals, Terms};
use crate::key_file::{self, Damaged, KeyFile};
use crate::object_store::BucketConfig;

/// The one bucket of the embedded store.
pub const BUCKET: &str = "pictures";

/// How long requests in flight may go on when the service ends.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// The embedded store, serving.
pub struct EmbeddedStore {
    address: SocketAddr,
    folder: Folder,
    key_id: SecretString,
    secret: SecretString,
    ending: CancellationToken,
    connections: TaskTracker,
}

impl EmbeddedStore {
    /// Serves `data_dir/store` on a free port of 127.0.0.1, with a key that is made at the first start.
    ///
    /// # Errors
    /// When the folder can't be written or no port is free.
    pub async fn start(data_dir: &Path) -> std::io::Result<Self> {
        files::folder(data_dir)?;
        Self::start_with(data_dir, Room::keep(data_dir), ConnectionPolicy::default(), Damaged::Refuse).await
    }

    /// The same on a disk where others keep room, too, with bounds on connections, and perhaps with a new key for a damaged one.
    pub(crate) async fn start_with(
        data_dir: &Path,
        room: Room,
        policy: ConnectionPolicy,
        damaged: Damaged,
    ) -> std::io::Result<Self> {
        let folder = Folder::open(data_dir.join("store"), room)?;
        let key = |name| KeyFile { name, without_it: "Addresses of pictures that were given out before end with it." };
        let key_id = key_file::read_or_make(data_dir, key("store-key-id.key"), damaged)?;
        let secret = key_file::read_or_make(data_dir, key("store-secret.key"), damaged)?;
        let mut builder = S3ServiceBuilder::new(folder.clone());
        builder.set_auth(SimpleAuth::from_single(
            key_id.expose_secret().to_owned(),
            SecretKey::from(secret.expose_secret().to_owned()),
        ));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let store = Self {
            address: listener.local_addr()?,
            folder,
            key_id,
            secret,
            ending: CancellationToken::new(),
            connections: TaskTracker::new(),
        };
        let service = builder.build();
        // Whoever is at this computer, and has a presigned address or knows the key.
        let policy = ConnectionPolicy { most_by_address: None, ..policy };
        let terms = Terms { policy, trusted_proxies: Vec::new(), refusals: Refusals::of_s3() };
        let answer = move |_, request: Request<Paced>| {
            let service = service.clone();
            async move { service.call(request.map(s3s::Body::http_body_unsync)).await }
        };
        let serving = connections::serve(listener, terms, answer, store.ending.clone(), store.connections.clone());
        store.connections.spawn(serving);
        tracing::debug!(address = %store.address, "the embedded store is serving");
        Ok(store)
    }

    /// The folder behind it.
    pub(crate) fn folder(&self) -> Folder {
        self.folder.clone()
    }

    /// How to reach it.
    pub fn bucket(&self) -> BucketConfig {
        BucketConfig {
            endpoint: Some(format!("http://{}", self.address)),
            region: "us-east-1".to_owned(),
            bucket: BUCKET.to_owned(),
            key_id: self.key_id.expose_secret().to_owned(),
            secret: self.secret.clone(),
            path_style: true,
            without_parts: false,
            as_typed: false,
        }
    }

    /// Ends it, after what is in flight has been answered.
    pub async fn shutdown(self) {
        self.ending.cancel();
        self.connections.close();
        if tokio::time::timeout(LAST_REQUESTS, self.connections.wait()).await.is_err() {
            tracing::warn!("requests to the embedded store were cut off");
        }
    }
}
