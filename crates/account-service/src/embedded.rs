//! The service inside another program: on loopback, on SQLite, for the one person at this computer.

mod database_file;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use account_api::{AuthResponse, ErrorDetail};
use sea_orm::EntityTrait;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use url::Url;
use uuid::Uuid;

use self::database_file::Lock;
use crate::config::{Accounts, Config, LinkStyle, StoreConfig, TrashDays};
use crate::object_store::{BucketConfig, StoreError};
use crate::rebuild::{Library, Progress, RebuildError, Report};
use crate::server::{SIGNING_KEY, Server, Stop};
use crate::service::App;
use crate::start_error::StartError;
use crate::storage::entity::user;
use crate::{auth, journal, rebuild, trash_rule};

pub use database_file::Lost;

/// Whose library it is, beside the database: in a bucket that others use, too, it can't be seen once that is lost.
const WHOSE: &str = "library.id";

/// Where the pictures of *This computer* are, in the data folder.
const OBJECTS: &str = "store/objects";

/// What the program around the service decides.
#[derive(Debug, Clone)]
pub struct EmbeddedConfig {
    /// Where everything is kept that the service makes. Two processes may use the same folder at the same time.
    pub data_dir: PathBuf,
    /// The folder on whose disk the program keeps room for what has to work when it is full; else `data_dir`.
    pub reserve_in: Option<PathBuf>,
    /// Where the pictures go.
    pub storage: EmbeddedStorage,
    /// The port to use if it is free, so that links stay good; any other if not.
    pub preferred_port: Option<u16>,
    /// Whether the program knows pictures of this library: an empty folder is then no first start.
    pub expects_pictures: bool,
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
    data_dir: PathBuf,
    expects_pictures: bool,
    app: App,
    stop: Stop,
    store: Option<BucketConfig>,
    running: Mutex<Option<JoinHandle<()>>>,
}

/// Starts the service. When it returns, requests are answered.
///
/// A database that is damaged or gone is no error: the damaged files are moved aside together, and a new one begins, of which
/// [`Embedded::lost`] says so until [`Embedded::bring_back`] has brought back what the store knows.
///
/// # Errors
/// When the folder can't be written, the database can't be opened, or no port is free.
pub async fn start(config: EmbeddedConfig) -> Result<Embedded, StartError> {
    let listener = listen(config.preferred_port).await?;
    let data_dir = config.data_dir.clone();
    let unusable = |source| StartError::DataFolder { folder: data_dir.display().to_string(), source };
    machine::files::folder(&data_dir).map_err(unusable)?;
    let _opening = Lock::for_opening(&data_dir).await.map_err(unusable)?;
    database_file::look_after(&data_dir, config.expects_pictures || had_library(&config)).await.map_err(unusable)?;
    let objects = data_dir.join(OBJECTS);
    let has_store = objects.exists() || matches!(config.storage, EmbeddedStorage::Bucket(_));
    if config.expects_pictures && !has_store && database_file::is_there(&data_dir) {
        return Err(StartError::StoreGone(objects));
    }
    let expects_pictures = config.expects_pictures;
    let mut service = Config::in_folder(config.data_dir);
    service.reserve_in = config.reserve_in;
    service.accounts = Accounts::LocalPerson;
    service.trash = TrashDays::Person;
    // One person, on loopback: nobody is to be kept from anybody.
    service.limits.rates = None;
    service.limits.connections.most_by_address = None;
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
    let running = Mutex::new(Some(tokio::spawn(server.run())));
    let embedded = Embedded { base_url, data_dir, expects_pictures, app, stop, store, running };
    // Here the store answers at once; of a bucket the program around the service asks when it likes to.
    if embedded.store.is_some()
        && let Err(error) = embedded.is_older().await
    {
        tracing::warn!(?error, "whether the database is older than the journal can’t be told");
    }
    Ok(embedded)
}

/// Whether there was a library here before: in the store that lies here, or in the bucket that a service has used from here.
fn had_library(config: &EmbeddedConfig) -> bool {
    match config.storage {
        EmbeddedStorage::ThisComputer => {
            let objects = config.data_dir.join(OBJECTS);
            let holds =
                |folder: &str| std::fs::read_dir(objects.join(folder)).is_ok_and(|mut one| one.next().is_some());
            holds("pictures") || holds("journal")
        }
        EmbeddedStorage::Bucket(_) => config.data_dir.join(SIGNING_KEY).exists(),
    }
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
        let session = auth::local_person(&self.app).await.map_err(crate::error::Error::into_detail)?;
        // While it isn't back, the person is somebody new, and the note is of the one whose library it is.
        if self.lost().is_none()
            && let Err(error) = note_whose(&self.data_dir, &session.user.id)
        {
            tracing::warn!(%error, "whose library this is can’t be noted");
        }
        Ok(session)
    }

    /// What became of the database, as long as its content is not back.
    pub fn lost(&self) -> Option<Lost> {
        database_file::lost(&self.data_dir)
    }

    /// Whether the database is older than the journal in the store, as one that was put back from a backup, or that another
    /// computer with the same bucket has left behind. Then [`lost`](Self::lost) says so, and
    /// [`bring_back`](Self::bring_back) takes up what it lacks.
    ///
    /// # Errors
    /// When store or database can't be read.
    pub async fn is_older(&self) -> Result<bool, ErrorDetail> {
        let older = self.look_for_later().await.map_err(crate::error::Error::into_detail)?;
        Ok(older || self.lost().is_some_and(|lost| lost.older))
    }

    async fn look_for_later(&self) -> Result<bool, crate::error::Error> {
        if self.lost().is_some() {
            return Ok(false);
        }
        let Some(user_id) = self.whose() else { return Ok(false) };
        // First the journal: what is written meanwhile is in the database before it is there.
        let newest = journal::newest(&self.app.store, user_id).await?;
        let user = user::Entity::find_by_id(user_id).one(self.app.database.read()).await?;
        let Some(known) = user.map(|user| user.revision).filter(|known| *known < newest) else { return Ok(false) };
        let reason = format!("it knows {known} changes, the journal {newest}");
        database_file::note_older(&self.data_dir, reason).map_err(crate::error::Error::internal)?;
        Ok(true)
    }

    /// Brings back what the lost database held, from the store and the journal in it: every library of the store that lies
    /// here, and of a bucket the one that was in use here. When another process is at it, this waits for it.
    ///
    /// # Errors
    /// See [`RebuildError`]. Doing it again goes on where it was broken off. A store that has nothing of a library whose pictures
    /// are known is an error: it may be somewhere else. When it can't be told which of a bucket's
    /// libraries is meant, this is the last time that it is tried: somebody has to say so.
    pub async fn bring_back(&self, tell: &(dyn Fn(Progress) + Send + Sync)) -> Result<Report, RebuildError> {
        let _alone = Lock::for_bringing_back(&self.data_dir).await.map_err(crate::error::Error::internal)?;
        let Some(lost) = self.lost() else { return Ok(Report::default()) };
        let brought_back = match lost.older {
            true => self.take_up().await,
            false => self.bring_back_all(tell).await,
        };
        let report = match brought_back {
            Err(RebuildError::NoLibrary) if !self.expects_pictures => Ok(Report::default()),
            other => other,
        };
        if matches!(report, Ok(_) | Err(RebuildError::Several(_))) {
            database_file::found(&self.data_dir).map_err(crate::error::Error::internal)?;
        }
        report
    }

    async fn take_up(&self) -> Result<Report, RebuildError> {
        let user_id = self.whose().ok_or(RebuildError::NoLibrary)?;
        Ok(rebuild::adopt(&self.app, user_id).await?)
    }

    /// Whose library it was when it was last in use.
    fn whose(&self) -> Option<Uuid> {
        let noted = std::fs::read_to_string(self.data_dir.join(WHOSE)).ok()?;
        Uuid::try_parse(noted.trim()).ok()
    }

    async fn bring_back_all(&self, tell: &(dyn Fn(Progress) + Send + Sync)) -> Result<Report, RebuildError> {
        let noted = self.whose();
        let mut there = rebuild::libraries(&self.app).await?;
        // The one that was in use comes first: the person becomes its person again.
        there.sort_by_key(|library| (Some(library.user_id) != noted, std::cmp::Reverse(library.pictures)));
        let is_noted = there.first().is_some_and(|first| Some(first.user_id) == noted);
        if self.store.is_none() {
            match (is_noted, there.len()) {
                (true, _) => there.truncate(1),
                (false, 0 | 1) => {}
                (false, _) => return Err(RebuildError::Several(there)),
            }
        }
        if there.is_empty() {
            return Err(RebuildError::NoLibrary);
        }
        let mut all = Report::default();
        for library in there {
            let report = rebuild::rebuild(&self.app, Some(&library.user_id.to_string()), tell).await?;
            all = all.and(report);
        }
        Ok(all)
    }

    /// Says from now on how many days pictures stay in the trash; none for until it is emptied. Kept in the library, for
    /// every process that opens it. What is in the trash already gets all of these days when they are fewer than before.
    ///
    /// # Errors
    /// When that is no number of days from 1 to [`TrashRule::MOST_DAYS`](account_api::TrashRule::MOST_DAYS), or the database
    /// can't be used.
    pub async fn keep_trash(&self, days: Option<u32>) -> Result<(), ErrorDetail> {
        trash_rule::announce(&self.app, days).await.map_err(crate::error::Error::into_detail)
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

fn note_whose(data_dir: &Path, user_id: &str) -> std::io::Result<()> {
    let path = data_dir.join(WHOSE);
    if std::fs::read_to_string(&path).is_ok_and(|noted| noted == user_id) {
        return Ok(());
    }
    let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
    std::io::Write::write_all(&mut file, user_id.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.stop.stop();
    }
}
