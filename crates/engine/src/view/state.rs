//! The app as a whole: whether everything it needs is there, and what people type to give it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Place;

/// The app as a whole, as far as every screen needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AppState {
    /// Where the library lives; absent until the person has chosen.
    pub place: Option<Place>,
    /// Names what is open: another place, or the same with another catalogue, has another name. Local numbers of pictures mean
    /// nothing elsewhere. Empty until the person has chosen.
    pub library: String,
    /// Whether the account service and the store can be reached.
    pub connection: Connection,
    /// How secrets are kept on this computer.
    pub secrets: SecretsState,
    /// Whether a key for descriptions is set.
    pub can_describe: bool,
    /// This app's version.
    pub version: String,
    /// Whether a system tray shows our icon (never assumed on Linux).
    pub tray: bool,
}

/// Whether the account service and its store can be reached, as sync, uploads and the viewer found last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "status", rename_all = "snake_case")]
#[ts(export)]
pub enum Connection {
    /// Not tried yet.
    Connecting,
    /// Reached; the catalogue is up to date or being brought up to date.
    Online,
    /// The account service is not reached: the library shows what this computer knows, uploads wait.
    Offline {
        /// A sentence.
        reason: String,
    },
    /// The service is reached, the store of its pictures is not: uploads wait, and only what is kept here can be seen.
    StoreOffline {
        /// A sentence.
        reason: String,
    },
    /// The store is reached and refuses, such as for a key that was withdrawn.
    StoreRefused {
        /// A sentence.
        reason: String,
    },
    /// The session has ended, or was not kept.
    SignedOut,
    /// The bucket's secret key was not kept on this computer.
    KeyMissing {
        /// A sentence.
        reason: String,
    },
    /// What the place needs is kept, but sealed and locked.
    Locked {
        /// A sentence.
        reason: String,
    },
}

/// How secrets (tokens, bucket and AI keys) are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum SecretsState {
    /// Sealed with a key in the system's keychain.
    Keychain,
    /// Sealed with a key derived from a passphrase, which has been given.
    Passphrase,
    /// Sealed, but the keychain is locked or the passphrase has not been given: nothing is lost.
    Locked {
        /// A sentence that says how to unlock it.
        reason: String,
        /// Whether a passphrase unlocks it.
        needs_passphrase: bool,
    },
    /// In memory only: gone when the app quits.
    MemoryOnly {
        /// Why no keychain could be used.
        reason: String,
    },
}

/// Settings of the person's own bucket, as typed.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct BucketForm {
    /// The S3 endpoint; empty for AWS.
    pub endpoint: String,
    /// The region, such as `eu-central-1` or `garage`.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// The access key's identifier.
    pub key_id: String,
    /// The secret access key.
    pub secret: String,
    /// Whether the bucket goes into the path rather than the host name.
    pub path_style: bool,
    /// Whether files that would travel in parts are to be refused, because the store can't put them together: the person
    /// agrees to it.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub without_parts: bool,
}

/// Signing in to a hosted service.
#[derive(Clone, Default, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct AccountForm {
    /// The service's address.
    pub service: String,
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
    /// From the authenticator app, or a recovery code, when the account asks for one.
    #[serde(default)]
    pub code: Option<String>,
}

/// Making an account on a hosted service.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct RegisterForm {
    /// The service's address.
    pub service: String,
    /// The user name.
    pub username: String,
    /// For recovery.
    pub email: String,
    /// The password.
    pub password: String,
    /// The code of an invitation, where the service takes new accounts by invitation.
    #[serde(default)]
    #[ts(optional)]
    pub invitation: Option<String>,
}

/// Something that the person should hear of although they didn't just ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Notice {
    /// How serious it is.
    pub kind: NoticeKind,
    /// A sentence.
    pub message: String,
}

/// How serious a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum NoticeKind {
    /// Good to know.
    Info,
    /// Something went well.
    Success,
    /// Something needs attention.
    Warning,
    /// Something failed.
    Error,
}
