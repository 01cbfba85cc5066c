//! The embedded store's listener, on loopback only.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::{SecretKey, SimpleAuth};
use s3s::service::{S3Service, S3ServiceBuilder};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::folder::Folder;
use crate::key_file;
use crate::object_store::BucketConfig;

/// The one bucket of the embedded store.
pub const BUCKET: &str = "pictures";

/// How long requests in flight may go on when the service ends.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// The embedded store, serving.
pub struct EmbeddedStore {
    address: SocketAddr,
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
        let folder = Folder::open(data_dir.join("store"))?;
        let key_id = key_file::read_or_make(data_dir, "store-key-id.key")?;
        let secret = key_file::read_or_make(data_dir, "store-secret.key")?;
        let mut builder = S3ServiceBuilder::new(folder);
        builder.set_auth(SimpleAuth::from_single(
            key_id.expose_secret().to_owned(),
            SecretKey::from(secret.expose_secret().to_owned()),
        ));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let store = Self {
            address: listener.local_addr()?,
            key_id,
            secret,
            ending: CancellationToken::new(),
            connections: TaskTracker::new(),
        };
        store.connections.spawn(accept(listener, builder.build(), store.ending.clone(), store.connections.clone()));
        tracing::debug!(address = %store.address, "the embedded store is serving");
        Ok(store)
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

async fn accept(listener: TcpListener, service: S3Service, ending: CancellationToken, connections: TaskTracker) {
    loop {
        let stream = tokio::select! {
            () = ending.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Mostly too many open files: wait for some to be closed.
                    tracing::warn!(%error, "the embedded store can't accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        let (service, ending) = (service.clone(), ending.clone());
        connections.spawn(async move {
            let mut builder = Builder::new(TokioExecutor::new()).http1_only();
            builder.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(60));
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            let mut connection = std::pin::pin!(connection);
            let result = tokio::select! {
                result = connection.as_mut() => result,
                () = ending.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = result {
                tracing::debug!(%error, "a connection to the embedded store broke");
            }
        });
    }
}
