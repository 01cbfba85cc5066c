//! The key that a passphrase means.

use secrecy::SecretString;

use super::seal::{SealError, SealingKey, Stretch};

/// The key that a passphrase means. Takes its time on a thread of its own.
pub(super) async fn derive(passphrase: SecretString, stretch: Stretch) -> Result<SealingKey, SealError> {
    let derived = tokio::task::spawn_blocking(move || SealingKey::from_passphrase(&passphrase, &stretch));
    derived.await.unwrap_or(Err(SealError::Damaged))
}
