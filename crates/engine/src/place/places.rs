//! Choosing, opening and leaving places.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use account_api::{AuthResponse, LoginRequest, RegisterRequest};
use machine::Room;

use super::embedded::{BucketConfig, LocalSession, Running, Storage};
use super::open_place::{OpenPlace, closed_service};
use super::recovery::{Known, Recovered, Recovery};
use super::{account, bucket, embedded, folders};
use crate::doctor::StepSink;
use crate::engine::Role;
use crate::secrets::Vault;
use crate::service::{AccessToken, Client, ClientOptions, RetryPolicy, ServiceAddress, auth};
use crate::settings::{SavedPlace, Store};
use crate::view::{
    AccountForm, BucketForm, BucketLibrary, DoctorReport, DoctorStep, PlaceKind, RebuildProgress, RebuildReport,
    RegisterForm, SecretsState,
};
use crate::{EngineError, ErrorKind, Result};

/// How long a service is waited for that is told of the end of a session.
const GOODBYE: Duration = Duration::from_secs(10);

/// The place, when it can be used, or will be once its lost database is back.
fn usable(opened: OpenPlace) -> Result<OpenPlace> {
    match (&opened.problem, &opened.recovery) {
        (Some(problem), None) => Err(problem.clone()),
        _ => Ok(opened),
    }
}

/// A place's service, and what is to be known of its database.
struct Reached {
    client: Client,
    recovery: Option<Recovery>,
    recovered: Option<Recovered>,
    /// Why it could not be brought back, when that was just tried.
    unrecovered: Option<EngineError>,
}

impl Reached {
    fn plainly(client: Client) -> Self {
        Self { client, recovery: None, recovered: None, unrecovered: None }
    }
}

/// The places of a folder of the app. Clones are cheap and share everything.
///
/// A choice is saved only once it works. Leaving or changing a place removes no library.
#[derive(Clone)]
pub struct Places {
    pub(super) inner: Arc<Inner>,
}

/// Why no library is brought back.
const NOT_A_BUCKET: messages::Place = messages::Place::NotABucket;

pub(super) struct Inner {
    pub(super) data_dir: PathBuf,
    role: Role,
    device_name: String,
    pub(super) settings: Store,
    pub(super) vault: Vault,
    running: Running,
}

impl Places {
    /// The places of a folder.
    pub fn new(data_dir: PathBuf, role: Role, device_name: String, settings: Store, vault: Vault) -> Self {
        let reserve_in = data_dir.clone();
        Self {
            inner: Arc::new(Inner { data_dir, role, device_name, settings, vault, running: Running::new(reserve_in) }),
        }
    }

    /// Opens the chosen place; `None` when none has been chosen. Never needs a network: a place whose service can't be
    /// used opens with [`OpenPlace::problem`].
    ///
    /// # Errors
    /// `Disk` when the library's folder can't be made.
    pub async fn open_current(&self) -> Result<Option<OpenPlace>> {
        match self.inner.settings.place() {
            Some(saved) => self.open(saved).await.map(Some),
            None => Ok(None),
        }
    }

    /// Keeps the library on this computer.
    ///
    /// # Errors
    /// When the embedded service doesn't start, or the choice can't be saved.
    pub async fn choose_this_computer(&self) -> Result<OpenPlace> {
        let opened = usable(self.open(SavedPlace::ThisComputer).await?)?;
        self.inner.settings.set_place(Some(SavedPlace::ThisComputer)).await?;
        Ok(opened)
    }

    /// Tries a bucket for real, and tells each step as it ends. Leaves nothing behind.
    ///
    /// # Errors
    /// `InvalidInput` when there is no key.
    pub async fn test_bucket(
        &self,
        form: BucketForm,
        tell: &mut (dyn FnMut(&DoctorStep) + Send),
    ) -> Result<DoctorReport> {
        let bucket = embedded::typed(form)?;
        let mut steps = StepSink::new(tell);
        embedded::probe(&bucket, &mut steps).await;
        Ok(steps.report())
    }

    /// Tries the chosen place's store for real; an account's store is its service's business. Leaves nothing behind.
    ///
    /// # Errors
    /// When the embedded service doesn't start, or the bucket's key can't be had.
    pub(crate) async fn probe_store(&self, steps: &mut StepSink<'_>) -> Result<()> {
        let Some(saved) = self.inner.settings.place() else { return Ok(()) };
        let id = saved.id();
        match &saved {
            SavedPlace::ThisComputer => {
                let folder = folders::service(&self.inner.data_dir, &id)?;
                let embedded = self.inner.running.start(&id, folder, Storage::ThisComputer, None, false).await?;
                if let Some(bucket) = embedded.embedded_bucket() {
                    embedded::probe(bucket, steps).await;
                }
            }
            SavedPlace::Bucket { .. } => embedded::probe(&self.bucket_of(&id, &saved).await?, steps).await,
            SavedPlace::Account { .. } => {}
        }
        Ok(())
    }

    /// Keeps the library in the person's own bucket, and tells what trying it came to: it may be taken although something is
    /// lacking.
    ///
    /// # Errors
    /// `BucketUnusable` with what failed first, `SecretsLocked` or `SecretsNotKept` when the key can't be kept. The
    /// place that was chosen before stays chosen.
    pub async fn choose_bucket(
        &self,
        form: BucketForm,
        tell: &mut (dyn FnMut(&DoctorStep) + Send),
    ) -> Result<OpenPlace> {
        self.must_keep_secrets(|why| messages::Secrets::KeyNotBeyond { why })?;
        let bucket = embedded::normalised(form)?;
        bucket::must_work(&bucket, tell).await?;
        let saved = bucket::saved(&bucket);
        let id = saved.id();
        let name = bucket::secret_name(&id);
        let before = self.inner.vault.get(&name).await?;
        self.inner.vault.set(&name, bucket.secret.clone()).await?;
        let chosen = async {
            let opened = usable(self.open(saved.clone()).await?)?;
            self.inner.settings.set_place(Some(saved.clone())).await?;
            Ok(opened)
        };
        let chosen = chosen.await;
        if chosen.is_err() {
            let undone = match before {
                Some(before) => self.inner.vault.set(&name, before).await.map(drop),
                None => self.inner.vault.remove(&name).await,
            };
            if let Err(error) = undone {
                tracing::warn!(%error, "a bucket's key that was not chosen is still kept");
            }
        }
        chosen
    }

    /// Signs in to a hosted service.
    ///
    /// # Errors
    /// `InvalidCredentials`; `CodeRequired` or `CodeInvalid`; what is wrong with the address; what keeps the service from being reached; `SecretsLocked`
    /// or `SecretsNotKept` when the session can't be kept. The place that was chosen before stays chosen.
    pub async fn sign_in(&self, form: AccountForm) -> Result<OpenPlace> {
        let address = self.service_at(&form.service).await?;
        let (totp_code, recovery_code) = account::which_code(form.code);
        let request = LoginRequest {
            username: form.username.trim().to_owned(),
            password: form.password,
            device_name: Some(self.inner.device_name.clone()),
            totp_code,
            recovery_code,
        };
        let session = auth::login(&address, &request).await?;
        self.enter(address, session).await
    }

    /// Makes an account on a hosted service and signs in.
    ///
    /// # Errors
    /// `RegistrationRefused` with the service's reason, `InvitationRequired`, and as for [`sign_in`](Self::sign_in).
    pub async fn register(&self, form: RegisterForm) -> Result<OpenPlace> {
        let address = self.service_at(&form.service).await?;
        let request = RegisterRequest {
            username: form.username.trim().to_owned(),
            email: form.email.trim().to_owned(),
            password: form.password,
            device_name: Some(self.inner.device_name.clone()),
            invitation: form.invitation.filter(|code| !code.trim().is_empty()),
        };
        let session = auth::register(&address, &request).await?;
        self.enter(address, session).await
    }

    /// Leaves the chosen place. An account's session is ended, on the service too when that can be reached, and the
    /// place stays chosen, signed out, with its library. For the other two the choice is undone and a bucket's key
    /// forgotten; what the library and the bucket hold stays, and so do the secrets of all other places.
    ///
    /// # Errors
    /// `SecretsLocked` or `Disk` when what is kept here can't be removed.
    pub async fn sign_out(&self, open: Option<&Client>) -> Result<Option<OpenPlace>> {
        let Some(saved) = self.inner.settings.place() else { return Ok(None) };
        let id = saved.id();
        match saved {
            SavedPlace::Account { service, .. } => {
                self.end_session(&id, &service, open).await?;
                self.open_current().await
            }
            SavedPlace::Bucket { .. } => {
                self.inner.vault.remove(&bucket::secret_name(&id)).await?;
                self.inner.settings.set_place(None).await.map(|()| None)
            }
            SavedPlace::ThisComputer => self.inner.settings.set_place(None).await.map(|()| None),
        }
    }

    /// Forgets the chosen place, whose account has just been removed: there is no session to end, and none to sign in to
    /// again. What this computer has of its library stays in its folder.
    ///
    /// # Errors
    /// `SecretsLocked` or `Disk` when what is kept here can't be removed.
    pub async fn account_removed(&self) -> Result<Option<OpenPlace>> {
        if let Some(saved) = self.inner.settings.place() {
            let id = saved.id();
            self.inner.vault.remove(&account::token_name(&id)).await?;
            self.inner.settings.forget_place(&id).await?;
        }
        Ok(None)
    }

    /// The libraries that the chosen place's bucket holds, whoever put them there.
    ///
    /// # Errors
    /// What keeps the bucket from being read; `NoPlace`.
    pub async fn libraries(&self) -> Result<Vec<BucketLibrary>> {
        embedded::libraries(&*self.running(NOT_A_BUCKET).await?).await
    }

    /// Brings a library back from what the chosen place's bucket holds.
    ///
    /// # Errors
    /// `NotFound` when there is none, `InvalidInput` when it has to be said which one, and what keeps the bucket from
    /// being read. What was brought back stays.
    pub async fn rebuild(
        &self,
        wanted: Option<&str>,
        tell: &(dyn Fn(RebuildProgress) + Send + Sync),
    ) -> Result<RebuildReport> {
        embedded::rebuild(&*self.running(NOT_A_BUCKET).await?, wanted, tell).await
    }

    /// Whether the account database of the chosen place is older than the journal in its store.
    ///
    /// # Errors
    /// When the store can't be asked.
    pub(crate) async fn is_older(&self) -> Result<bool> {
        embedded::is_older(&*self.running(NOT_A_BUCKET).await?).await
    }

    /// Says how many days the chosen place keeps its trash; none for until the person empties it.
    ///
    /// # Errors
    /// `NoPlace` for an account, whose service's operator says so, and what keeps the embedded service from it.
    pub(crate) async fn keep_trash(&self, days: Option<u32>) -> Result<()> {
        embedded::keep_trash(&*self.running(messages::Place::TrashByOperator).await?, days).await
    }

    /// The embedded service of the chosen place; of an account, a refusal in these words.
    async fn running(&self, refusal: messages::Place) -> Result<Arc<embedded::Embedded>> {
        let saved = self.inner.settings.place();
        let saved = saved
            .filter(|saved| !matches!(saved, SavedPlace::Account { .. }))
            .ok_or_else(|| EngineError::new(ErrorKind::NoPlace, refusal))?;
        let id = saved.id();
        match self.inner.running.of(&id).await {
            Some(embedded) => Ok(embedded),
            None => {
                let opened = self.open(saved).await?;
                let running = self.inner.running.of(&id).await;
                running.ok_or_else(|| opened.problem.unwrap_or_else(EngineError::fault))
            }
        }
    }

    /// Ends the services that run in this process, after each has put away what it has to.
    pub async fn shutdown(&self) {
        self.inner.running.shutdown().await;
    }

    /// The service that a person named, once it is sure that it is one.
    async fn service_at(&self, typed: &str) -> Result<ServiceAddress> {
        let address = ServiceAddress::parse(typed)?;
        self.must_keep_secrets(|why| messages::Secrets::SessionNotBeyond { why })?;
        auth::check(&address).await?;
        Ok(address)
    }

    /// Keeps a session that was just opened, and chooses its place.
    async fn enter(&self, address: ServiceAddress, session: AuthResponse) -> Result<OpenPlace> {
        let saved = account::saved(&address, &session);
        let id = saved.id();
        let access =
            AccessToken { token: session.access_token.into(), expires_in: Duration::from_secs(session.expires_in) };
        let name = account::token_name(&id);
        let entered = async {
            self.inner.vault.set(&name, session.refresh_token.into()).await?;
            self.inner.settings.set_place(Some(saved.clone())).await?;
            let opened = self.open(saved).await?;
            Ok(OpenPlace { client: opened.client.with_access(access.clone()), ..opened })
        };
        let entered: Result<OpenPlace> = entered.await;
        if entered.is_err() {
            // Nobody could use this session any more: it is ended on the service, too.
            let library_dir = folders::library(&self.inner.data_dir, &id)?;
            let client = account::client(address, &id, &self.inner.vault, &library_dir)?.with_access(access);
            if let Err(error) = client.logout().await {
                tracing::info!(%error, "a session that can't be kept is still open on the service");
            }
        }
        entered
    }

    /// Ends an account's session, on the service too when that can be reached, and forgets its token. `open` is the
    /// session's client, when there is one.
    pub(super) async fn end_session(&self, id: &str, service: &str, open: Option<&Client>) -> Result<()> {
        let name = account::token_name(id);
        if self.inner.vault.get(&name).await?.is_none() {
            return Ok(());
        }
        let client = match open {
            Some(client) => client.clone(),
            None => self.account(id, service).await?,
        };
        if let Ok(Err(error)) = tokio::time::timeout(GOODBYE, client.logout()).await {
            tracing::info!(%error, "the service doesn't know yet that this session has ended");
        }
        self.inner.vault.remove(&name).await
    }

    pub(super) async fn open(&self, saved: SavedPlace) -> Result<OpenPlace> {
        let id = saved.id();
        let library_dir = folders::library(&self.inner.data_dir, &id)?;
        let reached = match &saved {
            SavedPlace::ThisComputer => self.embedded(&id, Storage::ThisComputer).await,
            SavedPlace::Bucket { .. } => self.bucket(&id, &saved).await,
            SavedPlace::Account { service, .. } => self.account(&id, service).await.map(Reached::plainly),
        };
        let (client, problem, recovery, recovered) = match reached {
            Ok(Reached { client, recovered, recovery: None, .. }) => (client, None, None, recovered),
            Ok(Reached { recovery: Some(recovery), unrecovered, .. }) => {
                let problem = unrecovered.unwrap_or_else(|| recovery.problem());
                (closed_service(&problem)?, Some(problem), Some(recovery), None)
            }
            Err(problem) => (closed_service(&problem)?, Some(problem), None, None),
        };
        let signed_in = !problem.as_ref().is_some_and(|problem| {
            matches!(problem.code, ErrorKind::SignedOut | ErrorKind::SecretsLocked | ErrorKind::SecretsNotKept)
        });
        let (place, room) = (self.described(&saved, signed_in), Room::keep(&self.inner.data_dir));
        // Records that can't be read say nothing of what the store has.
        let embedded = !matches!(saved, SavedPlace::Account { .. });
        let unread = |problem: &EngineError| matches!(problem.code, ErrorKind::ServiceFailed | ErrorKind::Disk);
        let vouches = !(embedded && problem.as_ref().is_some_and(unread));
        Ok(OpenPlace { place, id, library_dir, room, client, problem, vouches, recovery, recovered })
    }

    async fn account(&self, id: &str, service: &str) -> Result<Client> {
        let address = ServiceAddress::parse(service)?;
        if self.inner.vault.get(&account::token_name(id)).await?.is_none() {
            let message = messages::Place::SignedOut { host: address.host() };
            return Err(EngineError::new(ErrorKind::SignedOut, message));
        }
        account::client(address, id, &self.inner.vault, &folders::library(&self.inner.data_dir, id)?)
    }

    async fn bucket(&self, id: &str, saved: &SavedPlace) -> Result<Reached> {
        let bucket = self.bucket_of(id, saved).await?;
        self.embedded(id, Storage::Bucket(bucket)).await
    }

    /// The bucket with its key.
    async fn bucket_of(&self, id: &str, saved: &SavedPlace) -> Result<BucketConfig> {
        let secret = self.inner.vault.get(&bucket::secret_name(id)).await?.ok_or_else(|| {
            let message = messages::Place::KeyNotKept;
            EngineError::new(ErrorKind::SecretsNotKept, message)
        })?;
        bucket::configuration(saved, secret)
            .ok_or_else(|| EngineError::new(ErrorKind::Internal, messages::Place::NoBucket))
    }

    async fn embedded(&self, id: &str, storage: Storage) -> Result<Reached> {
        let folder = folders::service(&self.inner.data_dir, id)?;
        let store_is_local = matches!(storage, Storage::ThisComputer);
        let kind = if store_is_local { PlaceKind::ThisComputer } else { PlaceKind::Bucket };
        let known = self.inner.settings.port(id);
        // Links point to the window's service. A command that takes its port would make the window go elsewhere.
        let preferred = known.filter(|_| self.inner.role == Role::Window);
        let library = folders::library(&self.inner.data_dir, id)?;
        let glance = tokio::task::spawn_blocking(move || (catalogue::glance(&library), library));
        let (known_here, library) = glance.await.map_err(|_| EngineError::fault())?;
        let pictures = known_here.and_then(|glance| glance.pictures).unwrap_or_default();
        let embedded = self.inner.running.start(id, folder.clone(), storage, preferred, pictures > 0).await?;
        let recovery = Recovery::needed(&embedded, kind, Known { pictures, service: folder, library });
        // A command waits for it. A window is there at once, and does it in the background.
        let (recovery, recovered, unrecovered) = match (recovery, self.inner.role) {
            (Some(recovery), Role::CommandLine) => match recovery.run().await {
                Ok(came_of) => (None, Some(came_of), None),
                Err(error) => (Some(recovery), None, Some(error)),
            },
            (recovery, _) => (recovery, None, None),
        };
        let url = embedded.base_url().clone();
        let lasting = match (known, self.inner.role) {
            (Some(port), Role::CommandLine) => Some(port),
            _ => {
                if let Some(port) = url.port()
                    && let Err(error) = self.inner.settings.set_port(id, port).await
                {
                    tracing::warn!(%error, "links of this session may not outlive it");
                }
                None
            }
        };
        let links_at = lasting.map(|port| {
            let mut url = url.clone();
            // Fails only for URLs without a host.
            let _ = url.set_port(Some(port));
            ServiceAddress::of(&url)
        });
        let client = Client::new(ClientOptions {
            address: ServiceAddress::of(&url),
            tokens: Arc::new(LocalSession::of(embedded)),
            retry: RetryPolicy::default(),
            links_at,
        })?;
        Ok(Reached { client, recovery, recovered, unrecovered })
    }

    /// Refuses early what would end in a session or a key that nobody has.
    fn must_keep_secrets(&self, not_kept: fn(String) -> messages::Secrets) -> Result<()> {
        match (self.inner.vault.state(), self.inner.role) {
            (SecretsState::Locked { reason, .. }, _) => {
                Err(EngineError::new(ErrorKind::SecretsLocked, messages::Secrets::Unavailable { why: reason }))
            }
            (SecretsState::MemoryOnly { reason }, Role::CommandLine) => {
                Err(EngineError::new(ErrorKind::SecretsNotKept, not_kept(reason)))
            }
            _ => Ok(()),
        }
    }
}
