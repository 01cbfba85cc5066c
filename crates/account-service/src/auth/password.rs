//! Passwords: Argon2id with the parameters that OWASP's Password Storage Cheat Sheet names first (19 MiB, two passes, one
//! lane), off the async threads, and not more at a time than there are cores.

use std::sync::Arc;

use account_api::ErrorCode;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// The shortest password, in characters.
pub const MIN_LENGTH: usize = 8;
/// The longest password, in characters.
pub const MAX_LENGTH: usize = 128;

/// Hashes and verifies.
pub struct Passwords {
    workers: Arc<Semaphore>,
    /// The hash of nobody's password: verified when the user is unknown, so that the answer takes as long.
    nobody: String,
}

impl Passwords {
    /// With so many at the same time.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new(workers: usize) -> Result<Self> {
        let nobody = hash(&SecretString::from(crate::key_file::random_token::<16>()))?;
        Ok(Self { workers: Arc::new(Semaphore::new(workers.max(1))), nobody })
    }

    /// A hash in the PHC string format.
    ///
    /// # Errors
    /// When the password is too short or too long.
    pub async fn hash(&self, password: SecretString) -> Result<String> {
        let length = password.expose_secret().chars().count();
        if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
            return Err(Error::new(
                ErrorCode::WeakPassword,
                format!("A password has {MIN_LENGTH} to {MAX_LENGTH} characters. Choose another one."),
            ));
        }
        self.work(move || hash(&password)).await?
    }

    /// Whether this is the password. Takes equally long for a user that doesn't exist (`hash` absent).
    ///
    /// # Errors
    /// When the stored hash can't be read.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        if password.expose_secret().chars().count() > MAX_LENGTH {
            return Ok(false);
        }
        let matches = self
            .work(move || {
                let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
                Ok::<_, Error>(argon2()?.verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
            })
            .await??;
        Ok(matches && exists)
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let permit = Arc::clone(&self.workers).acquire_owned().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            // Held by the work itself: a request that is gone doesn't let in another one while this one still computes.
            let _permit = permit;
            work()
        })
        .await
        .map_err(Error::internal)
    }
}

fn hash(password: &SecretString) -> Result<String> {
    let hash = argon2()?.hash_password(password.expose_secret().as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hashes_are_argon2id_with_the_chosen_parameters_and_verify() {
        let passwords = Passwords::new(2).unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct house".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn lengths_count_characters() {
        let passwords = Passwords::new(1).unwrap();
        assert_eq!(passwords.hash("1234567".into()).await.unwrap_err().code(), ErrorCode::WeakPassword);
        assert!(passwords.hash("äöüßéèêë".into()).await.is_ok());
        assert_eq!(passwords.hash("x".repeat(129).into()).await.unwrap_err().code(), ErrorCode::WeakPassword);
    }
}
