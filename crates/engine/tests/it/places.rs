//! Choosing, opening and leaving places, with real services and a real bucket.

use std::path::Path;

use engine::place::Places;
use engine::secrets::Vault;
use engine::settings::Store;
use engine::view::{AccountForm, BucketForm, PlaceKind, RegisterForm, StepStatus};
use engine::{ErrorKind, Role};
use rstest::rstest;
use tempfile::tempdir;

use crate::support::{FakeKeychain, Mood, Service, token_of, vault, vault_with};

fn places(folder: &Path, role: Role, vault: &Vault) -> Places {
    let settings = Store::open(folder).unwrap();
    Places::new(folder.to_owned(), role, "Anna's laptop".to_owned(), settings, vault.clone())
}

/// As after a start of the app, with the passphrase.
async fn started(folder: &Path) -> Places {
    places(folder, Role::Window, &vault_with(folder, "correct horse").await)
}

fn anna(service: &str) -> AccountForm {
    AccountForm {
        service: service.to_owned(),
        username: "anna".to_owned(),
        password: "a long enough password".to_owned(),
        code: None,
    }
}

fn new_anna(service: &str) -> RegisterForm {
    let AccountForm { service, username, password, .. } = anna(service);
    RegisterForm { service, username, email: "anna@example.com".to_owned(), password }
}

#[tokio::test]
async fn this_computer_is_one_click_and_keeps_its_port() {
    let folder = tempdir().unwrap();
    let first = started(folder.path()).await;
    assert!(first.open_current().await.unwrap().is_none());
    let opened = first.choose_this_computer().await.unwrap();
    assert_eq!((opened.place.kind, &*opened.id, opened.problem), (PlaceKind::ThisComputer, "this-computer", None));
    assert!(opened.place.signed_in && opened.library_dir.is_dir());
    let user = opened.client.me().await.unwrap();
    let address = opened.client.address().clone();

    // A command beside the window has the same person's pictures, on another port.
    let command = places(folder.path(), Role::CommandLine, &vault_with(folder.path(), "correct horse").await);
    let beside = command.open_current().await.unwrap().unwrap();
    assert_eq!(beside.client.me().await.unwrap().id, user.id);
    assert_ne!(*beside.client.address(), address);

    // Choosing it again changes nothing.
    assert_eq!(*first.choose_this_computer().await.unwrap().client.address(), address);
    let settings = Store::open(folder.path()).unwrap();
    assert_eq!(
        settings.port("this-computer").map(|port| format!("http://127.0.0.1:{port}")),
        Some(address.to_string())
    );
}

#[tokio::test]
async fn leaving_this_computer_keeps_everything() {
    let folder = tempdir().unwrap();
    let places = started(folder.path()).await;
    let user = places.choose_this_computer().await.unwrap().client.me().await.unwrap();
    assert!(places.sign_out(None).await.unwrap().is_none());
    assert!(started(folder.path()).await.open_current().await.unwrap().is_none());
    let again = started(folder.path()).await.choose_this_computer().await.unwrap();
    assert_eq!(again.client.me().await.unwrap(), user);
}

#[tokio::test]
async fn an_account_survives_a_restart_and_a_service_that_is_down() {
    let (folder, mut service) = (tempdir().unwrap(), Service::start().await);
    let opened = started(folder.path()).await.register(new_anna(&format!(" {}/ ", service.url))).await.unwrap();
    assert_eq!(opened.place.kind, PlaceKind::Account);
    assert_eq!(opened.place.username.as_deref(), Some("anna"));
    assert_eq!(opened.place.location, service.url);
    assert!(opened.place.title.starts_with("anna at 127.0.0.1:"), "{}", opened.place.title);
    let user = opened.client.me().await.unwrap();

    let restarted = started(folder.path()).await.open_current().await.unwrap().unwrap();
    assert_eq!((restarted.place, restarted.id), (opened.place, opened.id));
    assert_eq!(restarted.client.me().await.unwrap(), user);

    service.down().await;
    let offline = started(folder.path()).await.open_current().await.unwrap().unwrap();
    assert!(offline.place.signed_in && offline.problem.is_none());
    assert_eq!(offline.client.me().await.unwrap_err().kind(), ErrorKind::ServiceUnreachable);
    assert!(offline.client.is_signed_in());
}

#[tokio::test]
async fn signing_out_ends_the_session_and_keeps_the_place() {
    let (folder, service) = (tempdir().unwrap(), Service::start().await);
    let places = started(folder.path()).await;
    let opened = places.register(new_anna(&service.url)).await.unwrap();
    let stolen = std::fs::read(folder.path().join("secrets.sealed")).unwrap();
    std::fs::write(opened.library_dir.join("catalogue.db"), "kept").unwrap();

    let left = places.sign_out(Some(&opened.client)).await.unwrap().unwrap();
    assert!(!left.place.signed_in);
    assert_eq!(left.problem.as_ref().unwrap().code, ErrorKind::SignedOut);
    assert_eq!(left.client.me().await.unwrap_err().kind(), ErrorKind::SignedOut);
    assert_eq!(std::fs::read_to_string(left.library_dir.join("catalogue.db")).unwrap(), "kept");
    assert_eq!(opened.client.me().await.unwrap_err().kind(), ErrorKind::SignedOut);
    assert!(!places.sign_out(None).await.unwrap().unwrap().place.signed_in, "twice is once");

    // What was sealed before is of no use to anybody.
    std::fs::write(folder.path().join("secrets.sealed"), stolen).unwrap();
    let thief = started(folder.path()).await.open_current().await.unwrap().unwrap();
    assert_eq!(thief.client.me().await.unwrap_err().kind(), ErrorKind::SignedOut);

    let again = started(folder.path()).await.sign_in(anna(&service.url)).await.unwrap();
    assert!(again.place.signed_in);
    assert_eq!(again.library_dir, left.library_dir);
    again.client.me().await.unwrap();
}

#[tokio::test]
async fn what_fails_leaves_the_chosen_place() {
    let (folder, service) = (tempdir().unwrap(), Service::start().await);
    let places = started(folder.path()).await;
    places.choose_this_computer().await.unwrap();
    let wrong = AccountForm { password: "not her password".to_owned(), ..anna(&service.url) };
    assert_eq!(places.sign_in(wrong).await.unwrap_err().code, ErrorKind::InvalidCredentials);
    assert_eq!(places.sign_in(anna("ftp://x")).await.unwrap_err().code, ErrorKind::InvalidInput);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = places.sign_in(anna(&nobody.to_string())).await.unwrap_err();
    assert_eq!(error.code, ErrorKind::ServiceUnreachable);
    assert!(error.message.contains(&nobody.to_string()), "{}", error.message);
    let weak = RegisterForm { password: "short".to_owned(), ..new_anna(&service.url) };
    assert_eq!(places.register(weak).await.unwrap_err().code, ErrorKind::RegistrationRefused);
    assert_eq!(places.open_current().await.unwrap().unwrap().place.kind, PlaceKind::ThisComputer);
}

#[tokio::test]
async fn a_locked_vault_opens_the_place_and_loses_nothing() {
    let (folder, service) = (tempdir().unwrap(), Service::start().await);
    started(folder.path()).await.register(new_anna(&service.url)).await.unwrap();
    let locked = vault(folder.path(), &FakeKeychain::new(Mood::Works)).await;
    let places = places(folder.path(), Role::Window, &locked);
    let opened = places.open_current().await.unwrap().unwrap();
    assert!(!opened.place.signed_in);
    assert_eq!(opened.problem.unwrap().code, ErrorKind::SecretsLocked);
    assert_eq!(opened.client.me().await.unwrap_err().kind(), ErrorKind::SecretsLocked);
    assert_eq!(places.sign_in(anna(&service.url)).await.unwrap_err().code, ErrorKind::SecretsLocked);
    assert_eq!(places.sign_out(None).await.unwrap_err().code, ErrorKind::SecretsLocked);

    locked.unlock("correct horse".into()).await.unwrap();
    let opened = places.open_current().await.unwrap().unwrap();
    assert!(opened.place.signed_in && opened.problem.is_none());
    opened.client.me().await.unwrap();
}

#[rstest]
#[case(Role::CommandLine)]
#[case(Role::Window)]
#[tokio::test]
async fn with_memory_only_a_command_can_not_sign_in_but_a_window_can(#[case] role: Role) {
    let (folder, service) = (tempdir().unwrap(), Service::start().await);
    let memory = vault(folder.path(), &FakeKeychain::new(Mood::Absent)).await;
    let places = places(folder.path(), role, &memory);
    let result = places.register(new_anna(&service.url)).await;
    if role == Role::Window {
        let opened = result.unwrap();
        opened.client.me().await.unwrap();
        assert!(memory.get(&token_of(&opened.id)).await.unwrap().is_some());
        assert!(!folder.path().join("secrets.sealed").exists());
    } else {
        let error = result.unwrap_err();
        assert_eq!(error.code, ErrorKind::SecretsNotKept);
        assert!(error.message.contains("IMAGE_MANAGER_PASSPHRASE"), "{}", error.message);
        assert!(places.open_current().await.unwrap().is_none());
        places.choose_this_computer().await.unwrap();
    }
}

fn form_of(bucket: &testkit::garage::Garage) -> BucketForm {
    BucketForm {
        endpoint: format!(" {}/ ", bucket.endpoint),
        region: bucket.region.clone(),
        bucket: bucket.bucket.clone(),
        key_id: bucket.key_id.clone(),
        secret: bucket.secret.clone(),
        path_style: bucket.path_style,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_tried_before_it_is_chosen() {
    let (folder, garage) = (tempdir().unwrap(), testkit::garage::bucket().await);
    let places = started(folder.path()).await;
    let wrong = BucketForm { secret: "0".repeat(64), ..form_of(&garage) };
    let report = places.test_bucket(wrong, &mut |_| {}).await.unwrap();
    assert!(!report.ok);
    let failed = report.steps.iter().find(|step| step.status == StepStatus::Failed).unwrap().message.clone();
    let wrong = BucketForm { secret: "0".repeat(64), ..form_of(&garage) };
    let error = places.choose_bucket(wrong).await.unwrap_err();
    assert_eq!((error.code, error.message), (ErrorKind::BucketUnusable, failed));
    assert!(places.open_current().await.unwrap().is_none());
    let empty = BucketForm { secret: " ".to_owned(), ..form_of(&garage) };
    assert_eq!(places.choose_bucket(empty).await.unwrap_err().code, ErrorKind::InvalidInput);

    let report = places.test_bucket(form_of(&garage), &mut |_| {}).await.unwrap();
    assert!(report.ok, "{report:?}");
    let opened = places.choose_bucket(form_of(&garage)).await.unwrap();
    assert_eq!((opened.place.kind, &opened.place.location), (PlaceKind::Bucket, &garage.endpoint));
    assert!(
        opened.place.title.starts_with(&format!("bucket {} at 127.0.0.1", garage.bucket)),
        "{}",
        opened.place.title
    );
    opened.client.ready().await.unwrap();
    let settings = std::fs::read_to_string(folder.path().join("settings.json")).unwrap();
    assert!(!settings.contains(&garage.secret));

    let restarted = started(folder.path()).await.open_current().await.unwrap().unwrap();
    assert_eq!(restarted.id, opened.id);
    restarted.client.ready().await.unwrap();
    assert_eq!(restarted.client.me().await.unwrap(), opened.client.me().await.unwrap());

    // Leaving forgets the key, and nothing else.
    assert!(places.sign_out(None).await.unwrap().is_none());
    assert!(opened.library_dir.is_dir());
    let vault = vault_with(folder.path(), "correct horse").await;
    let name = engine::secrets::SecretName::BucketSecret { place: opened.id };
    assert!(vault.get(&name).await.unwrap().is_none());
}
