//! The system's keychain, for real: gnome-keyring on a session bus of its own, a locked one, and none.
//!
//! Each test runs itself again as another process with that surrounding; the body runs there.

use std::path::PathBuf;
use std::process::Command;

use engine::place::Places;
use engine::secrets::{SecretName, Vault};
use engine::settings::Store;
use engine::view::{KnownPlace, PlaceNeeds, RegisterForm, SecretsState};
use engine::{ErrorKind, Role};
use tempfile::tempdir;
use testkit::keyring::{Keyring, run, this_binarys_test};

use crate::support::{Service, get};

const FOLDER: &str = "ENGINE_TEST_KEYRING_FOLDER";
const PLACES: &str = "ENGINE_TEST_KEYRING_PLACES";
const EXPECTED: &str = "ENGINE_TEST_KEYRING_EXPECTED";

/// The body: opens the vault as the app does, says how it stands, and keeps or reads a secret.
#[tokio::test]
async fn process_with_a_keyring() {
    let Ok(folder) = std::env::var(FOLDER).map(PathBuf::from) else { return };
    let vault = Vault::open(&folder, None).await;
    match std::env::var(EXPECTED).unwrap().as_str() {
        "keep" => {
            assert_eq!(vault.state(), SecretsState::Keychain);
            vault.set(&SecretName::AiKey, "sk-in-the-keyring".into()).await.unwrap();
        }
        "find" => {
            assert_eq!(vault.state(), SecretsState::Keychain);
            assert_eq!(get(&vault, &SecretName::AiKey).await.as_deref(), Some("sk-in-the-keyring"));
        }
        "locked" => {
            let SecretsState::Locked { needs_passphrase: false, reason } = vault.state() else {
                panic!("{:?}", vault.state());
            };
            assert!(reason.contains("kept"), "{reason}");
            assert!(vault.get(&SecretName::AiKey).await.is_err());
            assert!(vault.set(&SecretName::AiKey, "another".into()).await.is_err());
        }
        "memory" => {
            assert!(matches!(vault.state(), SecretsState::MemoryOnly { .. }), "{:?}", vault.state());
            vault.set(&SecretName::AiKey, "sk".into()).await.unwrap();
            assert_eq!(get(&vault, &SecretName::AiKey).await.as_deref(), Some("sk"));
        }
        other => panic!("{other}"),
    }
}

/// The body: two accounts at a service of its own, as the app has them.
#[tokio::test]
async fn process_with_places() {
    let Ok(folder) = std::env::var(PLACES).map(PathBuf::from) else { return };
    let vault = Vault::open(&folder, None).await;
    let settings = Store::open(&folder).unwrap();
    let places = Places::new(folder, Role::Window, "Anna's laptop".to_owned(), settings, vault.clone());
    let needs = |known: Vec<KnownPlace>| known.into_iter().map(|known| known.needs).collect::<Vec<_>>();
    match std::env::var(EXPECTED).unwrap().as_str() {
        "enter" => {
            let service = Service::start().await;
            for name in ["anna", "ben"] {
                let form = RegisterForm {
                    service: service.url.clone(),
                    username: name.to_owned(),
                    email: format!("{name}@example.com"),
                    password: "a long enough password".to_owned(),
                    invitation: None,
                };
                places.register(form).await.unwrap();
            }
            let back = places.go_to("anna").await.unwrap();
            assert_eq!(back.client.me().await.unwrap().username, "anna");
            assert_eq!(needs(places.known().await), [PlaceNeeds::Nothing; 2]);
        }
        "kept" => assert_eq!(needs(places.known().await), [PlaceNeeds::Nothing; 2]),
        "locked" => {
            assert_eq!(needs(places.known().await), [PlaceNeeds::Unlock; 2]);
            let opened = places.go_to("ben").await.unwrap();
            assert_eq!(opened.problem.unwrap().code, ErrorKind::SecretsLocked);
        }
        "asked" => {
            assert_eq!(needs(places.known().await), [PlaceNeeds::SignIn; 2]);
            let opened = places.go_to("ben").await.unwrap();
            assert_eq!(opened.problem.unwrap().code, ErrorKind::SignedOut);
            assert_eq!(opened.place.username.as_deref(), Some("ben"), "everything else is filled in");
        }
        other => panic!("{other}"),
    }
}

fn places(folder: &std::path::Path, expected: &str) -> Command {
    let mut command = this_binarys_test("keyring::process_with_places");
    command.env(PLACES, folder).env(EXPECTED, expected);
    command
}

#[test]
fn with_a_keyring_no_place_asks_twice() {
    let (folder, keyring) = (tempdir().unwrap(), Keyring::new());
    succeeds(keyring.unlocked(&places(folder.path(), "enter")));
    succeeds(keyring.unlocked(&places(folder.path(), "kept")));
    succeeds(keyring.locked(&places(folder.path(), "locked")));
    succeeds(keyring.unlocked(&places(folder.path(), "kept")));
}

#[test]
fn without_a_keyring_a_place_asks_again_with_all_else_filled_in() {
    let (folder, keyring) = (tempdir().unwrap(), Keyring::new());
    succeeds(keyring.without_bus(&places(folder.path(), "enter")));
    succeeds(keyring.without_bus(&places(folder.path(), "asked")));
    assert!(!folder.path().join("secrets.sealed").exists());
}

fn process(folder: &std::path::Path, expected: &str) -> Command {
    let mut command = this_binarys_test("keyring::process_with_a_keyring");
    command.env(FOLDER, folder).env(EXPECTED, expected);
    command
}

fn succeeds(command: Command) {
    let output = run(command);
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn secrets_outlive_the_process_in_a_real_keyring() {
    let (folder, keyring) = (tempdir().unwrap(), Keyring::new());
    succeeds(keyring.unlocked(&process(folder.path(), "keep")));
    let sealed = std::fs::read(folder.path().join("secrets.sealed")).unwrap();
    assert!(!String::from_utf8(sealed).unwrap().contains("sk-in"));
    succeeds(keyring.unlocked(&process(folder.path(), "find")));
}

#[test]
fn a_locked_or_missing_keyring_loses_nothing() {
    let (folder, keyring) = (tempdir().unwrap(), Keyring::new());
    succeeds(keyring.unlocked(&process(folder.path(), "keep")));
    let sealed = std::fs::read(folder.path().join("secrets.sealed")).unwrap();
    succeeds(keyring.locked(&process(folder.path(), "locked")));
    succeeds(keyring.without_bus(&process(folder.path(), "locked")));
    assert_eq!(std::fs::read(folder.path().join("secrets.sealed")).unwrap(), sealed);
    succeeds(keyring.unlocked(&process(folder.path(), "find")));
}

#[test]
fn with_no_keyring_secrets_stay_in_memory() {
    let (folder, keyring) = (tempdir().unwrap(), Keyring::new());
    succeeds(keyring.without_bus(&process(folder.path(), "memory")));
    assert!(!folder.path().join("secrets.sealed").exists());
}
