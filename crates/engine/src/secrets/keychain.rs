//! The system's keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.

use std::sync::Arc;
use std::time::Duration;

use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

/// The application's name in the keychain.
const SERVICE: &str = "image-manager";

/// Keeps named secrets for this person. Calls block, and may wait for the person to answer a prompt.
pub trait Keychain: Send + Sync + 'static {
    /// The secret of that name, or `None` when the keychain says that it has none.
    ///
    /// # Errors
    /// When it can't be known.
    fn read(&self, name: &str) -> Result<Option<SecretString>, KeychainError>;

    /// Keeps a secret.
    ///
    /// # Errors
    /// When it wasn't kept.
    fn write(&self, name: &str, secret: &SecretString) -> Result<(), KeychainError>;

    /// Forgets a secret.
    ///
    /// # Errors
    /// When it wasn't there or couldn't be removed.
    fn delete(&self, name: &str) -> Result<(), KeychainError>;
}

/// Why the keychain gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// There is none, or it doesn't work.
    #[error("{}", unavailable(.0))]
    Unavailable(String),
    /// It is locked, or the person said no.
    #[error("{}", messages::Keychain::Locked)]
    Locked,
    /// It didn't answer: mostly because it waits for the person.
    #[error("{}", messages::Keychain::Silent)]
    Silent,
}

fn unavailable(why: &str) -> messages::Keychain {
    messages::Keychain::Unavailable { why: why.to_owned() }
}

/// The keychain that the system offers.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemKeychain;

impl SystemKeychain {
    fn entry(name: &str) -> Result<Entry, KeychainError> {
        Entry::new(SERVICE, name).map_err(|error| match (error, Entry::store_status()) {
            (Error::NoDefaultStore, Err(error)) => explain(error),
            (error, _) => explain(&error),
        })
    }
}

impl Keychain for SystemKeychain {
    fn read(&self, name: &str) -> Result<Option<SecretString>, KeychainError> {
        match Self::entry(name)?.get_password() {
            Ok(secret) => Ok(Some(secret.into())),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        }
    }

    fn write(&self, name: &str, secret: &SecretString) -> Result<(), KeychainError> {
        Self::entry(name)?.set_password(secret.expose_secret()).map_err(|error| explain(&error))
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        Self::entry(name)?.delete_credential().map_err(|error| explain(&error))
    }
}

fn explain(error: &Error) -> KeychainError {
    match error {
        // What the Secret Service says when there is no default collection to write to.
        Error::NoStorageAccess(cause) if cause.to_string().contains("result not returned") => {
            KeychainError::Unavailable(messages::Keychain::NoKeyring.to_string())
        }
        Error::NoStorageAccess(_) => KeychainError::Locked,
        // Their Debug and Display show what was read.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainError::Unavailable(messages::Keychain::SomethingElse.to_string())
        }
        Error::Ambiguous(_) => KeychainError::Unavailable(messages::Keychain::Several.to_string()),
        // Its words are those of a bus or a library, and say nothing to people.
        Error::PlatformFailure(cause) => {
            tracing::info!(%cause, "the keychain can't be used");
            KeychainError::Unavailable(messages::Keychain::None.to_string())
        }
        other => KeychainError::Unavailable(machine::in_words(&other.to_string())),
    }
}

/// The end of a call that took too long; resolves when it has ended after all, to whether it succeeded.
pub(super) type Late = oneshot::Receiver<bool>;

/// Runs a call on a thread of its own and waits for it no longer than `limit`.
///
/// A prompt that nobody answers, and a bus that hangs, block a call for ever. A thread of its own can be left behind;
/// one of the runtime's would hold up the end of the process. What comes too late is told through [`Late`].
pub(super) async fn within<T: Send + 'static>(
    keychain: &Arc<dyn Keychain>,
    limit: Duration,
    call: impl FnOnce(&dyn Keychain) -> Result<T, KeychainError> + Send + 'static,
) -> (Result<T, KeychainError>, Option<Late>) {
    let keychain = Arc::clone(keychain);
    let (answer, mut answered) = oneshot::channel();
    let (ended, late) = oneshot::channel();
    let thread = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
        let result = call(&*keychain);
        let succeeded = result.is_ok();
        if answer.send(result).is_err() {
            let _ = ended.send(succeeded);
        }
    });
    if let Err(error) = thread {
        return (Err(KeychainError::Unavailable(error.to_string())), None);
    }
    match tokio::time::timeout(limit, &mut answered).await {
        Ok(Ok(result)) => (result, None),
        // The thread panicked.
        Ok(Err(_)) => (Err(KeychainError::Unavailable(messages::Keychain::Failed.to_string())), None),
        Err(_) => {
            answered.close();
            match answered.try_recv() {
                // It came just now.
                Ok(result) => (result, None),
                Err(_) => (Err(KeychainError::Silent), Some(late)),
            }
        }
    }
}

/// Tries the keychain for real. Reading alone says nothing: on Linux a keychain that can keep nothing answers a read
/// with "no such entry".
pub(super) fn probe(keychain: &dyn Keychain) -> Result<(), KeychainError> {
    let name = format!("probe {}", uuid::Uuid::new_v4().simple());
    let secret = SecretString::from(uuid::Uuid::new_v4().to_string());
    keychain.write(&name, &secret)?;
    let read = keychain.read(&name);
    let deleted = keychain.delete(&name);
    match read? {
        Some(read) if read.expose_secret() == secret.expose_secret() => deleted,
        _ => Err(KeychainError::Unavailable(messages::Keychain::Forgets.to_string())),
    }
}
