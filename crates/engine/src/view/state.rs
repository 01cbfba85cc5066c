//! Where the library lives, and whether everything it needs is there.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The app as a whole, as far as every screen needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AppState {
    /// Where the library lives; absent until the person has chosen.
    pub place: Option<Place>,
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

/// Where the library lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Place {
    /// Which of the three.
    pub kind: PlaceKind,
    /// For people: "This computer", "bucket holiday at s3.example.com", "anna at pictures.example.com".
    pub title: String,
    /// The folder, the endpoint, or the service's address.
    pub location: String,
    /// The name signed in with, for an account.
    pub username: Option<String>,
    /// False when the session has ended and the person must sign in again.
    pub signed_in: bool,
}

/// The three places a library can live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PlaceKind {
    /// Embedded service and store on this disk.
    ThisComputer,
    /// Embedded service, the person's own bucket.
    Bucket,
    /// A hosted account service.
    Account,
}

/// Whether the account service and the store can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "status", rename_all = "snake_case")]
#[ts(export)]
pub enum Connection {
    /// Not tried yet.
    Connecting,
    /// Reached; the catalogue is up to date or being brought up to date.
    Online,
    /// Not reached: the library shows what this computer knows, uploads wait.
    Offline {
        /// A sentence.
        reason: String,
    },
    /// The session has ended.
    SignedOut,
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
