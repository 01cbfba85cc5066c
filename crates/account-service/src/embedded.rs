//! The service inside another program: on loopback, on SQLite, for the one person at this computer.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use account_api::{AuthResponse, ErrorDetail};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use url::Url;

use crate::config::{Accounts, Config, LinkStyle, StoreConfig};
use crate::object_store::{BucketConfig, StoreError};
use crate::rebuild::{Library, Progress, RebuildError, Report};
use crate::server::{Server, StartError, Stop};
use crate::service::App;
use crate::{auth, rebuild};

/// What the program around the service decides.
#[derive(Debug, Clone)]
pub struct EmbeddedConfig {
    /// Where everything is kept that the service makes. Two processes may use the same folder at the same time.
    pub data_dir: PathBuf,
    /// Where the pictures go.
    pub storage: EmbeddedStorage,
    /// The port to use if it is free, so that links stay good; any other if not.
    pub preferred_port: Option<u16>,
}

/// Where the pictures go.
#[derive(Debug, Clone)]
pub enum EmbeddedStorage {
    /// Under `data_dir`, in the embedded store.
    ThisComputer,
    /// Into the person's own bucket. Each bucket wants a `data_dir` of its own.
    Bucket(BucketConfig),
}

/// The running service. Dropping it ends it without waiting; [`shutdown`](Self::shutdown) waits.
pub struct Embedded {
    base_url: Url,
    app: App,
    stop: Stop,
    store: Option<BucketConfig>,
    running: Mutex<Option<JoinHandle<()>>>,
}

/// Starts the service. When it returns, requests are answered.
///
/// # Errors
/// When the folder can't be written, the database can't be opened, or no port is free.
pub async fn start(config: EmbeddedConfig) -> Result<Embedded, StartError> {
    let listener = listen(config.preferred_port).await?;
    let mut service = Config::in_folder(config.data_dir);
    service.accounts = Accounts::LocalPerson;
    // One person, on loopback: nobody is to be kept from anybody.
    service.limits.rates = None;
    match config.storage {
        EmbeddedStorage::ThisComputer => service.links = LinkStyle::Service,
        EmbeddedStorage::Bucket(bucket) => {
            service.links = LinkStyle::Presigned;
            service.store = StoreConfig::Bucket(bucket);
        }
    }
    let server = Server::on(listener, service).await?;
    let base_url =
        Url::parse(&format!("http://{}", server.address())).map_err(|error| StartError::Other(error.to_string()))?;
    let (app, stop, store) = (server.app(), server.stop_handle(), server.embedded_bucket());
    Ok(Embedded { base_url, app, stop, store, running: Mutex::new(Some(tokio::spawn(server.run()))) })
}

async fn listen(preferred: Option<u16>) -> Result<TcpListener, StartError> {
    if let Some(port) = preferred
        && let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
    {
        return Ok(listener);
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

impl Embedded {
    /// Where it answers: `http://127.0.0.1:PORT/`.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// How the embedded store can be reached while the service runs; `None` when the pictures are in a bucket.
    pub fn embedded_bucket(&self) -> Option<&BucketConfig> {
        self.store.as_ref()
    }

    /// Signs the person at this computer in, without a password: whoever runs this process may read the folder anyway.
    /// Makes their account at the first call. Each call opens a session of its own.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn local_session(&self) -> Result<AuthResponse, ErrorDetail> {
        auth::local_person(&self.app).await.map_err(crate::error::Error::into_detail)
    }

    /// The libraries that the bucket holds, whoever put them there.
    ///
    /// # Errors
    /// When the bucket can't be read.
    pub async fn libraries(&self) -> Result<Vec<Library>, StoreError> {
        rebuild::libraries(&self.app).await
    }

    /// Brings a library back that the bucket holds; see [`rebuild`](crate::rebuild). Their person is the local one from
    /// then on: their sessions end, and [`local_session`](Self::local_session) opens another one.
    ///
    /// # Errors
    /// See [`RebuildError`].
    pub async fn rebuild(
        &self,
        wanted: Option<&str>,
        tell: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Report, RebuildError> {
        rebuild::rebuild(&self.app, wanted, tell).await
    }

    /// Ends it, after what is in flight has been answered and what has changed has been written into the bucket.
    pub async fn shutdown(&self) {
        self.stop.stop();
        let mut running = self.running.lock().await;
        if let Some(running) = running.take()
            && let Err(error) = running.await
        {
            tracing::error!(%error, "the embedded service broke off");
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.stop.stop();
    }
}
