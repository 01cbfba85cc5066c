//! Somebody at a computer: the whole engine in a temporary folder, against a service that can go away and come back.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use account_service::{Config, Server, Stop};
use engine::view::{AccountForm, LibraryQuery, PictureDetail, PictureEdit, RegisterForm, Scope};
use engine::{Engine, EngineConfig, Event, EventSink, ResultStatus, Role, Source, UploadOptions};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Nothing here takes nearly as long, unless it will never happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// An account service that keeps its address through a stop.
pub struct Hosted {
    config: Config,
    running: Option<(Stop, JoinHandle<()>)>,
    folder: TempDir,
}

impl Hosted {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut hosted = Self { config: Config::in_folder(folder.path()), running: None, folder };
        hosted.up().await;
        hosted
    }

    pub async fn up(&mut self) {
        let server = Server::bind(self.config.clone()).await.unwrap();
        self.config.listen = server.address();
        self.running = Some((server.stop_handle(), tokio::spawn(server.run())));
    }

    pub async fn down(&mut self) {
        let (stop, running) = self.running.take().unwrap();
        stop.stop();
        running.await.unwrap();
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.config.listen)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        if let Some((stop, _)) = &self.running {
            stop.stop();
        }
    }
}

/// Keeps what the engine says.
pub struct Heard {
    events: Mutex<Vec<Event>>,
    count: watch::Sender<usize>,
}

impl EventSink for Heard {
    fn emit(&self, event: Event) {
        self.events.lock().unwrap().push(event);
        self.count.send_modify(|count| *count += 1);
    }
}

/// The engine, its folder and what it says.
pub struct Computer {
    pub engine: Engine,
    heard: Arc<Heard>,
    home: Arc<TempDir>,
}

impl Computer {
    pub async fn new(role: Role) -> Self {
        Self::at(Arc::new(tempfile::tempdir().unwrap()), role).await
    }

    async fn at(home: Arc<TempDir>, role: Role) -> Self {
        let heard = Arc::new(Heard { events: Mutex::default(), count: watch::Sender::new(0) });
        let config = EngineConfig {
            data_dir: home.path().join("data"),
            role,
            passphrase: Some("a passphrase for tests".into()),
            events: heard.clone(),
            version: "0.0.0".into(),
            device_name: "test".into(),
        };
        Self { engine: Engine::open(config).await.unwrap(), heard, home }
    }

    /// With a new account.
    pub async fn registered(role: Role, hosted: &Hosted, name: &str) -> Self {
        let computer = Self::new(role).await;
        let form = RegisterForm {
            service: hosted.url(),
            username: name.into(),
            email: format!("{name}@example.com"),
            password: format!("{name} has a password"),
            invitation: None,
        };
        computer.engine.register(form).await.unwrap();
        computer
    }

    /// Signed in to an account that there is.
    pub async fn signed_in(role: Role, hosted: &Hosted, name: &str) -> Self {
        let computer = Self::new(role).await;
        computer.sign_in(hosted, name).await;
        computer
    }

    pub async fn sign_in(&self, hosted: &Hosted, name: &str) {
        self.sign_in_at(&hosted.url(), name).await;
    }

    /// The same at another address of the service.
    pub async fn sign_in_at(&self, service: &str, name: &str) {
        let password = format!("{name} has a password");
        let form = AccountForm { service: service.into(), username: name.into(), password, code: None };
        self.engine.sign_in(form).await.unwrap();
    }

    /// Another process at the same computer.
    pub async fn beside(&self, role: Role) -> Self {
        Self::at(Arc::clone(&self.home), role).await
    }

    /// Ends it and starts it again.
    pub async fn restarted(self, role: Role) -> Self {
        self.engine.shutdown().await;
        let home = Arc::clone(&self.home);
        drop(self);
        Self::at(home, role).await
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Loses the file of an upload.
    pub fn lose(&self, name: &str) {
        std::fs::remove_file(self.home.path().join(name)).unwrap();
    }

    /// A folder for downloads.
    pub fn downloads(&self) -> PathBuf {
        let folder = self.home.path().join("downloads");
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// The folder of the one library.
    pub fn library_dir(&self) -> PathBuf {
        let mut libraries = std::fs::read_dir(self.data_dir().join("libraries")).unwrap();
        libraries.next().unwrap().unwrap().path()
    }

    /// Uploads bytes as a file and gives the picture's local number.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> u32 {
        let path = self.home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let rows = self.engine.upload(vec![Source::Path(path)], UploadOptions::default()).await.unwrap();
        let results = self.engine.finish_uploads(&rows, |_| ()).await.unwrap();
        assert_eq!(results[0].status, ResultStatus::Uploaded, "{results:?}");
        self.engine.resolve(results[0].id.as_deref().unwrap()).await.unwrap()
    }

    /// Changes a picture, and gives it as it is then.
    pub async fn edit(&self, id: u32, edit: PictureEdit) -> engine::Result<PictureDetail> {
        self.engine.edit(vec![id], edit).await?;
        self.engine.picture(id).await
    }

    /// Gives a picture another name.
    pub async fn rename(&self, id: u32, name: &str) -> engine::Result<PictureDetail> {
        self.edit(id, PictureEdit { name: Some(name.into()), ..PictureEdit::default() }).await
    }

    /// The pictures of a part of the library.
    pub async fn pictures(&self, scope: Scope) -> Vec<PictureDetail> {
        let query = LibraryQuery { scope, ..LibraryQuery::default() };
        let mut pictures = Vec::new();
        for item in self.engine.layout(query).await.unwrap() {
            pictures.push(self.engine.picture(item.id).await.unwrap());
        }
        pictures
    }

    /// The names of a part of the library.
    pub async fn names(&self, scope: Scope) -> Vec<String> {
        self.pictures(scope).await.into_iter().map(|picture| picture.name).collect()
    }

    /// Waits for an event that was or will be said.
    pub async fn heard(&self, what: &str, mut wanted: impl FnMut(&Event) -> bool) {
        let mut count = self.heard.count.subscribe();
        let search = async {
            let mut seen = 0;
            loop {
                {
                    let events = self.heard.events.lock().unwrap();
                    if events[seen..].iter().any(&mut wanted) {
                        return;
                    }
                    seen = events.len();
                }
                count.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(PATIENCE, search).await.is_err() {
            panic!("{what} was not heard; {:#?}", self.heard.events.lock().unwrap());
        }
    }

    /// Waits until the pictures of a part of the library are as wanted, looking again whenever it is said to change.
    pub async fn sees(&self, scope: Scope, what: &str, wanted: impl Fn(&[PictureDetail]) -> bool) {
        let mut count = self.heard.count.subscribe();
        let look = async {
            loop {
                count.borrow_and_update();
                if wanted(&self.pictures(scope).await) {
                    return;
                }
                count.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(PATIENCE, look).await.is_err() {
            panic!("{what} was not seen; {:#?}", self.pictures(scope).await);
        }
    }

    /// What was said so far.
    pub fn said(&self) -> Vec<Event> {
        self.heard.events.lock().unwrap().clone()
    }
}

/// All files below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}
