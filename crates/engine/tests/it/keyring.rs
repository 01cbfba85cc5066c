//! The system's keychain, for real: gnome-keyring on a session bus of its own, a locked one, and none.
//!
//! Each test runs itself again as another process with that surrounding; the body runs there.

use std::path::PathBuf;
use std::process::Command;

use engine::secrets::{SecretName, Vault};
use engine::view::SecretsState;
use tempfile::tempdir;
use testkit::keyring::{Keyring, run, this_binarys_test};

use crate::support::get;

const FOLDER: &str = "ENGINE_TEST_KEYRING_FOLDER";
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
