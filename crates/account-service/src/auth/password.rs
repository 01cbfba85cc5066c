//! Passwords: Argon2id, off the async threads, and not more at a time than there are cores.

use std::sync::Arc;

use account_api::ErrorCode;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::{common, spelling};
use crate::config::PasswordCost;
use crate::error::{Error, Result};

/// The shortest password, in characters.
pub const MIN_LENGTH: usize = 8;
/// The longest password, in characters.
pub const MAX_LENGTH: usize = 128;

/// Hashes and verifies.
pub struct Passwords {
    workers: Arc<Semaphore>,
    cost: Params,
    /// The hash of nobody's password: verified when the user is unknown, so that the answer takes as long.
    nobody: String,
}

impl Passwords {
    /// With so many at the same time, at this cost.
    ///
    /// # Errors
    /// When Argon2 can't work at this cost, or the operating system gives no random bytes.
    pub fn new(workers: usize, cost: PasswordCost) -> Result<Self> {
        let cost = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(Error::internal)?;
        let nobody = hash(&SecretString::from(crate::key_file::random_token::<16>()), &cost)?;
        Ok(Self { workers: Arc::new(Semaphore::new(workers.max(1))), cost, nobody })
    }

    /// A hash of a new password in the PHC string format.
    ///
    /// # Errors
    /// [`ErrorCode::WeakPassword`] when it is too short, too long or one of the commonest.
    pub async fn hash(&self, password: SecretString) -> Result<String> {
        check_strength(spelling::password(&password).expose_secret())?;
        self.hash_again(password).await
    }

    /// A hash of a password that somebody has already, at today's cost.
    ///
    /// # Errors
    /// When hashing fails, which it doesn't.
    pub async fn hash_again(&self, password: SecretString) -> Result<String> {
        let cost = self.cost.clone();
        self.work(move || hash(&spelling::password(&password), &cost)).await?
    }

    /// Whether a hash was made at a lower cost than today's.
    pub fn is_outdated(&self, hash: &str) -> bool {
        let made_with = PasswordHash::new(hash).ok().and_then(|hash| Params::try_from(&hash).ok());
        made_with.is_none_or(|made_with| {
            made_with.m_cost() < self.cost.m_cost()
                || made_with.t_cost() < self.cost.t_cost()
                || made_with.p_cost() < self.cost.p_cost()
        })
    }

    /// Whether this is the password, however its letters are composed. Takes equally long for a user that doesn't exist
    /// (`hash` absent).
    ///
    /// # Errors
    /// When the stored hash can't be read.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        // A character is at most four when it is decomposed.
        if password.expose_secret().chars().count() > 4 * MAX_LENGTH {
            return Ok(false);
        }
        let spellings = spelling::passwords(&password);
        let cost = self.cost.clone();
        let matches = self
            .work(move || {
                let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
                let is_it = |password: &SecretString| {
                    argon2(&cost).verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
                };
                Ok::<_, Error>(spellings.iter().any(is_it))
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

fn check_strength(password: &str) -> Result<()> {
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&password.chars().count()) {
        return Err(Error::new(
            ErrorCode::WeakPassword,
            format!("A password has {MIN_LENGTH} to {MAX_LENGTH} characters. Choose another one."),
        ));
    }
    if common::is_common(password) {
        return Err(Error::new(
            ErrorCode::WeakPassword,
            "This is one of the commonest passwords, which are tried first by whoever guesses. Choose another one.",
        ));
    }
    Ok(())
}

fn hash(password: &SecretString, cost: &Params) -> Result<String> {
    let hash = argon2(cost).hash_password(password.expose_secret().as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

fn argon2(cost: &Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(cost: PasswordCost) -> Passwords {
        Passwords::new(2, cost).unwrap()
    }

    #[tokio::test]
    async fn hashes_are_argon2id_with_the_chosen_parameters_and_verify() {
        let passwords = passwords(PasswordCost::default());
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct house".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_a_lower_cost_verifies_and_is_outdated() {
        let cheap = PasswordCost { memory_kib: 8192, passes: 1, lanes: 1 };
        let old = passwords(cheap).hash("correct horse".into()).await.unwrap();
        let today = passwords(PasswordCost::default());
        assert!(today.verify("correct horse".into(), Some(old.clone())).await.unwrap());
        assert!(today.is_outdated(&old));
        let new = today.hash_again("correct horse".into()).await.unwrap();
        assert!(!today.is_outdated(&new) && !passwords(cheap).is_outdated(&new));
    }

    #[tokio::test]
    async fn letters_may_be_composed_or_not() {
        const SPELLINGS: [&str; 2] =
            ["gr\u{fc}ne \u{d55c}\u{ae00}", "gru\u{308}ne \u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"];
        let passwords = passwords(PasswordCost { memory_kib: 64, passes: 1, lanes: 1 });
        for made in SPELLINGS {
            let today = passwords.hash(made.into()).await.unwrap();
            let earlier = hash(&made.into(), &passwords.cost).unwrap();
            for typed in SPELLINGS {
                for hash in [&today, &earlier] {
                    assert!(passwords.verify(typed.into(), Some(hash.clone())).await.unwrap(), "{typed}, {made}");
                }
            }
            assert!(!passwords.verify("grune \u{d55c}\u{ae00}".into(), Some(today)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn the_commonest_are_refused() {
        let passwords = passwords(PasswordCost::default());
        for common in ["password", "Password123", "QWERTYUIOP"] {
            assert_eq!(passwords.hash(common.into()).await.unwrap_err().code(), ErrorCode::WeakPassword, "{common}");
        }
    }

    #[tokio::test]
    async fn lengths_count_characters() {
        let passwords = passwords(PasswordCost::default());
        assert_eq!(passwords.hash("1234567".into()).await.unwrap_err().code(), ErrorCode::WeakPassword);
        assert!(passwords.hash("äöüßéèêë".into()).await.is_ok());
        assert!(passwords.hash("x".repeat(128).into()).await.is_ok());
        assert!(passwords.hash("u\u{308}".repeat(128).into()).await.is_ok());
        assert_eq!(passwords.hash("u\u{308}".repeat(7).into()).await.unwrap_err().code(), ErrorCode::WeakPassword);
        assert_eq!(passwords.hash("x".repeat(129).into()).await.unwrap_err().code(), ErrorCode::WeakPassword);
    }
}
