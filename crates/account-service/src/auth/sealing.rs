//! Sealing what has to be readable for the service and for nobody who reads its database: the secrets of authenticator apps.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a key that is not in the database: derived from `SECRET_KEY` or
//! `JWT_SECRET_KEY`, else from a file in the data folder. Other keys that the service has open what was sealed before, so
//! that a key can be changed: at start everything is sealed anew with the first one.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::storage::Database;
use crate::storage::entity::second_factor::{Column, Entity};

/// What stands before a sealed text. No secret in base32 begins so.
const MARK: &str = "sealed:1:";

/// Bytes of a nonce.
const NONCE: usize = 24;

/// Seals with one key and opens with several.
pub struct Sealing {
    current: XChaCha20Poly1305,
    others: Vec<XChaCha20Poly1305>,
}

impl Sealing {
    /// Seals with `current`.
    pub fn new<'a>(current: &SecretString, others: impl IntoIterator<Item = &'a SecretString>) -> Self {
        Self { current: cipher(current), others: others.into_iter().map(cipher).collect() }
    }

    /// Seals a person's secret. It opens for the same person only.
    ///
    /// # Errors
    /// When sealing fails, which it doesn't.
    pub fn seal(&self, user_id: Uuid, secret: &str) -> Result<String> {
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload { msg: secret.as_bytes(), aad: user_id.as_bytes() };
        let sealed = self.current.encrypt(&XNonce::from(nonce), payload).map_err(Error::internal)?;
        Ok(format!("{MARK}{}", BASE64_STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    /// Opens a person's secret.
    ///
    /// # Errors
    /// When none of the keys opens it. The sentence is for the person; the log says what the operator has to do.
    pub fn open(&self, user_id: Uuid, kept: &str) -> Result<SecretString> {
        self.opened(user_id, kept).map(|(secret, _)| secret).ok_or_else(|| {
            Error::new(
                account_api::ErrorCode::SecondFactorUnavailable,
                "This service can’t check codes of your authenticator app right now. Sign in with a recovery code, or ask \
                 whoever runs the service.",
            )
            .because(
                "a second factor is sealed with a key that this instance doesn’t have: set the SECRET_KEY (or \
                 JWT_SECRET_KEY, or bring back DATA_DIR/sealing.key) that was set before",
            )
        })
    }

    /// With whether it was sealed with the current key.
    fn opened(&self, user_id: Uuid, kept: &str) -> Option<(SecretString, bool)> {
        let Some(sealed) = kept.strip_prefix(MARK) else { return Some((SecretString::from(kept), false)) };
        let bytes = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let nonce = XNonce::from(*nonce);
        let with = |cipher: &XChaCha20Poly1305| {
            let opened = cipher.decrypt(&nonce, Payload { msg: sealed, aad: user_id.as_bytes() }).ok()?;
            String::from_utf8(opened).ok().map(SecretString::from)
        };
        let current = with(&self.current).map(|secret| (secret, true));
        current.or_else(|| self.others.iter().find_map(with).map(|secret| (secret, false)))
    }
}

/// Seals everything with the current key that isn't: secrets of versions that didn't seal them, and of earlier keys. What
/// can't be opened stays as it is.
///
/// # Errors
/// When the database can't be reached.
pub async fn seal_all(database: &Database, sealing: &Sealing) -> Result<()> {
    let rows = Entity::find().all(database.read()).await?;
    let mut locked = 0;
    for row in rows {
        let Some((secret, is_current)) = sealing.opened(row.user_id, &row.secret) else {
            locked += 1;
            continue;
        };
        if is_current {
            continue;
        }
        let sealed = sealing.seal(row.user_id, secret.expose_secret())?;
        let write = database.write().await?;
        // Only what was read: the person may be switching it on anew.
        Entity::update_many()
            .col_expr(Column::Secret, Expr::value(sealed))
            .filter(Column::UserId.eq(row.user_id))
            .filter(Column::Secret.eq(row.secret))
            .exec(&*write)
            .await?;
        write.commit().await?;
    }
    if locked > 0 {
        tracing::error!(
            locked,
            "second factors are sealed with a key that this instance doesn’t have: set the SECRET_KEY (or JWT_SECRET_KEY, \
             or bring back DATA_DIR/sealing.key) that was set before. Until then these people can sign in with a recovery \
             code only"
        );
    }
    Ok(())
}

/// Derived, so that a secret that does something else, too, is not a key of this.
fn cipher(secret: &SecretString) -> XChaCha20Poly1305 {
    let mut hash = Sha256::new();
    hash.update(b"image-manager sealing key 1\0");
    hash.update(secret.expose_secret().as_bytes());
    let key: [u8; 32] = hash.finalize().into();
    XChaCha20Poly1305::new(&Key::from(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn a_secret_opens_for_its_person_and_with_its_key_only() {
        let sealing = Sealing::new(&key("one"), []);
        let (anna, bert) = (Uuid::new_v4(), Uuid::new_v4());
        let sealed = sealing.seal(anna, "GEZDGNBV").unwrap();
        assert!(sealed.starts_with(MARK) && !sealed.contains("GEZDGNBV"), "{sealed}");
        assert_ne!(sealed, sealing.seal(anna, "GEZDGNBV").unwrap(), "a nonce was used twice");
        assert_eq!(sealing.open(anna, &sealed).unwrap().expose_secret(), "GEZDGNBV");
        assert!(sealing.open(bert, &sealed).is_err());
        assert!(Sealing::new(&key("two"), []).open(anna, &sealed).is_err());
        for damaged in [&sealed[..sealed.len() - 4], "sealed:1:", "sealed:1:AAAA"] {
            assert!(sealing.open(anna, damaged).is_err(), "{damaged}");
        }
    }

    #[test]
    fn a_key_can_be_changed() {
        let anna = Uuid::new_v4();
        let old = Sealing::new(&key("old"), []).seal(anna, "GEZDGNBV").unwrap();
        let new = Sealing::new(&key("new"), [&key("old")]);
        assert_eq!(new.open(anna, &old).unwrap().expose_secret(), "GEZDGNBV");
        assert!(!new.opened(anna, &old).unwrap().1);
        assert!(new.opened(anna, &new.seal(anna, "GEZDGNBV").unwrap()).unwrap().1);
        assert!(!new.opened(anna, "GEZDGNBV").unwrap().1, "as it was kept before");
    }
}
