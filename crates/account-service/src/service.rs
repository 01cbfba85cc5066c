//! What all requests share.

use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;
use machine::Room;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::arrivals::Arrivals;
use crate::auth::{AccessTokens, MailRequests, Passwords, Sealing};
use crate::config::{Accounts, JournalPolicy, Limits, LinkStyle, Quotas, Registration, SessionPolicy};
use crate::describing::Describing;
use crate::disk::Disk;
use crate::embedded_store::Folder;
use crate::limits::{Proxied, Rates};
use crate::metrics::Metrics;
use crate::news::News;
use crate::object_store::ObjectStore;
use crate::storage::Database;

/// A handle to the running service, cheap to clone.
pub type App = Arc<Service>;

/// What all requests share.
pub struct Service {
    /// The rows.
    pub database: Database,
    /// The pictures' bytes.
    pub store: ObjectStore,
    /// The folder behind the store, when it is the service's own: an entity tag there is a note of what came, not a word for
    /// what is there now, and records can be mended.
    pub own_store: Option<Folder>,
    /// Argon2id.
    pub passwords: Passwords,
    /// JSON Web Tokens.
    pub access_tokens: AccessTokens,
    /// How sessions live.
    pub sessions: SessionPolicy,
    /// Opens what is sealed in the database.
    pub sealing: Sealing,
    /// Who may have an account.
    pub accounts: Accounts,
    /// How people come by an account.
    pub registration: Registration,
    /// What links are made of.
    pub links: LinkStyle,
    /// How the service is reached from outside, when it was told.
    pub public_url: Option<Url>,
    /// Tells streams that an account has changed.
    pub news: News,
    /// What Prometheus can read.
    pub metrics: Metrics,
    /// The AI, when there is one.
    pub describing: Option<Describing>,
    /// Mails that people ask for, when there is a server that sends them.
    pub mail_requests: Option<MailRequests>,
    /// Bounds.
    pub limits: Limits,
    /// Counts requests.
    pub rates: Rates,
    /// Counts what is worked on of each client behind a proxy.
    pub proxied: Proxied,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// What an account may hold, unless its row says otherwise.
    pub quotas: Quotas,
    /// How many pictures are decoded at the same time.
    pub picture_workers: Semaphore,
    /// How many objects are read at the same time to be known by their bytes.
    pub rebuilding: Semaphore,
    /// When changes are written into the bucket.
    pub journal: JournalPolicy,
    /// Counts uploads in transit through the service.
    pub arrivals: Arrivals,
    /// The disk that the pictures are stored on, when it is this service's own.
    pub store_disk: Option<Disk>,
    /// For uploads in transit through the service.
    pub transit_dir: PathBuf,
    /// What has to stay free on the disk of the service's folder.
    pub room: Room,
    /// Cancelled when the service is to end: streams close then.
    pub ending: CancellationToken,
}
