//! `login`, `register`, `logout`, `whoami`, `use`, against a real service and a real bucket.

use testkit::proxy::{Fault, FaultProxy, When};

use crate::cli_app::Terminal;
use crate::world::{Database, Hosted, Store};

const PASSWORD: &str = "a long enough password";

async fn register(terminal: &Terminal, service: &Hosted, name: &str) {
    let email = format!("{name}@example.com");
    let url = service.url();
    let arguments = ["register", "--service", &url, "--username", name, "--email", &email, "--password-stdin"];
    terminal.run_with(&arguments, &format!("{PASSWORD}\n")).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_no_choice_made_the_library_is_on_this_computer() {
    let terminal = Terminal::new();
    let state = terminal.run(&["whoami", "--json"]).await.ok().object();
    assert_eq!(state["place"]["kind"], "this_computer");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_computers_share_an_account() {
    let service = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let first = Terminal::new().with_passphrase();
    register(&first, &service, "anna").await;
    let id = first.upload(&first.picture("red.png", [200, 10, 10])).await;

    let second = Terminal::new().with_passphrase();
    let url = service.url();
    let login = ["login", "--service", &url, "--username", "anna", "--password-stdin"];
    second.run_with(&login, PASSWORD).await.ok();
    let state = second.run(&["whoami", "--json"]).await.ok().object();
    assert_eq!(state["place"]["kind"], "account");
    assert_eq!(state["place"]["username"], "anna");
    assert_eq!(second.run(&["list", "--json"]).await.ok().object()["id"], id);

    second.run(&["delete", &id]).await.ok();
    assert_eq!(first.run(&["list", "--json"]).await.ok().out, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_and_changes_nothing() {
    let service = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let terminal = Terminal::new().with_passphrase();
    register(&terminal, &service, "anna").await;
    terminal.run(&["logout"]).await.ok();
    let url = service.url();
    let login = ["login", "--json", "--service", &url, "--username", "anna", "--password-stdin"];
    let ran = terminal.run_with(&login, "something else").await.ended(1);
    assert_eq!(ran.object()["error"]["code"], "invalid_credentials");
    assert!(!ran.err.contains("something else") && !ran.out.contains("something else"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_can_not_be_kept_is_refused() {
    let service = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let terminal = Terminal::new();
    let url = service.url();
    let register =
        ["register", "--json", "--service", &url, "--username", "anna", "--email", "a@example.com", "--password-stdin"];
    let ran = terminal.run_with(&register, PASSWORD).await.ended(1);
    assert_eq!(ran.object()["error"]["code"], "secrets_not_kept", "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_tried_and_taken() {
    let bucket = testkit::garage::bucket().await;
    let terminal = Terminal::new().with_passphrase();
    let mut arguments = vec!["use", "bucket", "--endpoint", &bucket.endpoint, "--region", &bucket.region];
    arguments.extend(["--bucket", &bucket.bucket, "--key-id", &bucket.key_id, "--secret-stdin"]);
    if bucket.path_style {
        arguments.push("--path-style");
    }
    let wrong = terminal.run_with(&arguments, "0000000000000000000000000000000000000000").await.ended(1);
    assert!(wrong.err.contains("failed"), "says which step failed: {}", wrong.err);

    terminal.run_with(&arguments, &bucket.secret).await.ok();
    let state = terminal.run(&["whoami", "--json"]).await.ok().object();
    assert_eq!(state["place"]["kind"], "bucket");
    let path = terminal.picture("red.png", [200, 10, 10]);
    let id = terminal.upload(&path).await;
    terminal.run(&["download", &id, "-o", "copy.png"]).await.ok();
    assert_eq!(std::fs::read(terminal.pictures().join("copy.png")).unwrap(), std::fs::read(path).unwrap());

    let kept = terminal.data_dir();
    for entry in walk(&kept) {
        let bytes = std::fs::read(&entry).unwrap();
        let found = bytes.windows(bucket.secret.len()).any(|window| window == bucket.secret.as_bytes());
        assert!(!found, "the secret stands in {}", entry.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bucket_lacks_is_said_when_it_is_taken() {
    let bucket = testkit::garage::bucket().await;
    let proxy = FaultProxy::start(&bucket.endpoint);
    proxy.always(When::any(), Fault::DropHeaders { beginnings: &["x-amz-meta-"] });
    let terminal = Terminal::new().with_passphrase();
    let endpoint = proxy.endpoint();
    let taken = terminal.use_bucket_at(&endpoint, &bucket).await.ok();
    assert!(taken.err.contains("lacking") && taken.err.contains("drops what is written beside"), "{}", taken.err);
    proxy.clear();
    let taken = terminal.use_bucket_at(&endpoint, &bucket).await.ok();
    assert!(!taken.err.contains("lacking"), "{}", taken.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn known_places_are_listed_counted_and_gone_back_to_without_a_password() {
    let service = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let terminal = Terminal::new().with_passphrase();
    assert_eq!(terminal.run(&["places", "--json"]).await.ok().out, "");
    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    terminal.upload(&terminal.picture("green.png", [10, 200, 10])).await;
    register(&terminal, &service, "anna").await;
    register(&terminal, &service, "ben").await;
    let host = service.address().to_string();

    let listed = terminal.run(&["places", "--json"]).await.ok().json();
    let seen: Vec<_> = listed
        .iter()
        .map(|place| (place["name"].as_str().unwrap(), place["pictures"].as_u64(), place["current"].as_bool()))
        .collect();
    let (anna, ben) = (format!("anna@{host}"), format!("ben@{host}"));
    let expected =
        [("this-computer", Some(2), Some(false)), (&*anna, Some(0), Some(false)), (&*ben, Some(0), Some(true))];
    assert_eq!(seen, expected);
    assert!(listed.iter().all(|place| place["needs"] == "nothing" && place["waiting"] == 0), "{listed:?}");

    let state = terminal.run(&["use", "anna", "--json"]).await.ok().object();
    assert_eq!(state["place"]["name"], *anna);
    assert_eq!(terminal.run(&["whoami", "--json"]).await.ok().object()["place"]["username"], "anna");
    terminal.run(&["use", "this-computer"]).await.ok();
    assert_eq!(terminal.run(&["list", "--json"]).await.ok().json().len(), 2);
    let nobody = terminal.run(&["use", "nobody", "--json"]).await.ended(1);
    assert_eq!(nobody.object()["error"]["code"], "not_found");
    assert!(nobody.err.contains(&ben), "says which there are: {}", nobody.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_an_account_that_was_never_asked_for_them_are_not_counted_as_none() {
    let service = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let one = Terminal::new().with_passphrase();
    register(&one, &service, "anna").await;
    one.upload(&one.picture("red.png", [200, 10, 10])).await;
    let other = Terminal::new().with_passphrase();
    let url = service.url();
    let login = ["login", "--service", &url, "--username", "anna", "--password-stdin"];
    other.run_with(&login, PASSWORD).await.ok();
    let listed = other.run(&["places"]).await.ok();
    assert!(listed.out.contains("pictures not counted"), "{}", listed.out);
    other.run(&["list"]).await.ok();
    let listed = other.run(&["places"]).await.ok();
    assert!(listed.out.contains("1 picture"), "{}", listed.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_out_account_asks_for_the_password_alone() {
    let service = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let terminal = Terminal::new().with_passphrase();
    register(&terminal, &service, "anna").await;
    let text = terminal.pictures().join("text.jpg");
    std::fs::write(&text, "No picture.").unwrap();
    terminal.run(&["upload", text.to_str().unwrap()]).await.ended(1);
    let failed = terminal.run(&["uploads", "--json"]).await.ok().object()["upload"].to_string();
    terminal.run(&["uploads", "retry", &failed]).await.ok();
    let left = terminal.run(&["logout"]).await.ok();
    assert!(left.err.contains("Uploads that are not finished there: 1."), "{}", left.err);
    let lacking = terminal.run(&["whoami"]).await.ended(1);
    assert!(lacking.err.contains("image-manager use anna@"), "{}", lacking.err);
    terminal.run(&["use", "this-computer"]).await.ok();
    let asked = terminal.run(&["use", "anna"]).await.ended(2);
    assert!(asked.err.contains("--secret-stdin") && asked.err.contains("password"), "{}", asked.err);
    let state = terminal.run_with(&["use", "anna", "--secret-stdin", "--json"], PASSWORD).await.ok().object();
    assert_eq!((&state["place"]["username"], &state["place"]["signed_in"]), (&"anna".into(), &true.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn forgetting_a_place_is_said_and_asked_and_deletes_nothing() {
    let service = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let terminal = Terminal::new().with_passphrase();
    register(&terminal, &service, "anna").await;
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let asked = terminal.run(&["places", "forget", "anna"]).await.ended(2);
    assert!(asked.err.contains("stay with the account") && asked.err.contains("--yes"), "{}", asked.err);
    let state = terminal.run(&["places", "forget", "anna", "--yes", "--json"]).await.ok().object();
    assert!(state["place"].is_null());
    assert_eq!(terminal.run(&["places"]).await.ok().out, "");
    let url = service.url();
    let login = ["login", "--service", &url, "--username", "anna", "--password-stdin"];
    terminal.run_with(&login, PASSWORD).await.ok();
    assert_eq!(terminal.run(&["list", "--json"]).await.ok().object()["id"], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nothing_keeps_is_refused_before_it_is_tried() {
    let terminal = Terminal::new();
    let arguments = [
        "use",
        "bucket",
        "--endpoint",
        "http://127.0.0.1:9",
        "--region",
        "r",
        "--bucket",
        "b",
        "--key-id",
        "k",
        "--secret-stdin",
        "--json",
    ];
    let ran = terminal.run_with(&arguments, "s3cret").await.ended(1);
    assert_eq!(ran.object()["error"]["code"], "secrets_not_kept", "{}", ran.err);
    assert!(ran.err.contains("IMAGE_MANAGER_PASSPHRASE") && !ran.err.contains("os error"), "{}", ran.err);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
