//! Choosing, opening and leaving places, with real services and a real bucket.

use std::path::Path;

use account_service::EmbeddedStore;
use engine::place::Places;
use engine::secrets::Vault;
use engine::settings::Store;
use engine::view::{AccountForm, BucketForm, KnownPlace, PlaceKind, PlaceNeeds, RegisterForm, StepStatus};
use engine::{ErrorKind, Role};
use rstest::rstest;
use secrecy::ExposeSecret;
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
    RegisterForm { service, username, email: "anna@example.com".to_owned(), password, invitation: None }
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
        without_parts: false,
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
    let error = places.choose_bucket(wrong, &mut |_| {}).await.unwrap_err();
    assert_eq!((error.code, error.message), (ErrorKind::BucketUnusable, failed));
    assert!(places.open_current().await.unwrap().is_none());
    let empty = BucketForm { secret: " ".to_owned(), ..form_of(&garage) };
    assert_eq!(places.choose_bucket(empty, &mut |_| {}).await.unwrap_err().code, ErrorKind::InvalidInput);

    let report = places.test_bucket(form_of(&garage), &mut |_| {}).await.unwrap();
    assert!(report.ok, "{report:?}");
    let opened = places.choose_bucket(form_of(&garage), &mut |_| {}).await.unwrap();
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

fn ben(service: &str) -> RegisterForm {
    RegisterForm { username: "ben".to_owned(), email: "ben@example.com".to_owned(), ..new_anna(service) }
}

/// Name, whether it is the chosen one, and what it asks for.
fn listed(known: &[KnownPlace]) -> Vec<(&str, bool, PlaceNeeds)> {
    known.iter().map(|known| (&*known.place.name, known.current, known.needs)).collect()
}

#[tokio::test]
async fn going_back_to_a_place_asks_for_nothing_that_is_kept() {
    let (folder, service) = (tempdir().unwrap(), Service::start().await);
    let host = service.url.trim_start_matches("http://");
    let (anna_at, ben_at) = (format!("anna@{host}"), format!("ben@{host}"));
    let places = started(folder.path()).await;
    assert!(places.known().await.is_empty());
    places.choose_this_computer().await.unwrap();
    let anna = places.register(new_anna(&service.url)).await.unwrap();
    let ben = places.register(ben(&service.url)).await.unwrap();
    assert_ne!(anna.id, ben.id, "two accounts at one service are two places");

    // As after a restart.
    let places = started(folder.path()).await;
    let known = places.known().await;
    let nothing = PlaceNeeds::Nothing;
    let expected = [("this-computer", false, nothing), (&*anna_at, false, nothing), (&*ben_at, true, nothing)];
    assert_eq!(listed(&known), expected);
    let back = places.go_to("anna").await.unwrap();
    assert_eq!((back.place.name, &back.id), (anna_at.clone(), &anna.id));
    back.client.me().await.unwrap();

    // Signing out of one touches no other one's session.
    places.sign_out(Some(&back.client)).await.unwrap();
    let known = places.known().await;
    assert_eq!(listed(&known)[1..], [(&*anna_at, true, PlaceNeeds::SignIn), (&*ben_at, false, nothing)]);
    let back = places.go_to(&ben.id).await.unwrap();
    assert_eq!(back.client.me().await.unwrap().username, "ben");
    assert_eq!(places.go_to("nobody").await.unwrap_err().code, ErrorKind::NotFound);
    assert_eq!(places.open_current().await.unwrap().unwrap().id, ben.id, "what fails changes nothing");
}

#[tokio::test]
async fn a_forgotten_place_is_not_listed_and_loses_no_picture() {
    let (folder, service) = (tempdir().unwrap(), Service::start().await);
    let places = started(folder.path()).await;
    places.choose_this_computer().await.unwrap();
    let anna = places.register(new_anna(&service.url)).await.unwrap();
    let ben = places.register(ben(&service.url)).await.unwrap();
    std::fs::write(anna.library_dir.join("catalogue.db"), "kept").unwrap();

    assert!(!places.forget("anna", Some(&ben.client)).await.unwrap(), "it was not the chosen one");
    assert_eq!(places.known().await.len(), 2);
    assert_eq!(std::fs::read_to_string(anna.library_dir.join("catalogue.db")).unwrap(), "kept");
    assert_eq!(anna.client.me().await.unwrap_err().kind(), ErrorKind::SignedOut, "its session is over");
    ben.client.me().await.unwrap();
    let vault = vault_with(folder.path(), "correct horse").await;
    assert!(vault.get(&token_of(&anna.id)).await.unwrap().is_none());
    assert!(vault.get(&token_of(&ben.id)).await.unwrap().is_some());

    assert!(places.forget("this-computer", None).await.is_ok_and(|chosen| !chosen));
    assert!(places.forget("ben", Some(&ben.client)).await.unwrap());
    assert!(places.open_current().await.unwrap().is_none());
    assert!(places.known().await.is_empty());
    assert!(folder.path().join("this-computer").is_dir(), "its pictures stay");
    places.choose_this_computer().await.unwrap();
    assert_eq!(places.known().await.len(), 1);
}

#[tokio::test]
async fn an_earlier_versions_library_on_this_computer_is_known() {
    let folder = tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("libraries/this-computer")).unwrap();
    let bucket = r#"{"place":{"kind":"bucket","endpoint":"https://s3.example.com","region":"r","bucket":"b","key_id":"k","path_style":true}}"#;
    std::fs::write(folder.path().join("settings.json"), bucket).unwrap();
    let places = started(folder.path()).await;
    let known = places.known().await;
    let expected = [("this-computer", false, PlaceNeeds::Nothing), ("b@s3.example.com", true, PlaceNeeds::Key)];
    assert_eq!(listed(&known), expected);
    places.go_to("this-computer").await.unwrap();
    let known = places.known().await;
    assert_eq!(known.len(), 2, "the bucket is still known");
    let address = known[1].place.bucket.as_ref().unwrap();
    assert_eq!((&*address.endpoint, &*address.key_id, address.path_style), ("https://s3.example.com", "k", true));
}

#[tokio::test]
async fn what_is_locked_is_not_taken_for_missing() {
    let (folder, service) = (tempdir().unwrap(), Service::start().await);
    started(folder.path()).await.register(new_anna(&service.url)).await.unwrap();
    let locked = vault(folder.path(), &FakeKeychain::new(Mood::Works)).await;
    let places = places(folder.path(), Role::Window, &locked);
    assert_eq!(places.known().await[0].needs, PlaceNeeds::Unlock);
    assert_eq!(places.forget("anna", None).await.unwrap_err().code, ErrorKind::SecretsLocked);
    assert_eq!(places.known().await.len(), 1, "it stays known");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_buckets_at_one_endpoint_are_two_places_and_each_keeps_its_key() {
    let (folder, one, other) = (tempdir().unwrap(), testkit::garage::bucket().await, testkit::garage::bucket().await);
    let places = started(folder.path()).await;
    let first = places.choose_bucket(form_of(&one), &mut |_| {}).await.unwrap();
    let second = places.choose_bucket(form_of(&other), &mut |_| {}).await.unwrap();
    assert_ne!(first.id, second.id);
    let back = started(folder.path()).await.go_to(&one.bucket).await.unwrap();
    assert!(back.problem.is_none() && back.place.signed_in, "{:?}", back.problem);
    back.client.ready().await.unwrap();

    // Leaving one takes its own key and no other.
    let places = started(folder.path()).await;
    places.sign_out(None).await.unwrap();
    let needs = |known: &[KnownPlace], bucket: &str| {
        known.iter().find(|known| known.place.name.starts_with(bucket)).map(|known| known.needs)
    };
    let known = places.known().await;
    assert_eq!(needs(&known, &one.bucket), Some(PlaceNeeds::Key));
    assert_eq!(needs(&known, &other.bucket), Some(PlaceNeeds::Nothing));
    // Without its key it opens all the same, and says what it lacks.
    let opened = places.go_to(&one.bucket).await.unwrap();
    assert_eq!(opened.problem.unwrap().code, ErrorKind::SecretsNotKept);
    assert!(!opened.place.signed_in && opened.place.bucket.is_some_and(|known| known.key_id == one.key_id));
}

/// The bucket of a store that runs in this process, as somebody types it.
fn form_at(store: &EmbeddedStore) -> BucketForm {
    let bucket = store.bucket();
    BucketForm {
        endpoint: bucket.endpoint.unwrap(),
        region: bucket.region,
        bucket: bucket.bucket,
        key_id: bucket.key_id,
        secret: bucket.secret.expose_secret().to_owned(),
        path_style: bucket.path_style,
        without_parts: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nothing_keeps_is_asked_for_again_with_all_else_filled_in() {
    let (folder, store_folder) = (tempdir().unwrap(), tempdir().unwrap());
    let store = EmbeddedStore::start(store_folder.path()).await.unwrap();
    let form = form_at(&store);
    let memory = vault(folder.path(), &FakeKeychain::new(Mood::Absent)).await;
    let chosen = places(folder.path(), Role::Window, &memory).choose_bucket(form.clone(), &mut |_| {}).await.unwrap();
    assert!(chosen.problem.is_none() && chosen.place.signed_in);

    // As after a restart.
    let memory = vault(folder.path(), &FakeKeychain::new(Mood::Absent)).await;
    let places = places(folder.path(), Role::Window, &memory);
    let opened = places.open_current().await.unwrap().unwrap();
    assert_eq!(opened.problem.unwrap().code, ErrorKind::SecretsNotKept);
    let known = opened.place.bucket.unwrap();
    let typed = BucketForm {
        endpoint: known.endpoint,
        region: known.region,
        bucket: known.bucket,
        key_id: known.key_id,
        secret: form.secret,
        path_style: known.path_style,
        without_parts: known.without_parts,
    };
    let back = places.choose_bucket(typed, &mut |_| {}).await.unwrap();
    assert_eq!((&back.id, back.place.signed_in), (&chosen.id, true));
    back.client.ready().await.unwrap();
    assert!(!folder.path().join("secrets.sealed").exists());
}

#[tokio::test]
async fn a_slip_in_an_address_is_not_taken_for_a_host() {
    let folder = tempdir().unwrap();
    let places = started(folder.path()).await;
    for typed in ["htp:/foo", "http;//s3.example.com", "https//s3.example.com"] {
        let form = BucketForm {
            endpoint: typed.to_owned(),
            region: "r".to_owned(),
            bucket: "b".to_owned(),
            key_id: "k".to_owned(),
            secret: "s".to_owned(),
            path_style: true,
            without_parts: false,
        };
        let error = places.test_bucket(form, &mut |_| {}).await.unwrap_err();
        assert_eq!(error.code, ErrorKind::InvalidInput, "{typed}");
        assert!(error.message.contains(typed), "{}", error.message);
    }
}
