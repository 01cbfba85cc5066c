//! A real account service over real HTTP, on either database and either store, and people with the real engine.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use account_service::config::{BucketConfig, Config, StoreConfig};
use account_service::{Server, Stop};
use engine::upload::{ResultStatus, Source, UploadOptions, UploadResult};
use engine::view::{RegisterForm, UploadsChange};
use engine::{Engine, EngineConfig, Event, EventSink, Role};
use testkit::garage::Garage;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The service's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite,
    /// Debian's PostgreSQL.
    Postgres,
}

/// The service's object store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// The one that is part of the service.
    Embedded,
    /// A Garage server.
    Garage,
}

/// A hosted account service that can be stopped and started again on the same address.
pub struct Hosted {
    config: Config,
    garage: Option<Garage>,
    running: Option<(Stop, JoinHandle<()>)>,
    folder: tempfile::TempDir,
}

impl Hosted {
    /// Starts the service.
    pub async fn start(database: Database, store: Store) -> Self {
        Self::start_with(database, store, |_| {}).await
    }

    /// Starts the service with a configuration of the test's own.
    pub async fn start_with(database: Database, store: Store, adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::in_folder(folder.path());
        if database == Database::Postgres {
            config.database_url = Some(testkit::postgres::database().await.into());
        }
        let mut garage = None;
        if store == Store::Garage {
            let bucket = testkit::garage::bucket().await;
            config.store = StoreConfig::Bucket(bucket_config(&bucket));
            garage = Some(bucket);
        }
        adjust(&mut config);
        let mut hosted = Self { config, garage, running: None, folder };
        hosted.resume().await;
        hosted
    }

    /// Starts it again, on the same address.
    pub async fn resume(&mut self) {
        let server = Server::bind(self.config.clone()).await.expect("the service starts");
        self.config.listen = server.address();
        let stop = server.stop_handle();
        self.running = Some((stop, tokio::spawn(server.run())));
    }

    /// Ends it and waits until its port is free.
    pub async fn stop(&mut self) {
        if let Some((stop, running)) = self.running.take() {
            stop.stop();
            running.await.unwrap();
        }
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.config.listen
    }

    /// Where it answers, as people type it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Where the service keeps what it makes itself.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The bucket on Garage.
    pub fn garage(&self) -> &Garage {
        self.garage.as_ref().expect("this service stores in Garage")
    }

    /// Somebody new, with an account and an app of their own.
    pub async fn person(&self, name: &str) -> Person {
        let person = Person::new(Role::CommandLine).await;
        person.register(self, name).await;
        person
    }
}

/// The same settings as people and the service name them.
pub fn bucket_config(garage: &Garage) -> BucketConfig {
    BucketConfig {
        endpoint: Some(garage.endpoint.clone()),
        region: garage.region.clone(),
        bucket: garage.bucket.clone(),
        key_id: garage.key_id.clone(),
        secret: garage.secret.clone().into(),
        path_style: garage.path_style,
        without_parts: false,
        as_typed: true,
    }
}

/// Takes the engine's events, so that a test can wait for one.
pub struct Recorder {
    events: Mutex<Vec<Event>>,
    count: watch::Sender<usize>,
}

impl EventSink for Recorder {
    fn emit(&self, event: Event) {
        self.events.lock().unwrap().push(event);
        self.count.send_modify(|count| *count += 1);
    }
}

impl Recorder {
    fn new() -> Arc<Self> {
        Arc::new(Self { events: Mutex::default(), count: watch::Sender::new(0) })
    }

    /// Waits until one of all events so far or to come satisfies the condition.
    pub async fn until(&self, what: &str, mut matches: impl FnMut(&Event) -> bool) {
        let mut count = self.count.subscribe();
        let mut seen = 0;
        let search = async {
            loop {
                {
                    let events = self.events.lock().unwrap();
                    if events[seen..].iter().any(&mut matches) {
                        return;
                    }
                    seen = events.len();
                }
                count.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(std::time::Duration::from_secs(120), search).await.is_err() {
            panic!(
                "waited in vain for {what}; events: {:#?}",
                self.events.lock().unwrap().iter().rev().take(12).collect::<Vec<_>>()
            );
        }
    }

    /// Forgets what has been.
    pub fn clear(&self) {
        self.events.lock().unwrap().clear();
    }
}

/// Somebody with the app on a computer of their own.
pub struct Person {
    /// The app without its window.
    pub engine: Engine,
    /// What it said.
    pub events: Arc<Recorder>,
    home: Arc<tempfile::TempDir>,
}

impl Person {
    /// The app on a new computer, with no place chosen.
    pub async fn new(role: Role) -> Self {
        Self::at(Arc::new(tempfile::tempdir().unwrap()), role).await
    }

    async fn at(home: Arc<tempfile::TempDir>, role: Role) -> Self {
        let events = Recorder::new();
        let engine = Engine::open(EngineConfig {
            data_dir: home.path().join("data"),
            role,
            // Test machines have no keychain; `keyring.rs` tests one.
            passphrase: Some("a passphrase for tests".into()),
            events: events.clone(),
            version: "0.0.0-test".to_owned(),
            device_name: "test computer".to_owned(),
        })
        .await
        .expect("the engine opens");
        Self { engine, events, home }
    }

    /// Makes an account.
    pub async fn register(&self, hosted: &Hosted, name: &str) {
        self.engine
            .register(RegisterForm {
                service: hosted.url(),
                username: name.to_owned(),
                email: format!("{name}@example.com"),
                password: password_of(name),
                invitation: None,
            })
            .await
            .expect("registering works");
    }

    /// Ends the app and starts it again on the same computer.
    pub async fn restart(self, role: Role) -> Self {
        self.restart_after(role, |_| {}).await
    }

    /// The same with something done to the app's folder between.
    pub async fn restart_after(self, role: Role, change: impl FnOnce(&Path)) -> Self {
        let Self { engine, home, .. } = self;
        engine.shutdown().await;
        drop(engine);
        change(&home.path().join("data"));
        Self::at(home, role).await
    }

    /// The app's folder.
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Writes a file to this computer.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.home.path().join("pictures").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Uploads files and waits until each is done.
    pub async fn upload(&self, paths: &[PathBuf]) -> Vec<UploadResult> {
        let sources = paths.iter().cloned().map(Source::Path).collect();
        let rows = self.engine.upload(sources, UploadOptions::default()).await.expect("files can be queued");
        self.engine.finish_uploads(&rows, |_: &UploadsChange| {}).await.expect("the queue runs")
    }

    /// Uploads one picture that must be taken, and gives its local number.
    pub async fn upload_one(&self, path: &Path) -> u32 {
        let results = self.upload(&[path.to_owned()]).await;
        assert_eq!(results[0].status, ResultStatus::Uploaded, "{results:?}");
        self.engine.resolve(results[0].id.as_deref().unwrap()).await.unwrap()
    }

    /// The bytes of a picture as the store has them.
    pub async fn read_back(&self, id: u32) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = self.engine.download(id, folder.path().to_owned()).await.expect("the picture can be downloaded");
        std::fs::read(path).unwrap()
    }

    /// How many pictures the library shows.
    pub async fn count(&self) -> usize {
        self.engine.layout(Default::default()).await.unwrap().len()
    }
}

/// The password that a person of the tests has.
pub fn password_of(name: &str) -> String {
    format!("{name} has a long password")
}
