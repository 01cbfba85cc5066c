//! What stands behind the facade: settings, secrets, places, the one open library, and the tasks that watch them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use futures::FutureExt;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::{EngineConfig, Role};
use super::recovering::{bring_back, look_for_later};
use super::whom_to_ask::whom_to_ask;
use crate::describing;
use crate::events::{Event, Events};
use crate::open_library::{OpenLibrary, Parts};
use crate::place::{self, OpenPlace, Places, Recovery};
use crate::secrets::{SecretName, Vault};
use crate::settings::{SavedPlace, Store};
use crate::traffic::Traffic;
use crate::upload::Queue;
use crate::view::{
    AppState, Connection, NoticeKind, PlaceKind, RebuildProgress, RebuildReport, SecretsState, Settings,
};
use crate::{EngineError, ErrorKind, Result, comparing, connection, sync};

/// How often the settings are looked at, because another process may have changed them.
const LOOK_AT_SETTINGS: Duration = Duration::from_secs(1);

/// How long ending waits for background work.
const FAREWELL: Duration = Duration::from_secs(5);

/// An open library, the queue that works for it, and the choice that led to it.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) library: Arc<OpenLibrary>,
    pub(super) queue: Queue,
    choice: Option<SavedPlace>,
    /// The place's name in folders and among secrets.
    place_id: String,
    /// A lost account database that comes back first.
    recovery: Option<Recovery>,
    tasks: TaskTracker,
}

/// Shared by all clones of the engine.
pub(super) struct Host {
    pub(super) events: Events,
    pub(super) settings: Store,
    pub(super) vault: Vault,
    pub(super) places: Places,
    traffic: Traffic,
    role: Role,
    version: String,
    runtime: Handle,
    open: RwLock<Option<Open>>,
    /// One change of place at a time.
    changing: tokio::sync::Mutex<()>,
    tray: AtomicBool,
    started: AtomicBool,
    ending: CancellationToken,
}

impl Host {
    pub(super) async fn open(config: EngineConfig) -> Result<Arc<Host>> {
        let data_dir = config.data_dir;
        place::prepare_folder(&data_dir)?;
        let runtime = Handle::current();
        let events = Events::new(config.events, runtime.clone());
        let settings = Store::open(&data_dir)?;
        let vault = Vault::open(&data_dir, config.passphrase).await;
        let places = Places::new(data_dir, config.role, config.device_name, settings.clone(), vault.clone());
        let host = Arc::new(Host {
            events,
            settings,
            vault,
            places,
            traffic: Traffic::new(),
            role: config.role,
            version: config.version,
            runtime,
            open: RwLock::default(),
            changing: tokio::sync::Mutex::default(),
            tray: AtomicBool::new(false),
            started: AtomicBool::new(false),
            ending: CancellationToken::new(),
        });
        host.set_traffic();
        if let Some(notice) = host.settings.take_notice() {
            host.events.emit(Event::Notice(notice));
        }
        if let Some(opened) = host.places.open_current().await? {
            host.install(Some(opened)).await?;
        }
        Ok(host)
    }

    /// The app as a whole.
    pub(super) fn state(&self) -> AppState {
        let open = self.current();
        let place = open.as_ref().map(|open| {
            let mut place = open.library.place.clone();
            place.signed_in = place.signed_in && open.library.client.is_signed_in();
            place
        });
        let choice = self.settings.ai();
        let own_endpoint = choice.base_url.as_ref().is_some_and(|url| url.host_str() != Some(describe::OPENAI_HOST));
        AppState {
            place,
            library: open.as_ref().map(|open| open.library.name.clone()).unwrap_or_default(),
            connection: open.map_or(Connection::Connecting, |open| open.library.connection()),
            secrets: self.vault.state(),
            can_describe: own_endpoint || self.vault.peek(&SecretName::AiKey).is_some(),
            version: self.version.clone(),
            tray: self.tray.load(Ordering::Relaxed),
        }
    }

    /// Whether this is the process of the app's window, which answers links of *This computer*.
    pub(super) fn is_window(&self) -> bool {
        self.role == Role::Window
    }

    pub(super) fn set_tray(&self, shown: bool) {
        if self.tray.swap(shown, Ordering::Relaxed) != shown {
            self.tell_state();
        }
    }

    pub(super) fn tell_state(&self) {
        self.events.emit(Event::StateChanged(Box::new(self.state())));
    }

    pub(super) fn view_settings(&self) -> Settings {
        self.settings.view(&self.vault)
    }

    fn set_traffic(&self) {
        self.traffic.set(self.settings.upload_limit(), self.settings.wait_on_metered());
    }

    /// Keeps to what other processes set for the network, for as long as it is awaited; what has started does so anyway.
    pub(super) async fn follow_traffic(&self) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(LOOK_AT_SETTINGS).await;
            self.set_traffic();
        }
    }

    pub(super) fn tell_settings(&self) -> Settings {
        self.set_traffic();
        let settings = self.view_settings();
        self.events.emit(Event::SettingsChanged(settings.clone()));
        self.tell_state();
        settings
    }

    /// What is open; a command without a choice uses *This computer*.
    pub(super) async fn library(self: &Arc<Self>) -> Result<Open> {
        if let Some(open) = self.current() {
            return Ok(open);
        }
        if self.role == Role::CommandLine {
            self.change_place(|host| async move { host.places.choose_this_computer().await.map(Some) }.boxed()).await?;
        }
        self.current().ok_or_else(|| EngineError::new(ErrorKind::NoPlace, messages::Place::ChooseFirst))
    }

    /// What is open now, if anything.
    pub(super) fn current(&self) -> Option<Open> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the place, one change after the other, and says how things stand then.
    pub(super) async fn change_place<F>(self: &Arc<Self>, choose: F) -> Result<AppState>
    where
        F: FnOnce(Arc<Host>) -> futures::future::BoxFuture<'static, Result<Option<OpenPlace>>>,
    {
        let _turn = self.changing.lock().await;
        let kept = self.vault.keeps();
        let opened = choose(Arc::clone(self)).await?;
        if kept && !self.vault.keeps() {
            self.say_not_kept();
        }
        self.install(opened).await?;
        Ok(self.state())
    }

    /// Says that the keychain, which was there a moment ago, did not take a secret after all.
    fn say_not_kept(&self) {
        if let SecretsState::MemoryOnly { reason } = self.vault.state() {
            let message = messages::Secrets::TypedNotKept { why: reason.to_string() };
            self.events.notice(NoticeKind::Warning, message);
        }
    }

    /// Tells something that needs attention.
    pub(super) fn warn(&self, message: String) {
        self.events.notice(NoticeKind::Warning, message);
    }

    /// Goes back to a place that was chosen before.
    pub(super) async fn use_place(self: &Arc<Self>, named: String) -> Result<AppState> {
        self.change_place(|host| async move { host.places.go_to(&named).await.map(Some) }.boxed()).await
    }

    /// Forgets a place that was chosen before; the open one is closed.
    pub(super) async fn forget_place(self: &Arc<Self>, named: &str) -> Result<AppState> {
        let _turn = self.changing.lock().await;
        let open = self.current().map(|open| open.library.client.clone());
        if self.places.forget(named, open.as_ref()).await? {
            self.install(None).await?;
        }
        Ok(self.state())
    }

    /// Brings a library back from the bucket of the chosen place, while no other place is chosen.
    pub(super) async fn rebuild(
        &self,
        wanted: Option<&str>,
        tell: &(dyn Fn(RebuildProgress) + Send + Sync),
    ) -> Result<RebuildReport> {
        let _turn = self.changing.lock().await;
        let report = self.places.rebuild(wanted, tell).await?;
        if let Some(open) = self.current()
            && let Err(error) = sync::sync(&open.library).await
        {
            tracing::warn!(code = ?error.code, "what was brought back is seen with the next sync");
        }
        Ok(report)
    }

    /// Opens the chosen place again: after unlocking, after damage, or after another process has chosen.
    pub(super) async fn reopen(self: &Arc<Self>) -> Result<AppState> {
        self.change_place(|host| async move { host.places.open_current().await }.boxed()).await
    }

    /// Takes the place of what is open.
    async fn install(self: &Arc<Self>, opened: Option<OpenPlace>) -> Result<()> {
        let open = match opened {
            Some(opened) => Some(self.open_library(opened).await?),
            None => None,
        };
        let before = std::mem::replace(&mut *self.open.write().unwrap_or_else(PoisonError::into_inner), open.clone());
        if let Some(before) = before {
            before.close().await;
        }
        if let Some(open) = &open
            && self.started.load(Ordering::Acquire)
        {
            self.run(open);
        }
        self.tell_state();
        self.events.library_changed();
        Ok(())
    }

    async fn open_library(self: &Arc<Self>, opened: OpenPlace) -> Result<Open> {
        if let Some(came_of) = &opened.recovered {
            self.events.notice(NoticeKind::Warning, &came_of.said);
        }
        let library = OpenLibrary::open(Parts {
            place: opened.place,
            library_dir: opened.library_dir,
            room: opened.room,
            client: opened.client,
            events: self.events.clone(),
            whom_to_ask: whom_to_ask(&self.settings, &self.vault),
            traffic: self.traffic.clone(),
            vouches: opened.vouches && opened.recovery.is_none(),
            recovered: opened.recovered,
        })
        .await?;
        if let Some(problem) = opened.problem {
            library.way.service(match problem.code {
                ErrorKind::SignedOut => Connection::SignedOut,
                ErrorKind::SecretsNotKept => Connection::KeyMissing { reason: problem.message },
                ErrorKind::SecretsLocked => Connection::Locked { reason: problem.message },
                _ => Connection::Offline { reason: problem.message },
            });
        }
        let queue = Queue::new(Arc::clone(&library));
        let tasks = TaskTracker::new();
        tasks.spawn_on(follow(Arc::downgrade(self), Arc::clone(&library)), &self.runtime);
        let (choice, recovery) = (self.settings.place(), opened.recovery);
        Ok(Open { library, queue, choice, place_id: opened.id, recovery, tasks })
    }

    /// Whether another process, such as a command in a terminal, has given what the open place was lacking.
    fn has_secret_again(&self) -> bool {
        self.current().filter(|open| !open.library.place.signed_in).is_some_and(|open| {
            let place = open.place_id;
            let secret = match open.library.place.kind {
                PlaceKind::Account => SecretName::RefreshToken { place },
                PlaceKind::Bucket => SecretName::BucketSecret { place },
                PlaceKind::ThisComputer => return false,
            };
            self.vault.peek(&secret).is_some()
        })
    }

    /// Starts background work, once.
    pub(super) fn start(self: &Arc<Self>) {
        if self.started.swap(true, Ordering::AcqRel) {
            return;
        }
        self.runtime.spawn(watch_settings(Arc::downgrade(self), self.ending.clone()));
        self.runtime.spawn(watch_secrets(Arc::downgrade(self), self.ending.clone()));
        if let Some(open) = self.current() {
            self.run(&open);
        }
    }

    fn run(self: &Arc<Self>, open: &Open) {
        let library = &open.library;
        open.tasks.spawn_on(sync::listen(Arc::clone(library)), &self.runtime);
        open.tasks.spawn_on(sync::watch(Arc::clone(&library.shared)), &self.runtime);
        open.tasks.spawn_on(connection::watch_store(Arc::clone(&library.shared)), &self.runtime);
        open.tasks.spawn_on(replace_damaged(Arc::downgrade(self), Arc::clone(library)), &self.runtime);
        let (again, recovering) = (open_again(Arc::downgrade(self)), Arc::clone(library));
        match open.recovery.clone() {
            Some(recovery) => open.tasks.spawn_on(bring_back(recovering, recovery, again), &self.runtime),
            None => open.tasks.spawn_on(look_for_later(recovering, self.places.clone(), again), &self.runtime),
        };
        let describing = Arc::clone(library);
        open.tasks.spawn_on(async move { describing::go_on(&describing).await }, &self.runtime);
        let examining = Arc::clone(library);
        open.tasks.spawn_on(async move { examining.examining.begin().await }, &self.runtime);
        open.tasks.spawn_on(comparing::run(Arc::clone(&library.shared)), &self.runtime);
        let (queue, events) = (open.queue.clone(), self.events.clone());
        open.tasks.spawn_on(
            async move {
                if let Err(error) = queue.start().await {
                    events.notice(NoticeKind::Error, messages::Upload::NotGoingOn { why: error.to_string() });
                }
            },
            &self.runtime,
        );
    }

    pub(super) async fn shutdown(&self) {
        self.ending.cancel();
        if let Some(open) = self.current() {
            open.close().await;
        }
        self.places.shutdown().await;
    }
}

impl Open {
    async fn close(&self) {
        self.library.close().await;
        self.tasks.close();
        let ended = async {
            self.queue.stop().await;
            self.tasks.wait().await;
        };
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            tracing::warn!("background work of a library is still ending");
        }
    }
}

/// Tells the host whenever the connection of the open library changes.
async fn follow(host: Weak<Host>, library: Arc<OpenLibrary>) {
    let mut connection = library.watch_connection();
    let mut signed_in = library.client.signed_in();
    loop {
        tokio::select! {
            () = library.closing.cancelled() => return,
            changed = connection.changed() => if changed.is_err() { return },
            changed = signed_in.changed() => {
                if changed.is_err() {
                    return;
                }
                if !*signed_in.borrow_and_update() {
                    library.way.service(Connection::SignedOut);
                }
            }
        }
        let Some(host) = host.upgrade() else { return };
        host.tell_state();
    }
}

/// Opens the library again when its catalogue turns out to be damaged: it is then set aside and rebuilt.
async fn replace_damaged(host: Weak<Host>, library: Arc<OpenLibrary>) {
    tokio::select! {
        () = library.closing.cancelled() => return,
        () = library.damaged.cancelled() => {}
    }
    open_again(host)(None);
}

/// Opens the library again. A recovery is kept until that is done: its service goes on until it is taken over.
fn open_again(host: Weak<Host>) -> impl FnOnce(Option<Recovery>) + Send + 'static {
    move |until| {
        let Some(host) = host.upgrade() else { return };
        // Apart from the library's own tasks, which opening another one waits for.
        let runtime = host.runtime.clone();
        runtime.spawn(async move {
            if let Err(error) = host.reopen().await {
                host.events.notice(NoticeKind::Error, error.message);
            }
            drop(until);
        });
    }
}

/// Tells of settings that another process has changed, and follows it to another place.
async fn watch_settings(host: Weak<Host>, ending: CancellationToken) {
    // The settings' file and the key of who describes pictures, which is among the secrets.
    let look = |host: Arc<Host>| move || (host.settings.revision(), host.view_settings().ai);
    let mut known = host.upgrade().map(|host| look(host)());
    loop {
        tokio::select! {
            () = ending.cancelled() => return,
            () = tokio::time::sleep(LOOK_AT_SETTINGS) => {}
        }
        let Some(host) = host.upgrade() else { return };
        host.vault.follow().await;
        // Reads files.
        let Ok(now) = tokio::task::spawn_blocking(look(Arc::clone(&host))).await else { continue };
        let changed = known.as_ref() != Some(&now);
        known = Some(now);
        if changed {
            host.tell_settings();
        }
        // A change that is under way here is not somebody else's.
        let Ok(turn) = host.changing.try_lock() else { continue };
        let elsewhere = changed && host.settings.place() != host.current().and_then(|open| open.choice);
        let signed_in = host.has_secret_again();
        drop(turn);
        if (elsewhere || signed_in)
            && let Err(error) = host.reopen().await
        {
            tracing::warn!(code = ?error.code, "the place that another process chose can't be opened");
        }
    }
}

/// A keychain may be unlocked long after the start: the place then has its session.
async fn watch_secrets(host: Weak<Host>, ending: CancellationToken) {
    let Some(mut changes) = host.upgrade().map(|host| host.vault.changes()) else { return };
    loop {
        tokio::select! {
            () = ending.cancelled() => return,
            changed = changes.changed() => if changed.is_err() { return },
        }
        let Some(host) = host.upgrade() else { return };
        let waits = host.vault.keeps() && host.current().is_some_and(|open| !open.library.place.signed_in);
        if waits && let Err(error) = host.reopen().await {
            tracing::warn!(code = ?error.code, "the place can't be opened although secrets are unlocked");
        }
        host.tell_state();
    }
}
