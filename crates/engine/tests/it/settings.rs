//! Settings on disk.

use engine::ErrorKind;
use engine::settings::{DEFAULT_MODEL, SavedPlace, Store};
use engine::view::{AiSettingsChange, LinkFormat, SettingsChange, Theme, TileSize};
use rstest::rstest;
use tempfile::tempdir;

use crate::support::{FakeKeychain, Mood, vault};

#[tokio::test]
async fn changes_last_and_others_see_them() {
    let folder = tempdir().unwrap();
    let vault = vault(folder.path(), &FakeKeychain::new(Mood::Works)).await;
    let (one, other) = (Store::open(folder.path()).unwrap(), Store::open(folder.path()).unwrap());
    let defaults = one.view(&vault);
    assert_eq!((defaults.theme, defaults.link_format, defaults.describe_new), Default::default());
    assert_eq!((&*defaults.ai.model, &*defaults.ai.host), (DEFAULT_MODEL, "api.openai.com"));
    assert!(!folder.path().join("settings.json").exists(), "defaults were written");

    let seen = other.revision();
    one.change(SettingsChange { theme: Some(Theme::Dark), describe_new: Some(true), ..Default::default() })
        .await
        .unwrap();
    assert!(other.revision() > seen);
    other.change(SettingsChange { link_format: Some(LinkFormat::Html), ..Default::default() }).await.unwrap();
    for store in [&one, &other, &Store::open(folder.path()).unwrap()] {
        let view = store.view(&vault);
        assert_eq!((view.theme, view.link_format, view.describe_new), (Theme::Dark, LinkFormat::Html, true));
        assert_eq!(view.tile_size, TileSize::Medium);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(std::fs::metadata(folder.path().join("settings.json")).unwrap().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_newer_versions_settings_are_kept() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("settings.json");
    std::fs::write(&path, r#"{"theme":"sepia","watch":["/a"],"place":{"kind":"moon","crater":7}}"#).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.place(), None);
    store.change(SettingsChange { tile_size: Some(TileSize::Large), ..Default::default() }).await.unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let expected = serde_json::json!({
        "theme": "sepia", "watch": ["/a"], "place": { "kind": "moon", "crater": 7 }, "tile_size": "large"
    });
    assert_eq!(kept, expected);
}

#[tokio::test]
async fn a_damaged_file_is_moved_aside_and_told() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("settings.json");
    std::fs::write(&path, "{\"theme\": \"dark\", ").unwrap();
    let store = Store::open(folder.path()).unwrap();
    let notice = store.take_notice().unwrap();
    let aside = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("settings.damaged-"))
        .unwrap();
    assert!(notice.message.contains(&*aside.to_string_lossy()), "{}", notice.message);
    assert_eq!(std::fs::read_to_string(aside).unwrap(), "{\"theme\": \"dark\", ");
    assert!(store.take_notice().is_none());
    store.set_place(Some(SavedPlace::ThisComputer)).await.unwrap();
    assert_eq!(Store::open(folder.path()).unwrap().place(), Some(SavedPlace::ThisComputer));
}

#[tokio::test]
async fn the_ai_key_goes_into_the_vault_and_only_its_end_is_shown() {
    let folder = tempdir().unwrap();
    let vault = vault(folder.path(), &FakeKeychain::new(Mood::Works)).await;
    let store = Store::open(folder.path()).unwrap();
    let change = AiSettingsChange {
        key: Some(" sk-0123456789abcdefWXYZ\n".to_owned()),
        model: Some(" llava ".to_owned()),
        base_url: Some("localhost:11434/v1/".to_owned()),
        ..AiSettingsChange::default()
    };
    store.change_ai(change, &vault).await.unwrap();
    let ai = store.view(&vault).ai;
    assert_eq!((ai.has_key, ai.key_hint.as_deref(), &*ai.model), (true, Some("WXYZ"), "llava"));
    assert_eq!((ai.base_url.as_deref(), &*ai.host), (Some("http://localhost:11434/v1"), "localhost:11434"));
    let file = std::fs::read_to_string(folder.path().join("settings.json")).unwrap();
    assert!(!file.contains("0123456789"), "{file}");

    let back = AiSettingsChange {
        key: Some(String::new()),
        model: Some(String::new()),
        base_url: Some(String::new()),
        ..AiSettingsChange::default()
    };
    store.change_ai(back, &vault).await.unwrap();
    let ai = store.view(&vault).ai;
    assert_eq!((ai.has_key, ai.key_hint, &*ai.model, ai.base_url), (false, None, DEFAULT_MODEL, None));
}

#[rstest]
#[case(AiSettingsChange { base_url: Some("ftp://example.com".into()), key: Some("sk".into()), ..Default::default() })]
#[case(AiSettingsChange { base_url: Some("https://anna:pw@example.com".into()), ..Default::default() })]
#[case(AiSettingsChange { base_url: Some("not an address".into()), ..Default::default() })]
#[case(AiSettingsChange { key: Some("sk- two words".into()), ..Default::default() })]
#[case(AiSettingsChange { model: Some("a\nb".into()), ..Default::default() })]
#[tokio::test]
async fn what_can_not_be_used_changes_nothing(#[case] change: AiSettingsChange) {
    let folder = tempdir().unwrap();
    let vault = vault(folder.path(), &FakeKeychain::new(Mood::Works)).await;
    let store = Store::open(folder.path()).unwrap();
    let before = store.view(&vault);
    assert_eq!(store.change_ai(change, &vault).await.unwrap_err().code, ErrorKind::InvalidInput);
    assert_eq!(store.view(&vault), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_once_are_all_kept() {
    let folder = tempdir().unwrap();
    let stores: Vec<_> = (0..8).map(|_| Store::open(folder.path()).unwrap()).collect();
    let changes = stores.iter().enumerate().map(|(n, store)| async move {
        for round in 0..5 {
            store.set_port(&format!("place-{n}-{round}"), 1000 + n as u16).await.unwrap();
        }
    });
    futures::future::join_all(changes).await;
    for n in 0..8 {
        for round in 0..5 {
            assert_eq!(stores[0].port(&format!("place-{n}-{round}")), Some(1000 + n as u16));
        }
    }
}
