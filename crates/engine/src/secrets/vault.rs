//! The vault: who opens the sealed file, and what is in it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::derive::derive;
use super::keychain::{Keychain, KeychainError, SystemKeychain, within};
use super::limits::{LIMIT, LIMIT_FOR_PEOPLE};
use super::name::SecretName;
use super::seal::{Entries, Header, KeySource, Sealed, SealingKey, Stretch};
use super::sealed_file::{ChangeError, Opener, SealedFile};
use crate::view::SecretsState;
use crate::{EngineError, ErrorKind, Result};

/// Where a secret went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Into the sealed file.
    Sealed,
    /// Into memory: it is gone when the process ends.
    InMemory,
}

/// This person's secrets. Clones are cheap and share everything.
///
/// The sealed file is never replaced by one that lacks what it had: while it can't be opened, nothing is written.
#[derive(Clone)]
pub struct Vault {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) file: SealedFile,
    pub(super) keychain: Arc<dyn Keychain>,
    pub(super) state: watch::Sender<SecretsState>,
    held: Mutex<Held>,
    /// One change, unlocking or reading again at a time.
    pub(super) turn: tokio::sync::Mutex<()>,
}

/// What is in memory.
#[derive(Default)]
pub(super) struct Held {
    /// Absent while locked, in memory-only mode, and before the first secret.
    pub(super) opener: Option<Arc<Opener>>,
    /// The file that `entries` are from, or that could not be opened.
    pub(super) bytes: Option<Vec<u8>>,
    /// What the file has; empty while it can't be opened.
    pub(super) entries: Entries,
    /// What was set while nothing could be kept. Goes into the file as soon as there can be one.
    pub(super) memory: Entries,
    /// Given at the start; makes the key of a file that doesn't exist yet, and opens one that does.
    pub(super) passphrase: Option<SecretString>,
}

impl Vault {
    /// Opens the vault of a folder with the system's keychain. Never fails and never waits long: see
    /// [`state`](Self::state) for how it stands. A passphrase, when one is given and no sealed file exists yet, is used
    /// in place of the keychain, because then the person has said what they want.
    pub async fn open(data_dir: &Path, passphrase: Option<SecretString>) -> Self {
        Self::open_with(data_dir, passphrase, Arc::new(SystemKeychain), LIMIT).await
    }

    /// The same with another keychain and another limit of time.
    pub async fn open_with(
        data_dir: &Path,
        passphrase: Option<SecretString>,
        keychain: Arc<dyn Keychain>,
        limit: Duration,
    ) -> Self {
        let passphrase = passphrase.filter(|passphrase| !passphrase.expose_secret().is_empty());
        let vault = Self {
            inner: Arc::new(Inner {
                file: SealedFile::in_folder(data_dir),
                keychain,
                state: watch::Sender::new(SecretsState::MemoryOnly {
                    reason: messages::Secrets::NotOpened.to_string(),
                }),
                held: Mutex::new(Held { passphrase, ..Held::default() }),
                turn: tokio::sync::Mutex::default(),
            }),
        };
        let turn = vault.inner.turn.lock().await;
        vault.look_again(limit).await;
        drop(turn);
        vault
    }

    /// How secrets are kept.
    pub fn state(&self) -> SecretsState {
        self.inner.state.borrow().clone()
    }

    /// Follows [`state`](Self::state): a keychain may be unlocked long after the start.
    pub fn changes(&self) -> watch::Receiver<SecretsState> {
        self.inner.state.subscribe()
    }

    /// Whether what is set now outlives this process.
    pub fn keeps(&self) -> bool {
        matches!(*self.inner.state.borrow(), SecretsState::Keychain | SecretsState::Passphrase)
    }

    /// A secret, `None` when there is none.
    ///
    /// # Errors
    /// `SecretsLocked` when it can't be known.
    pub async fn get(&self, name: &SecretName) -> Result<Option<SecretString>> {
        if !self.catch_up()? {
            let _turn = self.inner.turn.lock().await;
            self.look_again(LIMIT).await;
        }
        match self.known(name) {
            Some(secret) => Ok(Some(secret)),
            None => self.refuse_locked().map(|()| None),
        }
    }

    /// Takes up what another process wrote, also where that takes another key. Asked over and over, it tries every file
    /// once: nobody is asked by their keychain each second.
    pub async fn follow(&self) {
        if matches!(self.catch_up(), Ok(false)) {
            let _turn = self.inner.turn.lock().await;
            self.look_again(LIMIT).await;
        }
    }

    /// The same as [`get`](Self::get) without waiting for a keychain: what is known right now.
    pub fn peek(&self, name: &SecretName) -> Option<SecretString> {
        let _ = self.catch_up();
        self.known(name)
    }

    fn known(&self, name: &SecretName) -> Option<SecretString> {
        let (held, name) = (self.held(), name.to_string());
        held.memory.get(&name).or_else(|| held.entries.get(&name)).cloned()
    }

    /// Keeps a secret, and says where.
    ///
    /// # Errors
    /// `SecretsLocked` when the sealed file can't be opened, `Disk` when it can't be written. What was kept before
    /// stays.
    pub async fn set(&self, name: &SecretName, secret: SecretString) -> Result<Kept> {
        self.change(name, Some(secret)).await
    }

    /// Forgets a secret.
    ///
    /// # Errors
    /// As for [`set`](Self::set).
    pub async fn remove(&self, name: &SecretName) -> Result<()> {
        if self.get(name).await?.is_some() {
            self.change(name, None).await?;
        }
        Ok(())
    }

    /// Opens what is locked: with the passphrase, or by asking the keychain once more (the passphrase is then ignored
    /// and may be empty). In memory-only mode, a passphrase seals the secrets from now on.
    ///
    /// # Errors
    /// `SecretsLocked` when it stays locked; nothing is changed then.
    pub async fn unlock(&self, passphrase: SecretString) -> Result<()> {
        let _turn = self.inner.turn.lock().await;
        let given = !passphrase.expose_secret().is_empty();
        match self.state() {
            SecretsState::Keychain | SecretsState::Passphrase => return Ok(()),
            SecretsState::Locked { needs_passphrase: true, .. } if !given => {
                return Err(EngineError::new(ErrorKind::InvalidInput, messages::Secrets::TypePassphrase));
            }
            SecretsState::Locked { needs_passphrase: true, .. } => {
                let before = self.held().passphrase.replace(passphrase);
                self.look_again(LIMIT_FOR_PEOPLE).await;
                if !self.keeps() {
                    self.held().passphrase = before;
                }
            }
            SecretsState::Locked { .. } => self.look_again(LIMIT_FOR_PEOPLE).await,
            SecretsState::MemoryOnly { .. } if given => {
                self.held().passphrase = Some(passphrase);
                let kept = self.write(None).await;
                if kept.is_err() {
                    self.held().passphrase = None;
                }
                kept?;
            }
            SecretsState::MemoryOnly { .. } => self.look_again(LIMIT_FOR_PEOPLE).await,
        }
        match self.state() {
            SecretsState::Keychain | SecretsState::Passphrase => Ok(()),
            SecretsState::Locked { reason, .. } => {
                Err(EngineError::new(ErrorKind::SecretsLocked, messages::Secrets::Unavailable { why: reason }))
            }
            SecretsState::MemoryOnly { reason } => {
                Err(EngineError::new(ErrorKind::SecretsNotKept, messages::Secrets::Unavailable { why: reason }))
            }
        }
    }

    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        // Every change to it is complete before the guard is dropped.
        self.inner.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse_locked(&self) -> Result<()> {
        match &*self.inner.state.borrow() {
            SecretsState::Locked { reason, .. } => {
                Err(EngineError::new(ErrorKind::SecretsLocked, messages::Secrets::Unavailable { why: reason.clone() }))
            }
            _ => Ok(()),
        }
    }

    /// Takes up what another process wrote, as far as the key in hand opens it. False when it takes another key.
    fn catch_up(&self) -> Result<bool> {
        let bytes = self.inner.file.read().map_err(|error| self.unreadable(&error))?;
        let mut held = self.held();
        let is_locked = matches!(*self.inner.state.borrow(), SecretsState::Locked { .. });
        if bytes == held.bytes && (bytes.is_some() || !is_locked) {
            return Ok(true);
        }
        match (bytes, held.opener.clone()) {
            (Some(bytes), Some(opener)) => {
                match Sealed::parse(&bytes).and_then(|sealed| sealed.open(&opener.key)) {
                    Ok(entries) => (held.entries, held.bytes) = (entries, Some(bytes)),
                    Err(_) => return Ok(false),
                }
                Ok(true)
            }
            (Some(_), None) => Ok(false),
            // The person removed the file: that is how they start over.
            (None, _) => {
                (held.entries, held.bytes) = Default::default();
                Ok(!is_locked)
            }
        }
    }

    async fn change(&self, name: &SecretName, secret: Option<SecretString>) -> Result<Kept> {
        let _turn = self.inner.turn.lock().await;
        if !self.catch_up()? {
            self.look_again(LIMIT).await;
        }
        let refused = self.refuse_locked();
        if refused.is_err()
            && let Some(known) = self.held().memory.get_mut(&name.to_string())
            && let Some(secret) = secret
        {
            // It was never in the file, which another process has made since: this process goes on with what it has.
            *known = secret;
            return Ok(Kept::InMemory);
        }
        refused?;
        self.write(Some((name.to_string(), secret))).await
    }

    /// Writes a change, or what is in memory, to where secrets are kept. Takes `turn` to be held.
    pub(super) async fn write(&self, change: Option<(String, Option<SecretString>)>) -> Result<Kept> {
        for _ in 0..3 {
            let opener = match self.opener().await? {
                Some(opener) => opener,
                None => {
                    let mut held = self.held();
                    match change {
                        Some((name, Some(secret))) => _ = held.memory.insert(name, secret),
                        Some((name, None)) => _ = held.memory.remove(&name),
                        None => {}
                    }
                    return Ok(Kept::InMemory);
                }
            };
            let (file, memory, change) = (self.inner.file.clone(), self.held().memory.clone(), change.clone());
            let writer = Arc::clone(&opener);
            let changed = tokio::task::spawn_blocking(move || {
                let change = change.as_ref().map(|(name, secret)| (&**name, secret.clone()));
                file.change(&writer, memory, change)
            });
            match changed.await.map_err(|error| {
                EngineError::new(ErrorKind::Internal, messages::Error::Unexpected { why: error.to_string() })
            })? {
                Ok(changed) => {
                    let mut held = self.held();
                    held.opener = Some(opener);
                    (held.bytes, held.entries) = (Some(changed.bytes), changed.entries);
                    held.memory.clear();
                    let state = match &held.opener.as_ref().expect("set above").header.key {
                        KeySource::Keychain { .. } => SecretsState::Keychain,
                        KeySource::Passphrase(_) => SecretsState::Passphrase,
                    };
                    drop(held);
                    self.inner.state.send_if_modified(|now| std::mem::replace(now, state.clone()) != state);
                    return Ok(Kept::Sealed);
                }
                Err(ChangeError::OtherKey) => {
                    if self.held().opener.is_none() {
                        self.discard(&opener).await;
                    }
                    Box::pin(self.look_again(LIMIT)).await;
                    self.refuse_locked()?;
                }
                Err(ChangeError::Seal(error)) => {
                    return Err(EngineError::new(
                        ErrorKind::SecretsLocked,
                        messages::Secrets::NotKeptSeal {
                            path: self.inner.file.path().to_string(),
                            why: error.to_string(),
                        },
                    ));
                }
                Err(ChangeError::Disk(error)) => {
                    return Err(EngineError::new(
                        ErrorKind::Disk,
                        messages::Secrets::NotKeptDisk {
                            path: self.inner.file.path().to_string(),
                            why: machine::why(&error),
                        },
                    ));
                }
            }
        }
        Err(EngineError::new(ErrorKind::SecretsLocked, messages::Secrets::NotKeptChanged))
    }

    /// The key in hand, or a new one that is kept by the keychain or comes from the passphrase; `None` in memory-only
    /// mode.
    async fn opener(&self) -> Result<Option<Arc<Opener>>> {
        let (opener, passphrase) = {
            let held = self.held();
            (held.opener.clone(), held.passphrase.clone())
        };
        if opener.is_some() {
            return Ok(opener);
        }
        if let Some(passphrase) = passphrase {
            let stretch = Stretch::new();
            let passphrase = SecretString::from(names::password(passphrase.expose_secret()));
            let key = derive(passphrase, stretch.clone()).await.map_err(|error| {
                EngineError::new(ErrorKind::Internal, messages::Error::Unexpected { why: error.to_string() })
            })?;
            let header = Header::new(KeySource::Passphrase(stretch), &key);
            return Ok(Some(Arc::new(Opener { key, header })));
        }
        if self.state() != SecretsState::Keychain {
            return Ok(None);
        }
        let entry = format!("key {}", uuid::Uuid::new_v4().simple());
        let key = SealingKey::generate();
        let (name, text) = (entry.clone(), key.to_base64());
        let (written, late) = within(&self.inner.keychain, LIMIT_FOR_PEOPLE, move |keychain| {
            keychain.write(&name, &text)?;
            match keychain.read(&name)? {
                Some(read) if read.expose_secret() == text.expose_secret() => Ok(()),
                _ => Err(KeychainError::Unavailable(messages::Keychain::Forgets.to_string())),
            }
        })
        .await;
        drop(late);
        if let Err(error) = written {
            let reason = messages::Secrets::Memory { why: error.to_string() }.to_string();
            self.inner.state.send_replace(SecretsState::MemoryOnly { reason });
            return Ok(None);
        }
        let header = Header::new(KeySource::Keychain { entry }, &key);
        Ok(Some(Arc::new(Opener { key, header })))
    }

    /// Takes a key that came to no use out of the keychain again.
    async fn discard(&self, opener: &Opener) {
        if let KeySource::Keychain { entry } = opener.header.key.clone() {
            let _ = within(&self.inner.keychain, LIMIT, move |keychain| keychain.delete(&entry)).await;
        }
    }

    pub(super) fn unreadable(&self, error: &std::io::Error) -> EngineError {
        let message =
            messages::Secrets::Unreadable { path: self.inner.file.path().to_string(), why: machine::why(error) };
        EngineError::new(ErrorKind::SecretsLocked, message)
    }
}

/// Prints no secret.
impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("state", &*self.inner.state.borrow()).finish_non_exhaustive()
    }
}
