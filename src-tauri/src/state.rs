//! What the window and the command line share: where things are kept, and the engine opened over it.

use std::path::PathBuf;
use std::sync::Arc;

use engine::{Engine, EngineConfig, EngineError, ErrorKind, EventSink, Role};
use secrecy::SecretString;

/// Moves everything that the app keeps.
pub const DATA_DIR_VARIABLE: &str = "IMAGE_MANAGER_DATA_DIR";
/// Opens secrets that are sealed with a passphrase.
pub const PASSPHRASE_VARIABLE: &str = "IMAGE_MANAGER_PASSPHRASE";

/// The folder that `IMAGE_MANAGER_DATA_DIR` names, if it is set.
pub fn chosen_data_dir() -> Option<PathBuf> {
    std::env::var_os(DATA_DIR_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The folder that holds everything the app keeps, as an absolute path.
pub fn data_dir() -> Result<PathBuf, EngineError> {
    let dir = chosen_data_dir()
        .or_else(|| directories::ProjectDirs::from("", "", "image-manager").map(|dirs| dirs.data_dir().to_owned()))
        .ok_or_else(|| {
            EngineError::new(ErrorKind::Disk, messages::Shell::NoHome { variable: DATA_DIR_VARIABLE.to_string() })
        })?;
    std::path::absolute(&dir).map_err(|error| {
        EngineError::new(
            ErrorKind::Disk,
            messages::Shell::FolderUnusable { folder: dir.display().to_string(), why: error.to_string() },
        )
    })
}

/// Opens the engine over the app's folder. Must run inside a tokio runtime.
pub async fn open_engine(role: Role, events: Arc<dyn EventSink>) -> Result<Engine, EngineError> {
    let passphrase = std::env::var(PASSPHRASE_VARIABLE).ok().filter(|value| !value.is_empty());
    Engine::open(EngineConfig {
        data_dir: data_dir()?,
        role,
        passphrase: passphrase.map(SecretString::from),
        events,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device_name: device_name(),
    })
    .await
}

/// What this computer is called in the account's list of sessions.
fn device_name() -> String {
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    if host.is_empty() { messages::Shell::AComputer.to_string() } else { host }
}
