//! What the service is told from outside: environment variables and a `.env` file.

#[cfg(feature = "hosted")]
mod dot_env;
#[cfg(feature = "hosted")]
mod environment;
#[cfg(feature = "hosted")]
mod error;
mod mail;
#[cfg(feature = "hosted")]
mod read;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use machine::{Room, files};
use secrecy::SecretString;
use url::Url;

pub use crate::object_store::BucketConfig;
#[cfg(feature = "hosted")]
pub use error::ConfigError;
pub use mail::MailConfig;

/// Everything that the service has to know to start.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on; port 0 takes any free one. `LISTEN`.
    pub listen: SocketAddr,
    /// Where the service keeps what it makes itself: SQLite, the embedded store, keys, uploads in transit. `DATA_DIR`.
    pub data_dir: PathBuf,
    /// The folder on whose disk room is kept for deleting when it is full; else `data_dir`. A program around the service
    /// that keeps some itself names the folder of its own.
    pub reserve_in: Option<PathBuf>,
    /// How the service is reached from outside, for links. `PUBLIC_URL`; else the request's `Host`.
    pub public_url: Option<Url>,
    /// `postgresql://…` or `sqlite://…`. `DATABASE_URL`; else SQLite under `data_dir`.
    pub database_url: Option<SecretString>,
    /// Where the pictures are.
    pub store: StoreConfig,
    /// The keys that sign access tokens.
    pub signing: SigningKeys,
    /// Seals what nobody who reads the database may read. `SECRET_KEY`; else what signs access tokens, else a key that the
    /// service makes and keeps under `data_dir`.
    pub sealing: Option<SecretString>,
    /// Still opens what it has sealed, so that the key can be changed. `SECRET_KEY_PREVIOUS`.
    pub sealing_previous: Option<SecretString>,
    /// How sessions live.
    pub sessions: SessionPolicy,
    /// Who may have an account.
    pub accounts: Accounts,
    /// How people come by an account. `REGISTRATION`.
    pub registration: Registration,
    /// What links are made of.
    pub links: LinkStyle,
    /// Descriptions on the service. `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_MODEL`.
    pub ai: Option<AiConfig>,
    /// What a password costs to hash.
    pub password_cost: PasswordCost,
    /// Where mail goes out. `SMTP_URL`, `SMTP_FROM`.
    pub mail: Option<MailConfig>,
    /// Bounds on what is taken.
    pub limits: Limits,
    /// Whose `X-Forwarded-For` is believed. `TRUSTED_PROXIES`: addresses or networks, with commas between.
    pub trusted_proxies: Vec<IpNet>,
    /// What an account may hold, unless it was given a quota of its own.
    pub quotas: Quotas,
    /// Who says how long the trash is kept. `TRASH_DAYS`.
    pub trash: TrashDays,
    /// When changes are written into the bucket.
    pub journal: JournalPolicy,
    /// The address where Prometheus can read metrics; nowhere without. `METRICS_LISTEN`.
    pub metrics_listen: Option<SocketAddr>,
    /// The form of the log. `LOG_FORMAT`.
    pub log_format: LogFormat,
}

/// The form of the log, which goes to standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What an account may hold; none is no limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quotas {
    /// The most bytes of originals and their thumbnails. `QUOTA_BYTES`.
    pub bytes: Option<u64>,
    /// The most pictures. `QUOTA_PICTURES`.
    pub pictures: Option<u64>,
}

/// Where the pictures are.
#[derive(Debug, Clone)]
pub enum StoreConfig {
    /// In the S3-compatible store that is part of the service, under `data_dir`.
    Embedded,
    /// In a bucket. `S3_BUCKET`, `S3_REGION`, `S3_ENDPOINT`, `S3_PATH_STYLE`, `AWS_ACCESS_KEY`, `AWS_SECRET_KEY`.
    Bucket(BucketConfig),
}

/// The keys that sign access tokens. Without one, the service makes one and keeps it under `data_dir`.
#[derive(Debug, Clone, Default)]
pub struct SigningKeys {
    /// Signs and verifies. `JWT_SECRET_KEY`, else `SECRET_KEY`.
    pub current: Option<SecretString>,
    /// Still verifies, so that keys can be changed without signing anyone out. `JWT_SECRET_KEY_PREVIOUS`.
    pub previous: Option<SecretString>,
}

/// How sessions live.
#[derive(Debug, Clone)]
pub struct SessionPolicy {
    /// How long an access token is good.
    pub access: Duration,
    /// How long a session lasts without being used.
    pub idle: Duration,
    /// How long a refresh token that has just been exchanged is honoured once more, for a client that never got the
    /// answer.
    pub grace: Duration,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self {
            access: Duration::from_secs(10 * 60),
            idle: Duration::from_secs(90 * 24 * 60 * 60),
            grace: Duration::from_secs(60),
        }
    }
}

/// Who may have an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accounts {
    /// Whoever registers.
    Open,
    /// The one local person, who is signed in without a password by the program around the service. Nobody can register
    /// or sign in over HTTP: other people of the same computer reach the loopback address, too.
    LocalPerson,
}

pub use account_api::Registration;

/// Who says how long pictures stay in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrashDays {
    /// The operator: so many days, or without any until people empty it. Announced when the service starts.
    Operator(Option<u32>),
    /// The person whose library it is, in the library itself; until then it is kept until it is emptied.
    Person,
}

impl Default for TrashDays {
    fn default() -> Self {
        Self::Operator(None)
    }
}

/// What links are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStyle {
    /// An address of the service, which redirects to the bytes for as long as the picture exists.
    Service,
    /// A presigned address of the bucket, good for seven days, the longest that S3 allows: for a service that others
    /// can't reach.
    Presigned,
}

/// When an account's changes are written into the bucket, beside its pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalPolicy {
    /// When nothing has changed for so long.
    pub quiet: Duration,
    /// So long after the first of them at the latest.
    pub longest: Duration,
}

impl Default for JournalPolicy {
    fn default() -> Self {
        Self { quiet: Duration::from_secs(5), longest: Duration::from_secs(60) }
    }
}

/// Descriptions on the service.
#[derive(Debug, Clone)]
pub struct AiConfig {
    /// `OPENAI_API_KEY`; empty for a local server that wants none.
    pub key: SecretString,
    /// `OPENAI_BASE_URL`; OpenAI's own without.
    pub base_url: Option<Url>,
    /// `OPENAI_MODEL`.
    pub model: String,
}

/// How fast anybody may ask.
#[derive(Debug, Clone, Copy)]
pub struct RatePolicy {
    /// All requests from one address (one /64 of IPv6). `RATE_PER_ADDRESS`, a minute.
    pub address: Rate,
    /// All requests of one account. `RATE_PER_ACCOUNT`, a minute.
    pub account: Rate,
    /// Registering, signing in, and whatever else has a password worked on, from one address. `RATE_SIGN_INS`, a minute.
    pub credentials: Rate,
}

/// A number of requests at once, and how many come back in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// A minute, in the long run.
    pub per_minute: u32,
}

impl Rate {
    /// So many a minute, and as many at once.
    pub const fn per_minute(requests: u32) -> Self {
        Self { burst: requests, per_minute: requests }
    }
}

impl Default for RatePolicy {
    fn default() -> Self {
        Self { address: Rate::per_minute(6000), account: Rate::per_minute(3000), credentials: Rate::per_minute(60) }
    }
}

/// What a password costs to hash with Argon2id (RFC 9106). When it is raised, a hash is made anew when its owner signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, in KiB. `ARGON2_MEMORY_KIB`.
    pub memory_kib: u32,
    /// Passes over it. `ARGON2_PASSES`.
    pub passes: u32,
    /// Lanes, which one thread works on here.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// What OWASP's Password Storage Cheat Sheet names: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

/// Who may have a connection, and for how long it may keep others waiting.
#[derive(Debug, Clone)]
pub struct ConnectionPolicy {
    /// The most at the same time. `MAX_CONNECTIONS`; by default as many as leave files to open for everything else.
    pub most: usize,
    /// The most from one address (one /64 of IPv6) at the same time, and the most requests of one address behind a trusted
    /// proxy; none for as many as there are. `MAX_CONNECTIONS_PER_ADDRESS`.
    pub most_by_address: Option<usize>,
    /// How long the first byte of a connection may be in coming, and from their first byte on all headers of a request.
    pub head: Duration,
    /// How long a connection may lie idle between requests. Longer than clients keep theirs (mostly 90 seconds), so that it's
    /// they who close and never find one closed that they are about to use.
    pub idle: Duration,
    /// How long a body may stop coming.
    pub body_stall: Duration,
    /// How long a body may be waited for in all, beyond what [`body_rate`](Self::body_rate) gives it.
    pub body_patience: Duration,
    /// The least that has to come of a body, in bytes a second of waiting.
    pub body_rate: u64,
    /// How long a client may take nothing of an answer.
    pub write_stall: Duration,
}

impl Default for ConnectionPolicy {
    fn default() -> Self {
        Self {
            most: 512,
            most_by_address: Some(256),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(100),
            body_stall: Duration::from_secs(60),
            body_patience: Duration::from_secs(30),
            // An old mobile network is five times as fast.
            body_rate: 1024,
            write_stall: Duration::from_secs(60),
        }
    }
}

/// Bounds on what is taken.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest picture, in bytes. `MAX_FILE_SIZE`.
    pub file_size: u64,
    /// Whether files that would travel in parts are refused, because the store can't put parts together; see
    /// [`BucketConfig::without_parts`]. Follows from the store.
    pub without_parts: bool,
    /// The largest JSON body, in bytes.
    pub json_body: usize,
    /// How long a request may take that moves no picture.
    pub request: Duration,
    /// How long a request may take that moves one, or has the store or an AI work on one.
    pub transfer: Duration,
    /// How long a picture that passes through the service may stop arriving.
    pub stall: Duration,
    /// Who may have a connection.
    pub connections: ConnectionPolicy,
    /// How long an upload may lie open without a grant being asked for it.
    pub open_upload: Duration,
    /// How many uploads of an account may be open at the same time.
    pub open_uploads: u64,
    /// How long an address is good by which a client stores something.
    pub address: Duration,
    /// What is left free on the disk that the service writes to, in bytes; never more than a twentieth of it.
    pub spare_disk: u64,
    /// How fast anybody may ask; none for as fast as they can. `RATE_LIMITS=off`.
    pub rates: Option<RatePolicy>,
    /// How long requests in flight may go on when the service ends. `STOP_SECONDS`.
    pub stop: Duration,
    /// How often a stream of changes looks by itself for those that other processes made; by default as often as the
    /// database takes: seldom where it tells.
    pub look: Option<Duration>,
    /// How many passwords are hashed at the same time; each takes 19 MiB and a core.
    pub password_workers: usize,
    /// How many pictures are decoded at the same time.
    pub picture_workers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            file_size: 5 * 1024 * 1024 * 1024,
            without_parts: false,
            json_body: 2 * 1024 * 1024,
            request: Duration::from_secs(60),
            transfer: Duration::from_secs(60 * 60),
            stall: Duration::from_secs(60),
            connections: ConnectionPolicy::default(),
            open_upload: Duration::from_secs(48 * 60 * 60),
            // One computer sends up to 192 files at a time.
            open_uploads: 1000,
            address: crate::object_store::GOOD_FOR,
            spare_disk: 256 * 1024 * 1024,
            rates: Some(RatePolicy::default()),
            stop: Duration::from_secs(20),
            look: None,
            password_workers: cores,
            picture_workers: cores,
        }
    }
}

impl Config {
    /// The configuration with nothing set: SQLite and the embedded store under `data_dir`, on a free port of loopback.
    pub fn in_folder(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: data_dir.into(),
            reserve_in: None,
            public_url: None,
            database_url: None,
            store: StoreConfig::Embedded,
            signing: SigningKeys::default(),
            sealing: None,
            sealing_previous: None,
            sessions: SessionPolicy::default(),
            accounts: Accounts::Open,
            registration: Registration::Open,
            links: LinkStyle::Service,
            ai: None,
            password_cost: PasswordCost::default(),
            mail: None,
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
            quotas: Quotas::default(),
            trash: TrashDays::default(),
            journal: JournalPolicy::default(),
            metrics_listen: None,
            log_format: LogFormat::default(),
        }
    }

    /// Makes the data folder, for its owner only, and keeps room on its disk. What is there already becomes its owner's, too.
    pub(crate) fn prepare_folder(&self) -> std::io::Result<Room> {
        files::folder(&self.data_dir)?;
        files::tighten_within(&self.data_dir, is_ours);
        let reserve = self.reserve_in.as_ref().unwrap_or(&self.data_dir);
        Ok(Room::keep(reserve))
    }

    /// The database's URL, the given one or the one of the file under `data_dir`.
    pub(crate) fn database_url(&self) -> SecretString {
        self.database_url.clone().unwrap_or_else(|| {
            let path = self.data_dir.join("account.db");
            // The driver takes what stands after `sqlite:` as the path, up to a `?`, and decodes percent signs. Without
            // `//`, because what follows that has to be a host: a blank or a Windows drive is none.
            let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
            SecretString::from(format!("sqlite:{path}?mode=rwc"))
        })
    }
}

/// What the service makes in its data folder, which may hold other things, too.
fn is_ours(name: &str) -> bool {
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| name.starts_with(beginning));
    ["store", "transit", "reserve"].contains(&name) || begins(&["account.", "damaged-"]) || name.ends_with(".key")
}
