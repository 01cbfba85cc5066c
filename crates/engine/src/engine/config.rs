//! What the engine is told when it is opened.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use crate::events::EventSink;

/// What the engine needs to know from its host.
pub struct EngineConfig {
    /// The folder that holds everything the app keeps; made when it is missing.
    pub data_dir: PathBuf,
    /// Who hosts the engine.
    pub role: Role,
    /// Opens secrets that are sealed with a passphrase.
    pub passphrase: Option<SecretString>,
    /// Where events go.
    pub events: Arc<dyn EventSink>,
    /// The app's version, for people.
    pub version: String,
    /// What this computer is called in the account's list of sessions.
    pub device_name: String,
}

/// Who hosts the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The app's window: works the queue and keeps the catalogue up to date in the background.
    Window,
    /// One command in a terminal: works only what it was asked to.
    CommandLine,
}
