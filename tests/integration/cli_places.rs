//! `login`, `register`, `logout`, `whoami`, `use`, against a real service and a real bucket.

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

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
