//! The vault: where secrets go, and that nothing ever takes "locked" for "no secret yet".

use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::ErrorKind;
use engine::secrets::{Kept, SecretName, Vault};
use engine::view::SecretsState;
use tempfile::tempdir;
use testkit::keyring::{Keyring, run, this_binarys_test};

use crate::support::{FakeKeychain, Mood, get, token_of, vault, vault_of_hanging, vault_with};

fn is_locked(vault: &Vault, with_passphrase: bool) -> bool {
    matches!(vault.state(), SecretsState::Locked { needs_passphrase, .. } if needs_passphrase == with_passphrase)
}

fn is_memory_only(vault: &Vault) -> bool {
    matches!(vault.state(), SecretsState::MemoryOnly { .. })
}

#[tokio::test]
async fn one_keychain_entry_seals_everything() {
    let folder = tempdir().unwrap();
    let keychain = FakeKeychain::new(Mood::Works);
    let first = vault(folder.path(), &keychain).await;
    assert_eq!(first.state(), SecretsState::Keychain);
    assert!(keychain.written.load(Ordering::SeqCst), "probed by reading only");
    assert_eq!(keychain.len(), 0, "the probe was left behind");
    assert_eq!(get(&first, &SecretName::AiKey).await, None);

    assert_eq!(first.set(&SecretName::AiKey, "sk-very-secret".into()).await.unwrap(), Kept::Sealed);
    assert_eq!(first.set(&token_of("account-1"), "refresh-me".into()).await.unwrap(), Kept::Sealed);
    assert_eq!(keychain.len(), 1);
    let file = std::fs::read(folder.path().join("secrets.sealed")).unwrap();
    let shown = String::from_utf8(file).unwrap() + &format!("{first:?}");
    assert!(!shown.contains("sk-very-secret") && !shown.contains("refresh-me") && !shown.contains("account-1"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(std::fs::metadata(folder.path().join("secrets.sealed")).unwrap().mode() & 0o777, 0o600);
    }

    let second = vault(folder.path(), &keychain).await;
    assert_eq!(get(&second, &SecretName::AiKey).await.as_deref(), Some("sk-very-secret"));
    second.remove(&SecretName::AiKey).await.unwrap();
    assert_eq!(get(&first, &SecretName::AiKey).await, None, "the other one didn't notice");
    assert_eq!(get(&first, &token_of("account-1")).await.as_deref(), Some("refresh-me"));
}

#[tokio::test]
async fn a_missing_key_is_not_taken_for_no_secrets() {
    let folder = tempdir().unwrap();
    let keychain = FakeKeychain::new(Mood::Works);
    vault(folder.path(), &keychain).await.set(&SecretName::AiKey, "sk".into()).await.unwrap();
    let file = std::fs::read(folder.path().join("secrets.sealed")).unwrap();

    for mood in [Mood::Locked, Mood::Absent, Mood::Works] {
        if mood == Mood::Works {
            keychain.forget_everything();
        }
        keychain.becomes(mood);
        let vault = vault(folder.path(), &keychain).await;
        assert!(is_locked(&vault, false), "{mood:?}: {:?}", vault.state());
        assert_eq!(vault.get(&SecretName::AiKey).await.unwrap_err().code, ErrorKind::SecretsLocked);
        assert_eq!(vault.set(&SecretName::AiKey, "other".into()).await.unwrap_err().code, ErrorKind::SecretsLocked);
        assert_eq!(vault.remove(&SecretName::AiKey).await.unwrap_err().code, ErrorKind::SecretsLocked);
        assert_eq!(vault.unlock("".into()).await.unwrap_err().code, ErrorKind::SecretsLocked);
        assert_eq!(std::fs::read(folder.path().join("secrets.sealed")).unwrap(), file, "{mood:?}");
    }
}

#[tokio::test]
async fn an_unlocked_keychain_is_taken_up() {
    let folder = tempdir().unwrap();
    let keychain = FakeKeychain::new(Mood::Works);
    vault(folder.path(), &keychain).await.set(&SecretName::AiKey, "sk".into()).await.unwrap();
    keychain.becomes(Mood::Locked);
    let vault = vault(folder.path(), &keychain).await;
    assert!(is_locked(&vault, false));
    keychain.becomes(Mood::Works);
    vault.unlock("".into()).await.unwrap();
    assert_eq!(vault.state(), SecretsState::Keychain);
    assert_eq!(get(&vault, &SecretName::AiKey).await.as_deref(), Some("sk"));
}

#[tokio::test]
async fn an_unanswered_prompt_holds_nothing_up() {
    let folder = tempdir().unwrap();
    let keychain = FakeKeychain::new(Mood::Works);
    vault(folder.path(), &keychain).await.set(&SecretName::AiKey, "sk".into()).await.unwrap();
    keychain.becomes(Mood::Hangs);
    let vault = vault_of_hanging(folder.path(), &keychain).await;
    assert!(is_locked(&vault, false));
    let mut changes = vault.changes();
    keychain.becomes(Mood::Works);
    changes.wait_for(|state| *state == SecretsState::Keychain).await.unwrap();
    assert_eq!(get(&vault, &SecretName::AiKey).await.as_deref(), Some("sk"));
}

#[tokio::test]
async fn what_was_set_before_the_keychain_answered_is_sealed_then() {
    let folder = tempdir().unwrap();
    let keychain = FakeKeychain::new(Mood::Hangs);
    let early = vault_of_hanging(folder.path(), &keychain).await;
    assert!(is_memory_only(&early));
    assert_eq!(early.set(&SecretName::AiKey, "sk".into()).await.unwrap(), Kept::InMemory);
    let mut changes = early.changes();
    keychain.becomes(Mood::Works);
    changes.wait_for(|state| *state == SecretsState::Keychain).await.unwrap();
    // Waits its turn behind the sealing.
    assert_eq!(early.set(&token_of("a"), "token".into()).await.unwrap(), Kept::Sealed);
    let later = vault(folder.path(), &keychain).await;
    assert_eq!(get(&later, &SecretName::AiKey).await.as_deref(), Some("sk"));
    assert_eq!(get(&later, &token_of("a")).await.as_deref(), Some("token"));
}

#[tokio::test]
async fn without_keychain_secrets_live_in_memory_until_there_is_a_passphrase() {
    let folder = tempdir().unwrap();
    let keychain = FakeKeychain::new(Mood::Absent);
    let first = vault(folder.path(), &keychain).await;
    assert!(is_memory_only(&first) && !first.keeps());
    assert_eq!(first.set(&SecretName::AiKey, "sk".into()).await.unwrap(), Kept::InMemory);
    assert_eq!(get(&first, &SecretName::AiKey).await.as_deref(), Some("sk"));
    assert!(!folder.path().join("secrets.sealed").exists());
    assert_eq!(get(&vault(folder.path(), &keychain).await, &SecretName::AiKey).await, None);

    first.unlock("correct horse".into()).await.unwrap();
    assert_eq!(first.state(), SecretsState::Passphrase);
    let second = vault_with(folder.path(), "correct horse").await;
    assert_eq!(get(&second, &SecretName::AiKey).await.as_deref(), Some("sk"));
}

#[tokio::test]
async fn a_passphrase_opens_what_it_sealed_and_nothing_else_does() {
    let folder = tempdir().unwrap();
    vault_with(folder.path(), "correct horse").await.set(&SecretName::AiKey, "sk".into()).await.unwrap();
    let file = std::fs::read(folder.path().join("secrets.sealed")).unwrap();

    let wrong = vault_with(folder.path(), "battery staple").await;
    assert!(is_locked(&wrong, true));
    assert_eq!(wrong.set(&SecretName::AiKey, "other".into()).await.unwrap_err().code, ErrorKind::SecretsLocked);
    let none = vault(folder.path(), &FakeKeychain::new(Mood::Works)).await;
    assert!(is_locked(&none, true), "a working keychain doesn't open it");
    assert_eq!(none.unlock("".into()).await.unwrap_err().code, ErrorKind::InvalidInput);
    assert_eq!(none.unlock("battery staple".into()).await.unwrap_err().code, ErrorKind::SecretsLocked);
    assert_eq!(std::fs::read(folder.path().join("secrets.sealed")).unwrap(), file);
    none.unlock("correct horse".into()).await.unwrap();
    assert_eq!(none.state(), SecretsState::Passphrase);
    assert_eq!(get(&none, &SecretName::AiKey).await.as_deref(), Some("sk"));
    wrong.unlock("correct horse".into()).await.unwrap();
    wrong.set(&SecretName::AiKey, "new".into()).await.unwrap();
    assert_eq!(get(&none, &SecretName::AiKey).await.as_deref(), Some("new"));
}

#[tokio::test]
async fn a_passphrase_is_the_same_however_its_letters_are_composed() {
    for (sealed, typed) in [("gr\u{fc}ne Wiesen", "gru\u{308}ne Wiesen"), ("gru\u{308}ne Wiesen", "gr\u{fc}ne Wiesen")]
    {
        let folder = tempdir().unwrap();
        vault_with(folder.path(), sealed).await.set(&SecretName::AiKey, "sk".into()).await.unwrap();
        let again = vault_with(folder.path(), typed).await;
        assert_eq!(get(&again, &SecretName::AiKey).await.as_deref(), Some("sk"));
    }
}

#[tokio::test]
async fn a_damaged_file_is_kept_as_it_is() {
    let folder = tempdir().unwrap();
    let keychain = FakeKeychain::new(Mood::Works);
    let open = vault(folder.path(), &keychain).await;
    open.set(&SecretName::AiKey, "sk".into()).await.unwrap();
    let path = folder.path().join("secrets.sealed");
    let good = std::fs::read(&path).unwrap();
    let mut bad = good.clone();
    let at = bad.len() - 10;
    bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
    for damaged in [bad, good[..20].to_vec(), Vec::new(), b"garbage\n".to_vec()] {
        std::fs::write(&path, &damaged).unwrap();
        let vault = vault(folder.path(), &keychain).await;
        assert!(is_locked(&vault, false));
        assert_eq!(vault.set(&SecretName::AiKey, "other".into()).await.unwrap_err().code, ErrorKind::SecretsLocked);
        assert_eq!(open.set(&SecretName::AiKey, "other".into()).await.unwrap_err().code, ErrorKind::SecretsLocked);
        assert_eq!(std::fs::read(&path).unwrap(), damaged);
        std::fs::write(&path, &good).unwrap();
        assert_eq!(get(&vault, &SecretName::AiKey).await.as_deref(), Some("sk"), "mended files are taken up");
        assert_eq!(get(&open, &SecretName::AiKey).await.as_deref(), Some("sk"));
    }
    // Moving it away is how people start over.
    std::fs::remove_file(&path).unwrap();
    assert_eq!(get(&open, &SecretName::AiKey).await, None);
    open.set(&SecretName::AiKey, "afresh".into()).await.unwrap();
    assert_eq!(get(&vault(folder.path(), &keychain).await, &SecretName::AiKey).await.as_deref(), Some("afresh"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_start_at_once_agree_on_a_key() {
    for _ in 0..10 {
        let folder = tempdir().unwrap();
        let keychain = FakeKeychain::new(Mood::Works);
        let (one, other) = (vault(folder.path(), &keychain).await, vault(folder.path(), &keychain).await);
        let (one_name, other_name) = (token_of("one"), token_of("other"));
        let (a, b) = tokio::join!(one.set(&one_name, "1".into()), other.set(&other_name, "2".into()));
        assert_eq!((a.unwrap(), b.unwrap()), (Kept::Sealed, Kept::Sealed));
        for vault in [&one, &other] {
            assert_eq!(get(vault, &one_name).await.as_deref(), Some("1"));
            assert_eq!(get(vault, &other_name).await.as_deref(), Some("2"));
        }
        assert_eq!(keychain.len(), 1, "a key of no use was left behind");
    }
}

const FOLDER: &str = "ENGINE_TEST_VAULT_FOLDER";
const WRITER: &str = "ENGINE_TEST_VAULT_WRITER";
const EACH: usize = 20;

/// Another process of the next test.
#[tokio::test]
async fn process_that_writes_secrets() {
    let (Ok(folder), Ok(writer)) = (std::env::var(FOLDER), std::env::var(WRITER)) else { return };
    let vault = Vault::open(folder.as_ref(), Some("shared".into())).await;
    for number in 0..EACH {
        vault.set(&token_of(&format!("{writer}-{number}")), number.to_string().into()).await.unwrap();
    }
}

#[tokio::test]
async fn processes_that_write_at_once_lose_nothing() {
    let folder = tempdir().unwrap();
    let keyring = Keyring::new();
    let processes: Vec<_> = ["a", "b", "c"]
        .map(|writer| {
            let mut command = this_binarys_test("secrets::process_that_writes_secrets");
            command.env(FOLDER, folder.path()).env(WRITER, writer);
            let command = keyring.without_bus(&command);
            std::thread::spawn(move || run(command))
        })
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    for output in processes {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let vault = vault_with(folder.path(), "shared").await;
    for writer in ["a", "b", "c"] {
        for number in 0..EACH {
            let kept = get(&vault, &token_of(&format!("{writer}-{number}"))).await;
            assert_eq!(kept, Some(number.to_string()), "{writer}-{number}");
        }
    }
}

#[tokio::test]
async fn an_empty_passphrase_is_none() {
    let folder = tempdir().unwrap();
    let keychain = FakeKeychain::new(Mood::Absent);
    let vault = Vault::open_with(folder.path(), Some("".into()), keychain, Duration::from_secs(5)).await;
    assert!(is_memory_only(&vault));
}

#[tokio::test]
async fn a_process_without_keychain_goes_on_when_another_seals() {
    let folder = tempdir().unwrap();
    let memory = vault(folder.path(), &FakeKeychain::new(Mood::Absent)).await;
    memory.set(&token_of("a"), "1".into()).await.unwrap();
    vault_with(folder.path(), "correct horse").await.set(&SecretName::AiKey, "sk".into()).await.unwrap();
    assert_eq!(memory.set(&token_of("a"), "2".into()).await.unwrap(), Kept::InMemory);
    assert!(is_locked(&memory, true));
    assert_eq!(get(&memory, &token_of("a")).await.as_deref(), Some("2"));
    assert_eq!(memory.set(&token_of("b"), "3".into()).await.unwrap_err().code, ErrorKind::SecretsLocked);
    memory.unlock("correct horse".into()).await.unwrap();
    let other = vault_with(folder.path(), "correct horse").await;
    assert_eq!(get(&other, &token_of("a")).await.as_deref(), Some("2"));
    assert_eq!(get(&other, &SecretName::AiKey).await.as_deref(), Some("sk"));
}
