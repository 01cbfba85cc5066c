//! The service on an address.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::Request;
use machine::files;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;
use uuid::Uuid;

use crate::arrivals::Arrivals;
use crate::auth::{self, AccessTokens, MailRequests, Passwords, Sealing};
use crate::config::{Accounts, Config, Limits, Registration, StoreConfig, TrashDays};
use crate::connections::{self, Paced, Refusals, Terms};
use crate::describing::Describing;
use crate::disk::Disk;
use crate::embedded_store::EmbeddedStore;
#[cfg(feature = "hosted")]
use crate::hosted::Hosted;
use crate::key_file::{self, Damaged, KeyFile};
use crate::limits::{Proxied, Rates};
use crate::metrics::Metrics;
use crate::news::News;
use crate::object_store::{BucketConfig, ObjectStore};
use crate::service::{App, Service};
use crate::start_error::StartError;
use crate::storage::Database;
use crate::{housekeeping, journal, routes, trash_rule};

/// The key that signs access tokens, in the data folder.
pub(crate) const SIGNING_KEY: &str = "signing.key";

const SIGNING: KeyFile = KeyFile { name: SIGNING_KEY, without_it: "Everybody has to sign in again then." };

/// The service, bound to an address and ready to serve.
pub struct Server {
    address: SocketAddr,
    listener: TcpListener,
    app: App,
    embedded_store: Option<EmbeddedStore>,
    #[cfg(feature = "hosted")]
    hosted: Hosted,
}

/// Ends a running [`Server`] from elsewhere.
#[derive(Clone)]
pub struct Stop(CancellationToken);

impl Stop {
    /// Asks the server to end: no new requests, streams close, what is in flight is answered.
    pub fn stop(&self) {
        self.0.cancel();
    }
}

impl Server {
    /// Opens the database, brings its schema up to date, starts the embedded store if it is configured, and binds the
    /// address. Nothing is served before [`run`](Self::run).
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|source| StartError::Listen { address: config.listen, source })?;
        Self::on(listener, config).await
    }

    pub(crate) async fn on(listener: TcpListener, config: Config) -> Result<Self, StartError> {
        let address = listener.local_addr().map_err(|source| StartError::Listen { address: config.listen, source })?;
        #[cfg(feature = "hosted")]
        let (hosted, mail_requests) = Hosted::bind(&config, address).await?;
        #[cfg(not(feature = "hosted"))]
        let mail_requests = None;
        let trash = config.trash;
        let (app, embedded_store) = assemble(config, mail_requests).await?;
        if let TrashDays::Operator(days) = trash {
            trash_rule::announce(&app, days).await.map_err(|error| StartError::Other(error.into_detail().message))?;
        }
        Ok(Self {
            address,
            listener,
            app,
            embedded_store,
            #[cfg(feature = "hosted")]
            hosted,
        })
    }

    /// The address that is bound; with the real port, when port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address where Prometheus can read metrics, when there is one.
    #[cfg(feature = "hosted")]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.hosted.metrics_address()
    }

    /// How its own store can be reached, when it has one.
    pub(crate) fn embedded_bucket(&self) -> Option<BucketConfig> {
        self.embedded_store.as_ref().map(EmbeddedStore::bucket)
    }

    /// A handle to end it with.
    pub fn stop_handle(&self) -> Stop {
        Stop(self.app.ending.clone())
    }

    pub(crate) fn app(&self) -> App {
        Arc::clone(&self.app)
    }

    /// The periodic chores (trash, stale uploads, dead sessions), which run by themselves, for doing them right now.
    pub fn housekeeping(&self) -> Housekeeping {
        Housekeeping(self.app())
    }

    /// Writing the accounts' changes into the bucket, which happens by itself, for doing it right now.
    pub fn journal(&self) -> Journal {
        Journal(self.app())
    }

    /// Serves until [`Stop::stop`], then answers what is in flight, and closes everything.
    pub async fn run(self) {
        let Self { listener, app, embedded_store, .. } = self;
        let journal: JoinHandle<()> = tokio::spawn(journal::run(Arc::clone(&app)));
        let chores: JoinHandle<()> = tokio::spawn(housekeeping::run(Arc::clone(&app)));
        #[cfg(feature = "hosted")]
        let others = self.hosted.start(&app);
        let router = routes::router(Arc::clone(&app));
        let ending = app.ending.clone();
        let open = TaskTracker::new();
        let terms = Terms {
            policy: app.limits.connections.clone(),
            trusted_proxies: app.trusted_proxies.clone(),
            refusals: Refusals::of_the_api(),
        };
        let answer = move |peer: SocketAddr, mut request: Request<Paced>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().call(request)
        };
        connections::serve(listener, terms, answer, ending, open.clone()).await;
        open.close();
        if tokio::time::timeout(app.limits.stop, open.wait()).await.is_err() {
            tracing::warn!("requests that took too long were cut off");
        }
        if let Err(error) = chores.await {
            tracing::error!(%error, "housekeeping broke off");
        }
        if let Err(error) = journal.await {
            tracing::error!(%error, "the journal broke off");
        }
        journal::farewell(&app).await;
        #[cfg(feature = "hosted")]
        for (name, task) in others {
            if let Err(error) = task.await {
                tracing::error!(%error, "{name} broke off");
            }
        }
        if let Some(store) = embedded_store {
            store.shutdown().await;
        }
        app.database.close().await;
    }
}

/// Everything that requests share, and the embedded store if it is configured: the database with its schema up to date, the
/// keys, the bucket. Listens for nobody yet.
///
/// # Errors
/// See [`StartError`].
pub(crate) async fn assemble(
    config: Config,
    mail_requests: Option<MailRequests>,
) -> Result<(App, Option<EmbeddedStore>), StartError> {
    let data_folder = |source| StartError::DataFolder { folder: config.data_dir.display().to_string(), source };
    let transit_dir = config.data_dir.join("transit");
    let room = config.prepare_folder().map_err(data_folder)?;
    files::folder(&transit_dir).map_err(data_folder)?;

    // The one person at a computer has neither a password nor a second factor: nothing is lost with a key.
    let damaged = match config.accounts {
        Accounts::LocalPerson => Damaged::MakeAnew,
        Accounts::Open => Damaged::Refuse,
    };
    let signing_key = match &config.signing.current {
        Some(key) => key.clone(),
        None => key_file::read_or_make(&config.data_dir, SIGNING, damaged).map_err(data_folder)?,
    };
    let passwords = Passwords::new(config.limits.password_workers, config.password_cost)
        .map_err(|error| StartError::Other(error.to_string()))?;
    let describing = config.ai.as_ref().map(Describing::new).transpose().map_err(StartError::Ai)?;
    let database = Database::open(config.database_url().expose_secret(), &room).await.map_err(StartError::Database)?;
    let sealing = sealing(&config, damaged).map_err(data_folder)?;
    let of_before = |error: crate::error::Error| StartError::Other(error.to_string());
    auth::seal_all(&database, &sealing).await.map_err(of_before)?;
    auth::note_looks(&database).await.map_err(of_before)?;
    let (bucket, embedded_store) = match &config.store {
        StoreConfig::Bucket(bucket) => (bucket.normalised().map_err(StartError::Bucket)?.0, None),
        StoreConfig::Embedded => {
            let policy = config.limits.connections.clone();
            let store = EmbeddedStore::start_with(&config.data_dir, room.clone(), policy, damaged).await;
            let store = store.map_err(data_folder)?;
            (store.bucket(), Some(store))
        }
    };
    let news = News::new(database.is_shared(), config.limits.look);
    let app = Arc::new(Service {
        database,
        store: ObjectStore::new(&bucket),
        own_store: embedded_store.as_ref().map(EmbeddedStore::folder),
        passwords,
        access_tokens: access_tokens(&config, &signing_key),
        sessions: config.sessions,
        sealing,
        accounts: config.accounts,
        registration: match config.accounts {
            Accounts::Open => config.registration,
            Accounts::LocalPerson => Registration::Closed,
        },
        links: config.links,
        public_url: config.public_url,
        news,
        metrics: Metrics::default(),
        mail_requests,
        describing,
        picture_workers: Semaphore::new(config.limits.picture_workers.max(1)),
        rebuilding: Semaphore::new(config.limits.picture_workers.max(1) * 2),
        rates: Rates::new(config.limits.rates.as_ref()),
        proxied: Proxied::new(config.limits.connections.most_by_address),
        arrivals: Arrivals::default(),
        store_disk: embedded_store
            .as_ref()
            .map(|_| Disk { folder: config.data_dir.clone(), spare: config.limits.spare_disk }),
        limits: Limits { without_parts: bucket.without_parts, ..config.limits },
        trusted_proxies: config.trusted_proxies,
        quotas: config.quotas,
        journal: config.journal,
        transit_dir,
        room,
        ending: CancellationToken::new(),
    });
    Ok((app, embedded_store))
}

/// Writing the accounts' changes into the bucket, to be done at a time of one's choice.
pub struct Journal(App);

impl Journal {
    /// Writes everything that isn't written yet, of everybody, now.
    pub async fn write(&self) {
        journal::write_behind(&self.0).await;
    }

    /// Makes few large segments of an account's many small ones; gives the number of segments that went.
    ///
    /// # Errors
    /// When the database or the store can't be reached.
    pub async fn compact(&self, user_id: Uuid) -> Result<usize, account_api::ErrorDetail> {
        journal::compact(&self.0, user_id).await.map_err(crate::error::Error::into_detail)
    }
}

/// The periodic chores, to be done at a time of one's choice.
pub struct Housekeeping(App);

impl Housekeeping {
    /// Does them once, now.
    pub async fn once(&self) {
        housekeeping::once(&self.0).await;
    }
}

/// What seals, and what may have sealed before: a key that is set now may have been set otherwise, or not at all.
fn sealing(config: &Config, damaged: Damaged) -> std::io::Result<Sealing> {
    const FILE: KeyFile = KeyFile {
        name: "sealing.key",
        without_it: "Codes of authenticator apps that were set up before can’t be checked without it: these people sign in \
                     with a recovery code, or by a link of `account-service user reset-link --lift-second-factor`.",
    };
    let read = || key_file::read_or_make(&config.data_dir, FILE, damaged);
    let made = match config.sealing.as_ref().or(config.signing.current.as_ref()) {
        None => Some(read()?),
        Some(_) if config.data_dir.join(FILE.name).exists() => Some(read()?),
        Some(_) => None,
    };
    let signing = &config.signing;
    let given = [&config.sealing, &signing.current, &config.sealing_previous, &signing.previous];
    let mut keys = given.into_iter().map(Option::as_ref).chain([made.as_ref()]).flatten();
    let current = keys.next().ok_or_else(|| std::io::Error::other("there is no key"))?;
    Ok(Sealing::new(current, keys))
}

fn access_tokens(config: &Config, key: &SecretString) -> AccessTokens {
    AccessTokens::new(key, config.signing.previous.as_ref(), config.sessions.access)
}
