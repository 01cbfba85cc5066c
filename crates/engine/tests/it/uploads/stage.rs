//! A person with an account, their computer, the service and the store.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use account_service::config::StoreConfig;
use account_service::{Config, Housekeeping, Server, Stop};
use engine::view::{
    AccountForm, Connection, LibraryQuery, RegisterForm, Sort, UploadRow, UploadStatus, UploadsSnapshot,
};
use engine::{Engine, EngineConfig, Event, EventSink, Role, Source, UploadOptions};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use testkit::garage::Garage;
use testkit::proxy::{Exchange, FaultProxy};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::bucket::{Bucket, Store};

/// Long enough for a slow machine; reached only when something hangs.
const LIMIT: Duration = Duration::from_secs(90);

/// A service with a bucket; both behind proxies.
pub struct Stage {
    /// In front of the S3 server. The service reaches the store through it, too.
    pub store: FaultProxy,
    /// In front of the account service.
    pub service: FaultProxy,
    pub bucket: Bucket,
    pub folder: TempDir,
    /// What the service does from time to time, for doing it now.
    pub chores: Housekeeping,
    stop: Stop,
    _running: JoinHandle<()>,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(Store::Garage).await
    }

    pub async fn with(store: Store) -> Self {
        Self::configured(store, |_| {}).await
    }

    pub async fn configured(store: Store, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bucket = Bucket::open(store, folder.path()).await;
        let store = FaultProxy::start(&bucket.endpoint());
        let mut config = Config {
            store: StoreConfig::Bucket(bucket.reached_at(store.endpoint())),
            ..Config::in_folder(folder.path().join("service"))
        };
        change(&mut config);
        let server = Server::bind(config).await.unwrap();
        let service = FaultProxy::start(&format!("http://{}", server.address()));
        let (stop, chores) = (server.stop_handle(), server.housekeeping());
        Self { store, service, bucket, folder, chores, stop, _running: tokio::spawn(server.run()) }
    }

    pub fn garage(&self) -> &Garage {
        match &self.bucket {
            Bucket::Garage(garage) => garage,
            Bucket::Embedded { .. } => panic!("this stage has another store"),
        }
    }

    /// Anna's computer, registered, with nothing running.
    pub async fn anna(&self) -> Computer {
        let computer = Computer::new(self.folder.path().join("anna"), Role::Window).await;
        let form = RegisterForm {
            service: self.service.endpoint(),
            username: "anna".to_owned(),
            email: "anna@example.com".to_owned(),
            password: "a long enough password".to_owned(),
            invitation: None,
        };
        computer.engine.register(form).await.unwrap();
        computer
    }

    /// Another computer of hers.
    pub async fn annas_other(&self, name: &str) -> Computer {
        let computer = Computer::new(self.folder.path().join(name), Role::Window).await;
        let form = AccountForm {
            service: self.service.endpoint(),
            username: "anna".to_owned(),
            password: "a long enough password".to_owned(),
            code: None,
        };
        computer.engine.sign_in(form).await.unwrap();
        computer
    }

    /// A file of hers.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("pictures").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// PUTs of pictures or parts that reached the store and were taken there, in the order of arrival.
    pub fn taken(&self) -> Vec<Exchange> {
        let put = |exchange: &Exchange| exchange.method == "PUT" && exchange.target.contains("/pictures/");
        self.store.exchanges().into_iter().filter(|e| put(e) && e.server_status == Some(200)).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

/// Keeps the newest state of every row, as a window does.
pub struct Window {
    rows: watch::Sender<Vec<UploadRow>>,
    connection: watch::Sender<Connection>,
    pub events: Mutex<Vec<Event>>,
}

impl EventSink for Window {
    fn emit(&self, event: Event) {
        if let Event::Uploads(change) = &event {
            self.rows.send_modify(|rows| {
                rows.retain(|row| !change.removed.contains(&row.id));
                for changed in &change.changed {
                    match rows.iter_mut().find(|row| row.id == changed.id) {
                        Some(row) => row.clone_from(changed),
                        None => rows.push(changed.clone()),
                    }
                }
            });
        }
        if let Event::StateChanged(state) = &event {
            self.connection.send_replace(state.connection.clone());
        }
        self.events.lock().unwrap().push(event);
    }
}

/// The app on a computer.
pub struct Computer {
    pub engine: Engine,
    pub window: Arc<Window>,
    data_dir: PathBuf,
    role: Role,
}

impl Computer {
    pub async fn new(data_dir: PathBuf, role: Role) -> Self {
        let window = Arc::new(Window {
            rows: watch::Sender::new(Vec::new()),
            connection: watch::Sender::new(Connection::Connecting),
            events: Mutex::default(),
        });
        let engine = Engine::open(EngineConfig {
            data_dir: data_dir.clone(),
            role,
            passphrase: Some("correct horse".to_owned().into()),
            events: window.clone(),
            version: "test".to_owned(),
            device_name: "Anna's laptop".to_owned(),
        })
        .await
        .unwrap();
        Self { engine, window, data_dir, role }
    }

    /// The same folder, opened again.
    pub async fn again(&self) -> Self {
        Self::new(self.data_dir.clone(), self.role).await
    }

    /// The same folder, opened by a command in a terminal.
    pub async fn command(&self) -> Self {
        Self::new(self.data_dir.clone(), Role::CommandLine).await
    }

    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub async fn drop_files(&self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Vec<u32> {
        let sources = paths.into_iter().map(|path| Source::Path(path.into())).collect();
        self.engine.upload(sources, UploadOptions::default()).await.unwrap()
    }

    /// Waits until the window shows what is wanted of these rows, and gives them in order.
    pub async fn until(&self, ids: &[u32], wanted: impl Fn(&UploadRow) -> bool) -> Vec<UploadRow> {
        let mut rows = self.window.rows.subscribe();
        let all = |rows: &Vec<UploadRow>| -> Option<Vec<UploadRow>> {
            ids.iter().map(|id| rows.iter().find(|row| row.id == *id && wanted(row)).cloned()).collect()
        };
        let waiting =
            async { rows.wait_for(|rows| all(rows).is_some()).await.map(|rows| all(&rows).unwrap()).unwrap() };
        if let Ok(rows) = tokio::time::timeout(LIMIT, waiting).await {
            return rows;
        }
        let rows = self.window.rows.borrow().clone();
        panic!("still not so: {rows:#?}\n{:#?}", self.snapshot().await.summary)
    }

    /// Waits until the window shows this connection.
    pub async fn until_connection(&self, what: &str, wanted: impl FnMut(&Connection) -> bool) -> Connection {
        let mut connection = self.window.connection.subscribe();
        match tokio::time::timeout(LIMIT, connection.wait_for(wanted)).await {
            Ok(connection) => connection.unwrap().clone(),
            Err(_) => panic!("still not {what}: {:?}", self.engine.state().connection),
        }
    }

    /// Waits until these rows are finished, and gives them in order.
    pub async fn finished(&self, ids: &[u32]) -> Vec<UploadRow> {
        self.until(ids, |row| is_finished(&row.status)).await
    }

    pub async fn snapshot(&self) -> UploadsSnapshot {
        self.engine.uploads().await.unwrap()
    }

    /// Pictures of the library, by number.
    pub async fn pictures(&self) -> Vec<u32> {
        let query = LibraryQuery { sort: Sort::Added, ..LibraryQuery::default() };
        let mut ids: Vec<u32> = self.engine.layout(query).await.unwrap().iter().map(|item| item.id).collect();
        ids.sort_unstable();
        ids
    }

    /// Reads the picture back from the store and compares it with a file's bytes.
    pub async fn assert_stored(&self, picture: u32, bytes: &[u8]) {
        let folder = tempfile::tempdir().unwrap();
        let saved = self.engine.download(picture, folder.path().to_owned()).await.unwrap();
        assert!(std::fs::read(saved).unwrap() == bytes, "picture {picture} is stored with other bytes");
        let detail = self.engine.picture(picture).await.unwrap();
        assert_eq!(detail.sha256, hex::encode(Sha256::digest(bytes)));
    }

    /// Why the queue waits, as soon as it does.
    pub async fn until_waiting(&self) -> String {
        let waiting = async {
            loop {
                if let Some(reason) = self.snapshot().await.summary.waiting {
                    return reason;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LIMIT, waiting).await.expect("the queue should wait")
    }
}

pub fn is_finished(status: &UploadStatus) -> bool {
    matches!(
        status,
        UploadStatus::Verified
            | UploadStatus::Duplicate
            | UploadStatus::LeftAlone { .. }
            | UploadStatus::Failed { .. }
            | UploadStatus::Cancelled
    )
}

/// The code and the sentence of a row that failed.
pub fn failure(row: &UploadRow) -> (&str, &str) {
    match &row.status {
        UploadStatus::Failed { code, message, .. } => (code, message),
        other => panic!("{} has not failed: {other:?}", row.name),
    }
}

/// A picture of a size in bytes, different for each seed: what follows the end of a PNG is no part of the picture, but of
/// the file.
pub fn large_png(size: usize, seed: u64) -> Vec<u8> {
    let mut bytes = testkit::photos::png(320, 200, seed);
    let mut state = seed.wrapping_add(1);
    while bytes.len() < size {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// Runs the app on threads of its own and then ends them as a crash does: nothing is said to anybody.
pub struct Crashing {
    runtime: Option<Runtime>,
}

impl Crashing {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { runtime: Some(runtime) }
    }

    pub async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        self.runtime.as_ref().unwrap().spawn(work).await.unwrap()
    }

    pub fn crash(mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

impl Drop for Crashing {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Waits for something that no event tells of.
pub async fn until(so: impl Fn() -> bool) {
    let waiting = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.expect("it should come about");
}

/// Waits until something that has to be asked for is so; false when it doesn't come about.
pub async fn until_async(so: impl AsyncFn() -> bool) -> bool {
    until_within(LIMIT, so).await
}

/// The same, for something that need not come about.
pub async fn until_within(limit: Duration, so: impl AsyncFn() -> bool) -> bool {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(limit, waiting).await.is_ok()
}
