//! The doctor: tries everything that the chosen place needs, for real, and says in a sentence each what is wrong and how
//! to mend it. Steps are told as they end.

mod computer;
mod descriptions;
mod service;
mod step_sink;
mod trial;

use crate::library::Library;
use crate::open_library::OpenLibrary;
use crate::place::Places;
use crate::secrets::Vault;
use crate::view::{PlaceKind, SecretsState};
use crate::{EngineError, Result};
pub(crate) use step_sink::StepSink;

/// This computer: the app's folder, the disk, the secrets.
pub(crate) async fn examine_computer(steps: &mut StepSink<'_>, data_dir: &str, vault: &Vault) {
    computer::folder(steps, data_dir).await;
    computer::space(steps, data_dir).await;
    match vault.state() {
        SecretsState::Keychain => steps.ok("secrets", messages::Doctor::Keychain.to_string()),
        SecretsState::Passphrase => steps.ok("secrets", messages::Doctor::Passphrase.to_string()),
        SecretsState::MemoryOnly { reason } => steps.skipped("secrets", reason),
        SecretsState::Locked { reason, .. } => {
            steps.failed(
                "secrets",
                &EngineError::new(crate::ErrorKind::SecretsLocked, messages::Secrets::Unavailable { why: reason }),
            );
        }
    }
}

/// The open place: its store, its service, its account.
pub(crate) async fn examine_place(steps: &mut StepSink<'_>, places: &Places, library: &Library) {
    let kind = library.place.kind;
    if kind != PlaceKind::Account
        && let Err(error) = places.probe_store(steps).await
    {
        steps.failed("connect", &error);
    }
    if service::reach(steps, library, kind == PlaceKind::Account).await {
        trial::run(steps, library).await;
    }
}

/// Who describes pictures.
pub(crate) async fn examine_descriptions(steps: &mut StepSink<'_>, library: &OpenLibrary) {
    descriptions::ask(steps, library).await;
}

/// Sends a few bytes to the store by the service's permission and has them removed.
pub(crate) async fn try_store(library: &Library) -> Result<()> {
    trial::small(library).await.map(drop)
}
