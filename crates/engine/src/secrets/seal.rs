//! The form of `secrets.sealed`.
//!
//! Two lines of text. The first is a JSON header: which key opens the file and how to come by it. The second is base64
//! of a 24-byte nonce and the secrets, a JSON object, encrypted with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03).
//! The header's bytes are authenticated, too, so neither line can be changed or exchanged unnoticed.

use std::collections::BTreeMap;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const FORMAT: &str = "image-manager secrets";
const VERSION: u32 = 1;
const NONCE: usize = 24;

/// The secrets by name.
pub(super) type Entries = BTreeMap<String, SecretString>;

/// 32 bytes that seal and open the file. Its Debug prints nothing.
#[derive(Debug)]
pub(super) struct SealingKey(SecretBox<[u8; 32]>);

impl SealingKey {
    /// A new random key.
    pub(super) fn generate() -> Self {
        Self(SecretBox::init_with(rand::random))
    }

    /// The key as the keychain keeps it.
    pub(super) fn to_base64(&self) -> SecretString {
        STANDARD.encode(self.0.expose_secret()).into()
    }

    /// The key as the keychain kept it; `None` when that isn't one.
    pub(super) fn from_base64(text: &SecretString) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.expose_secret().trim()).ok()?);
        let key: [u8; 32] = bytes.as_slice().try_into().ok()?;
        Some(Self(SecretBox::new(Box::new(key))))
    }

    /// Derives the key from a passphrase with Argon2id (RFC 9106). Takes a tenth of a second and much memory on
    /// purpose.
    pub(super) fn from_passphrase(passphrase: &SecretString, stretch: &Stretch) -> Result<Self, SealError> {
        let params = Params::new(stretch.memory_kib, stretch.passes, stretch.lanes, Some(32));
        let salt = STANDARD.decode(&stretch.salt);
        let (Ok(params), Ok(salt), true) = (params, salt, stretch.is_bearable()) else {
            return Err(SealError::Damaged);
        };
        let mut key = SecretBox::new(Box::new([0; 32]));
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(
                passphrase.expose_secret().as_bytes(),
                &salt,
                secrecy::ExposeSecretMut::expose_secret_mut(&mut key),
            )
            .map_err(|_| SealError::Damaged)?;
        Ok(Self(key))
    }

    /// Tells keys apart without giving them away, so that a wrong key is not taken for a damaged file.
    fn check(&self) -> String {
        let digest = Sha256::new().chain_update(FORMAT).chain_update(" key check").chain_update(self.0.expose_secret());
        hex::encode(&digest.finalize()[..8])
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0.expose_secret()))
    }
}

/// How a passphrase becomes a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stretch {
    /// Base64 of 16 random bytes.
    salt: String,
    /// Argon2's memory, in KiB.
    memory_kib: u32,
    /// Argon2's passes.
    passes: u32,
    /// Argon2's lanes.
    lanes: u32,
}

impl Stretch {
    /// RFC 9106, section 4, second recommended option (64 MiB, 3 passes), with a new salt.
    pub(super) fn new() -> Self {
        Self { salt: STANDARD.encode(rand::random::<[u8; 16]>()), memory_kib: 64 * 1024, passes: 3, lanes: 4 }
    }

    /// Whoever can write the file must not make the app take all memory or hang.
    fn is_bearable(&self) -> bool {
        self.memory_kib <= 1024 * 1024 && self.passes <= 16 && self.lanes <= 64
    }
}

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub(super) enum KeySource {
    /// The system's keychain.
    Keychain {
        /// The name of the keychain's entry.
        entry: String,
    },
    /// A passphrase.
    Passphrase(Stretch),
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    format: String,
    version: u32,
    /// Where the key comes from.
    pub(super) key: KeySource,
    check: String,
}

impl Header {
    /// The header of a file that `key` seals.
    pub(super) fn new(source: KeySource, key: &SealingKey) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, key: source, check: key.check() }
    }

    /// Whether this is the key that the header means.
    pub(super) fn is_for(&self, key: &SealingKey) -> bool {
        self.check == key.check()
    }
}

/// Why the file can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum SealError {
    /// It is not a file of this kind, or it was changed.
    #[error("{}", messages::Seal::Damaged)]
    Damaged,
    /// A newer version of the app wrote it.
    #[error("{}", messages::Seal::Newer)]
    Newer,
    /// It was sealed with another key.
    #[error("{}", messages::Seal::OtherKey)]
    WrongKey,
}

/// A sealed file, read but not opened.
#[derive(Debug)]
pub(super) struct Sealed<'a> {
    /// The first line.
    pub(super) header: Header,
    line: &'a [u8],
    body: Vec<u8>,
}

impl<'a> Sealed<'a> {
    /// Takes a file apart.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, SealError> {
        #[derive(Deserialize)]
        struct Kind {
            format: String,
            version: u32,
        }
        let end = bytes.iter().position(|&byte| byte == b'\n').ok_or(SealError::Damaged)?;
        let (line, body) = bytes.split_at(end);
        let kind: Kind = serde_json::from_slice(line).map_err(|_| SealError::Damaged)?;
        if kind.format != FORMAT {
            return Err(SealError::Damaged);
        }
        if kind.version > VERSION {
            return Err(SealError::Newer);
        }
        let header = serde_json::from_slice(line).map_err(|_| SealError::Damaged)?;
        let body = STANDARD.decode(body.trim_ascii()).map_err(|_| SealError::Damaged)?;
        Ok(Self { header, line, body })
    }

    /// Decrypts the secrets.
    pub(super) fn open(&self, key: &SealingKey) -> Result<Entries, SealError> {
        if !self.header.is_for(key) {
            return Err(SealError::WrongKey);
        }
        let (nonce, sealed) = self.body.split_first_chunk::<NONCE>().ok_or(SealError::Damaged)?;
        let plain = key
            .cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: self.line })
            .map(Zeroizing::new)
            .map_err(|_| SealError::Damaged)?;
        let entries: BTreeMap<String, SecretString> = serde_json::from_slice::<BTreeMap<String, String>>(&plain)
            .map_err(|_| SealError::Damaged)?
            .into_iter()
            .map(|(name, secret)| (name, SecretString::from(secret)))
            .collect();
        Ok(entries)
    }
}

/// The bytes of a file with these secrets.
pub(super) fn seal(header: &Header, key: &SealingKey, entries: &Entries) -> Result<Vec<u8>, SealError> {
    let line = serde_json::to_vec(header).map_err(|_| SealError::Damaged)?;
    let plain: BTreeMap<&str, &str> = entries.iter().map(|(name, secret)| (&**name, secret.expose_secret())).collect();
    let plain = Zeroizing::new(serde_json::to_vec(&plain).map_err(|_| SealError::Damaged)?);
    let nonce: [u8; NONCE] = rand::random();
    let sealed = key
        .cipher()
        .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &line })
        .map_err(|_| SealError::Damaged)?;
    let mut file = line;
    file.push(b'\n');
    file.extend_from_slice(STANDARD.encode([&nonce[..], &sealed].concat()).as_bytes());
    file.push(b'\n');
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(key: &SealingKey) -> Header {
        Header::new(KeySource::Keychain { entry: "key 1".to_owned() }, key)
    }

    fn entries() -> Entries {
        Entries::from([("ai-key".to_owned(), "sk-secret".into()), ("ü".to_owned(), "\"quoted\"\n".into())])
    }

    #[test]
    fn what_is_sealed_opens_again_and_shows_nothing() {
        let key = SealingKey::generate();
        let file = seal(&header(&key), &key, &entries()).unwrap();
        assert!(!String::from_utf8(file.clone()).unwrap().contains("sk-secret"));
        let opened = Sealed::parse(&file).unwrap().open(&key).unwrap();
        assert_eq!(opened["ai-key"].expose_secret(), "sk-secret");
        assert_eq!(opened["ü"].expose_secret(), "\"quoted\"\n");
        assert_ne!(file, seal(&header(&key), &key, &entries()).unwrap(), "a nonce was used twice");
        assert_eq!(format!("{key:?}"), "SealingKey(SecretBox<[u8; 32]>([REDACTED]))");
    }

    #[test]
    fn the_key_survives_the_keychain() {
        let key = SealingKey::generate();
        let again = SealingKey::from_base64(&key.to_base64()).unwrap();
        assert_eq!(key.0.expose_secret(), again.0.expose_secret());
        assert!(SealingKey::from_base64(&"c2hvcnQ=".into()).is_none());
    }

    #[test]
    fn every_change_of_a_byte_is_noticed() {
        let key = SealingKey::generate();
        let file = seal(&header(&key), &key, &entries()).unwrap();
        for at in 0..file.len() - 1 {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(Sealed::parse(&changed).and_then(|sealed| sealed.open(&key)).is_err(), "byte {at}");
        }
        assert!(Sealed::parse(&file[..file.len() / 2]).and_then(|sealed| sealed.open(&key)).is_err());
        assert!(matches!(Sealed::parse(b""), Err(SealError::Damaged)));
    }

    #[test]
    fn another_key_is_no_damage() {
        let key = SealingKey::generate();
        let file = seal(&header(&key), &key, &entries()).unwrap();
        let error = Sealed::parse(&file).unwrap().open(&SealingKey::generate()).unwrap_err();
        assert_eq!(error, SealError::WrongKey);
    }

    #[test]
    fn a_newer_form_is_told_apart() {
        let file = format!("{{\"format\":\"{FORMAT}\",\"version\":2,\"key\":{{\"from\":\"moon\"}}}}\nAAAA\n");
        assert_eq!(Sealed::parse(file.as_bytes()).unwrap_err(), SealError::Newer);
    }

    #[test]
    fn a_passphrase_gives_the_same_key_only_with_its_salt() {
        let stretch = Stretch { memory_kib: 64, passes: 1, lanes: 1, ..Stretch::new() };
        let key = |text: &str, stretch: &Stretch| SealingKey::from_passphrase(&text.into(), stretch).unwrap().check();
        assert_eq!(key("correct horse", &stretch), key("correct horse", &stretch));
        assert_ne!(key("correct horse", &stretch), key("correct horsf", &stretch));
        let other = Stretch { salt: Stretch::new().salt, ..stretch.clone() };
        assert_ne!(key("correct horse", &stretch), key("correct horse", &other));
        let greedy = Stretch { memory_kib: u32::MAX, ..stretch };
        assert!(SealingKey::from_passphrase(&"a".into(), &greedy).is_err());
    }
}
