//! Looking at file and keychain: who opens the sealed file now.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::derive::derive;
use super::keychain::{Late, probe, within};
use super::limits::LIMIT;
use super::seal::{Entries, KeySource, SealError, Sealed, SealingKey, Stretch};
use super::sealed_file::Opener;
use super::vault::Vault;
use crate::view::SecretsState;

/// What looking at file and keychain gave.
struct Look {
    state: SecretsState,
    bytes: Option<Vec<u8>>,
    opened: Option<(Arc<Opener>, Entries)>,
    late: Option<Late>,
}

impl Look {
    fn of(state: SecretsState) -> Self {
        Self { state, bytes: None, opened: None, late: None }
    }
}

impl Vault {
    /// Looks at file and keychain afresh. Takes `turn` to be held.
    pub(super) async fn look_again(&self, limit: Duration) {
        let look = match self.inner.file.read() {
            Err(error) => locked(self.unreadable(&error).message, false),
            Ok(Some(bytes)) => Look { bytes: Some(bytes.clone()), ..self.look_at_file(&bytes, limit).await },
            Ok(None) => self.look_at_nothing(limit).await,
        };
        {
            let mut held = self.held();
            (held.opener, held.bytes, held.entries) = match look.opened {
                Some((opener, entries)) => (Some(opener), look.bytes, entries),
                // What can't be opened must not be taken for the truth. (A key whose file was removed is used again.)
                None if look.bytes.is_some() => (None, look.bytes, Entries::new()),
                None => (held.opener.take(), None, Entries::new()),
            };
        }
        self.inner.state.send_if_modified(|now| std::mem::replace(now, look.state.clone()) != look.state);
        if let Some(late) = look.late {
            self.await_late(late);
        }
        let waiting = !self.held().memory.is_empty();
        if waiting
            && self.keeps()
            && let Err(error) = Box::pin(self.write(None)).await
        {
            tracing::warn!(%error, "secrets in memory could not be sealed");
        }
    }

    async fn look_at_file(&self, bytes: &[u8], limit: Duration) -> Look {
        let path = self.inner.file.path().to_string();
        let broken = |error: SealError| {
            locked(messages::Secrets::Unopened { path: path.to_string(), why: error.to_string() }, false)
        };
        let header = match Sealed::parse(bytes) {
            Ok(sealed) => sealed.header,
            Err(error) => return broken(error),
        };
        let (key, state) = match &header.key {
            KeySource::Keychain { entry } => {
                let entry = entry.clone();
                let (read, late) = within(&self.inner.keychain, limit, move |keychain| keychain.read(&entry)).await;
                match read.map(|text| text.as_ref().and_then(SealingKey::from_base64)) {
                    Ok(Some(key)) => (key, SecretsState::Keychain),
                    Ok(None) => {
                        return locked(messages::Secrets::KeyGone, false);
                    }
                    Err(error) => {
                        let mut look = locked(messages::Secrets::KeychainLocked { why: error.to_string() }, false);
                        look.late = late;
                        return look;
                    }
                }
            }
            KeySource::Passphrase(stretch) => {
                let Some(passphrase) = self.held().passphrase.clone() else {
                    return locked(messages::Secrets::Sealed, true);
                };
                match right_key(&passphrase, stretch, bytes).await {
                    Ok(key) => (key, SecretsState::Passphrase),
                    Err(error) => return broken(error),
                }
            }
        };
        match Sealed::parse(bytes).and_then(|sealed| sealed.open(&key)) {
            Ok(entries) => {
                let opener = Arc::new(Opener { key, header });
                Look { opened: Some((opener, entries)), ..Look::of(state) }
            }
            Err(SealError::WrongKey) if state == SecretsState::Passphrase => {
                locked(messages::Secrets::WrongPassphrase, true)
            }
            Err(error) => broken(error),
        }
    }

    /// There is no sealed file.
    async fn look_at_nothing(&self, limit: Duration) -> Look {
        if self.held().passphrase.is_some() {
            return Look::of(SecretsState::Passphrase);
        }
        let (probed, late) = within(&self.inner.keychain, limit, probe).await;
        let state = match probed {
            Ok(()) => SecretsState::Keychain,
            Err(error) => SecretsState::MemoryOnly {
                reason: messages::Secrets::MemoryPassphrase { why: error.to_string() }.to_string(),
            },
        };
        Look { late, ..Look::of(state) }
    }

    /// Looks again when a call to the keychain succeeds after all. (When it fails, asking again would only prompt
    /// again.)
    fn await_late(&self, late: Late) {
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            if let Ok(true) = late.await
                && let Some(inner) = inner.upgrade()
            {
                let vault = Vault { inner };
                let _turn = vault.inner.turn.lock().await;
                if !vault.keeps() {
                    Box::pin(vault.look_again(LIMIT)).await;
                }
            }
        });
    }
}

fn locked(reason: impl Display, needs_passphrase: bool) -> Look {
    Look::of(SecretsState::Locked { reason: reason.to_string(), needs_passphrase })
}

/// The key of the spelling of a passphrase that opens a file; today's when none does. Earlier versions took what came, and
/// a keyboard may compose its letters or not.
async fn right_key(passphrase: &SecretString, stretch: &Stretch, bytes: &[u8]) -> Result<SealingKey, SealError> {
    let mut spellings = names::passwords(passphrase.expose_secret()).into_iter();
    let today = derive(SecretString::from(spellings.next().unwrap_or_default()), stretch.clone()).await?;
    let opens = |key: &SealingKey| {
        !matches!(Sealed::parse(bytes).and_then(|sealed| sealed.open(key)), Err(SealError::WrongKey))
    };
    if opens(&today) {
        return Ok(today);
    }
    for spelling in spellings {
        let earlier = derive(SecretString::from(spelling), stretch.clone()).await?;
        if opens(&earlier) {
            return Ok(earlier);
        }
    }
    Ok(today)
}
