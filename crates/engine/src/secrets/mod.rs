//! Secrets, sealed.
//!
//! The system's keychain holds one 32-byte key for each folder of the app; the secrets themselves (refresh tokens,
//! bucket keys, the AI key) stand in `secrets.sealed`, sealed with it. One entry, because Windows caps a credential at
//! 2,560 bytes, macOS asks once per entry, and several entries can't be written together. Where no keychain can be
//! used, a passphrase takes its place, and where there is none either, secrets live in memory and are gone with the
//! process. They are never written in the clear.

mod derive;
mod keychain;
mod limits;
mod look;
mod name;
pub(crate) mod private_file;
mod seal;
mod sealed_file;
mod vault;

pub use keychain::{Keychain, KeychainError, SystemKeychain};
pub use name::SecretName;
pub use vault::{Kept, Vault};
