//! What several tests need: a service, a keychain that does as it is told, a vault's folder.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use account_service::{Config, Server, Stop};
use engine::secrets::{Keychain, KeychainError, SecretName, Vault};
use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinHandle;

/// A real account service on a free port. It ends when it is dropped.
pub struct Service {
    pub url: String,
    stop: Stop,
    running: Option<JoinHandle<()>>,
    _dir: tempfile::TempDir,
}

impl Service {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::in_folder(dir.path());
        change(&mut config);
        let server = Server::bind(config).await.unwrap();
        let url = format!("http://{}", server.address());
        Self { url, stop: server.stop_handle(), running: Some(tokio::spawn(server.run())), _dir: dir }
    }

    /// Goes down for good.
    pub async fn down(&mut self) {
        self.stop.stop();
        if let Some(running) = self.running.take() {
            running.await.unwrap();
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

/// What the keychain does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Works,
    Locked,
    Absent,
    /// Waits, as for a prompt, until the mood changes.
    Hangs,
}

/// A keychain in memory.
pub struct FakeKeychain {
    entries: Mutex<HashMap<String, String>>,
    mood: Mutex<Mood>,
    changed: Condvar,
    pub written: AtomicBool,
}

impl FakeKeychain {
    pub fn new(mood: Mood) -> Arc<Self> {
        Arc::new(Self {
            entries: Mutex::default(),
            mood: Mutex::new(mood),
            changed: Condvar::new(),
            written: AtomicBool::new(false),
        })
    }

    pub fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
        self.changed.notify_all();
    }

    pub fn len(&self) -> usize {
        self.entries.lock().unwrap().len()
    }

    pub fn forget_everything(&self) {
        self.entries.lock().unwrap().clear();
    }

    fn obey(&self) -> Result<(), KeychainError> {
        let mood = self.changed.wait_while(self.mood.lock().unwrap(), |mood| *mood == Mood::Hangs).unwrap();
        match *mood {
            Mood::Works | Mood::Hangs => Ok(()),
            Mood::Locked => Err(KeychainError::Locked),
            Mood::Absent => Err(KeychainError::Unavailable("there is none".to_owned())),
        }
    }
}

impl Keychain for FakeKeychain {
    fn read(&self, name: &str) -> Result<Option<SecretString>, KeychainError> {
        self.obey()?;
        Ok(self.entries.lock().unwrap().get(name).cloned().map(SecretString::from))
    }

    fn write(&self, name: &str, secret: &SecretString) -> Result<(), KeychainError> {
        self.obey()?;
        self.written.store(true, Ordering::SeqCst);
        self.entries.lock().unwrap().insert(name.to_owned(), secret.expose_secret().to_owned());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.obey()?;
        let removed = self.entries.lock().unwrap().remove(name);
        removed.map(drop).ok_or_else(|| KeychainError::Unavailable("no such entry".to_owned()))
    }
}

/// Opens a vault with that keychain.
pub async fn vault(folder: &Path, keychain: &Arc<FakeKeychain>) -> Vault {
    Vault::open_with(folder, None, keychain.clone(), Duration::from_secs(60)).await
}

/// Opens a vault with a keychain that doesn't answer.
pub async fn vault_of_hanging(folder: &Path, keychain: &Arc<FakeKeychain>) -> Vault {
    Vault::open_with(folder, None, keychain.clone(), Duration::from_millis(20)).await
}

/// Opens a vault with a passphrase.
pub async fn vault_with(folder: &Path, passphrase: &str) -> Vault {
    let keychain = FakeKeychain::new(Mood::Absent);
    Vault::open_with(folder, Some(passphrase.into()), keychain, Duration::from_secs(60)).await
}

/// The secret as text.
pub async fn get(vault: &Vault, name: &SecretName) -> Option<String> {
    vault.get(name).await.unwrap().map(|secret| secret.expose_secret().to_owned())
}

pub fn token_of(place: &str) -> SecretName {
    SecretName::RefreshToken { place: place.to_owned() }
}
