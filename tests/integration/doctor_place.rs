//! `doctor` of the chosen place: all three, sound and with something wrong.

use std::path::Path;

use serde_json::Value;
use testkit::proxy::{Fault, FaultProxy, When};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::cli_app::{Ran, Terminal};
use crate::world::{Database, Hosted, Store};

const PASSWORD: &str = "a long enough password";

fn checks(ran: &Ran) -> Vec<String> {
    ran.json().iter().map(|step| step["check"].as_str().unwrap().to_owned()).collect()
}

fn failed(ran: &Ran) -> Vec<Value> {
    ran.json().into_iter().filter(|step| step["status"] == "failed").collect()
}

fn files_in(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

/// Files of a trial in an embedded store; the journal is none.
fn left_behind(store: &Path) -> usize {
    let places = ["objects/pictures", "objects/thumbnails", "objects/image-manager-check", "parts", "arriving"];
    places.iter().map(|place| files_in(&store.join(place))).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn this_computer_is_examined_whole_and_left_as_it_was() {
    let terminal = Terminal::new().with_passphrase();
    let ran = terminal.run(&["doctor", "--json"]).await.ok();
    let store = [
        "address",
        "connect",
        "clock",
        "put",
        "head",
        "list",
        "metadata",
        "etag",
        "range",
        "presigned",
        "checksum",
        "multipart",
        "abort",
    ];
    let behind = ["delete", "account", "upload", "parts", "read", "descriptions"];
    let expected = [&["folder", "space", "secrets"][..], &store, &behind].concat();
    assert_eq!(checks(&ran), expected);
    let skipped: Vec<Value> = ran.json().into_iter().filter(|step| step["status"] == "skipped").collect();
    assert_eq!(skipped.len(), 2, "there is no picture to read yet, and no AI is set up: {skipped:?}");
    assert_eq!(left_behind(&terminal.data_dir().join("this-computer/store")), 0);
    assert!(terminal.run(&["list"]).await.ok().out.is_empty(), "a trial is not a picture");

    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let people = terminal.run(&["doctor"]).await.ok();
    assert!(
        people.out.contains("ok       Read a picture: “red.png” can be read, and is as it was uploaded."),
        "{}",
        people.out
    );
    assert!(people.err.contains("Everything that the app needs works."), "{}", people.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_whose_picture_is_damaged_is_not_well() {
    let terminal = Terminal::new().with_passphrase();
    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let objects = terminal.data_dir().join("this-computer/store/objects/pictures");
    let person = std::fs::read_dir(&objects).unwrap().next().unwrap().unwrap().path();
    let object = std::fs::read_dir(person).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&object).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&object, bytes).unwrap();
    let ran = terminal.run(&["doctor", "--json"]).await.ended(1);
    assert_eq!(failed(&ran).iter().map(|step| &step["check"]).collect::<Vec<_>>(), ["read"], "{}", ran.out);
    terminal.run(&["verify", "--all", "--deep"]).await.ended(1);
    // There is nothing sound to read; that is no reason to call all well.
    let ran = terminal.run(&["doctor", "--json"]).await.ended(1);
    let message = failed(&ran)[0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("One picture is missing or changed in the store"), "{message}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_others_can_read_is_closed_and_one_that_is_shared_on_purpose_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let terminal = Terminal::new().with_passphrase();
    terminal.run(&["list"]).await.ok();
    let folder = terminal.data_dir().join("this-computer");
    let open = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    open(0o755);
    terminal.run(&["doctor"]).await.ok();
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    open(0o1755);
    let ran = terminal.run(&["doctor", "--json"]).await.ended(1);
    let told = failed(&ran)[0]["message"].as_str().unwrap().to_owned();
    assert!(told.contains("Other people of this computer can read") && told.contains("chmod 700"), "{told}");
    open(0o700);
    terminal.run(&["doctor"]).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_can_not_be_used_at_all_is_the_first_thing_told() {
    let terminal = Terminal::new();
    std::fs::write(terminal.data_dir(), "not a folder").unwrap();
    let ran = terminal.run(&["doctor", "--json"]).await.ended(1);
    let step = ran.object();
    assert_eq!((&step["check"], &step["status"]), (&"folder".into(), &"failed".into()));
    assert!(!step["message"].as_str().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_examined_with_the_key_that_is_kept() {
    let garage = testkit::garage::bucket().await;
    let terminal = Terminal::new().with_passphrase();
    let mut arguments = vec!["use", "bucket", "--endpoint", &garage.endpoint, "--region", &garage.region];
    arguments.extend(["--bucket", &garage.bucket, "--key-id", &garage.key_id, "--path-style", "--secret-stdin"]);
    terminal.run_with(&arguments, &garage.secret).await.ok();
    let ran = terminal.run(&["doctor", "--json"]).await.ok();
    assert!(checks(&ran).contains(&"delete".to_owned()) && checks(&ran).contains(&"upload".to_owned()), "{}", ran.out);
    garage.allow(true, false).await;
    let ran = terminal.run(&["doctor", "--json"]).await.ended(1);
    let told = failed(&ran);
    assert_eq!(told[0]["check"], "put");
    assert!(told[0]["message"].as_str().unwrap().contains("Give it that right"), "{}", ran.out);
    assert_eq!(told.last().unwrap()["check"], "parts", "the service’s own trial fails, too: {}", ran.out);
    garage.allow(true, true).await;
    terminal.run(&["doctor"]).await.ok();
}

async fn register(terminal: &Terminal, url: &str) {
    let arguments = ["register", "--service", url, "--username", "anna", "--email", "anna@example.com"];
    terminal.run_with(&[&arguments[..], &["--password-stdin"]].concat(), PASSWORD).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_examined_and_nothing_of_it_stays() {
    let mut hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let terminal = Terminal::new().with_passphrase();
    register(&terminal, &hosted.url()).await;
    let ran = terminal.run(&["doctor", "--json"]).await.ok();
    assert_eq!(
        checks(&ran),
        ["folder", "space", "secrets", "service", "clock", "account", "upload", "parts", "read", "descriptions"]
    );
    let told = ran.out.clone();
    assert!(told.contains("version 0.1.0") && told.contains("signed in as anna"), "{told}");
    assert_eq!(left_behind(&hosted.folder().join("store")), 0);
    assert!(terminal.run(&["list"]).await.ok().out.is_empty());

    hosted.stop().await;
    let ran = terminal.run(&["doctor", "--json"]).await.ended(1);
    let told = failed(&ran);
    assert_eq!((told.len(), &told[0]["check"]), (1, &"service".into()), "{}", ran.out);
    assert!(told[0]["message"].as_str().unwrap().contains("can’t be reached"), "{}", ran.out);
    hosted.resume().await;
    terminal.run(&["doctor"]).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_session_has_ended_is_told_to_sign_in() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let terminal = Terminal::new().with_passphrase();
    register(&terminal, &hosted.url()).await;
    terminal.run(&["logout"]).await.ok();
    let ran = terminal.run(&["doctor", "--json"]).await.ended(1);
    let told = failed(&ran);
    assert!(told[0]["message"].as_str().unwrap().contains("Sign in again"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_store_refuses_is_told_apart_from_its_service() {
    let hosted = Hosted::start(Database::Sqlite, Store::Garage).await;
    let terminal = Terminal::new().with_passphrase();
    register(&terminal, &hosted.url()).await;
    terminal.run(&["doctor"]).await.ok();
    hosted.garage().allow(true, false).await;
    let ran = terminal.run(&["doctor", "--json"]).await.ended(1);
    let told = failed(&ran);
    assert_eq!(told[0]["check"], "upload", "{}", ran.out);
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.contains("refused what a presigned address asked for") && message.contains("rights"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_are_told_as_they_end() {
    let garage = testkit::garage::bucket().await;
    let proxy = FaultProxy::start(&garage.endpoint);
    proxy.next_when(When::method("PUT"), Fault::StallAfter { bytes: 0 });
    let terminal = Terminal::new();
    let url = proxy.endpoint();
    let mut arguments = vec!["doctor", "--json", "--endpoint", &url, "--region", &garage.region];
    arguments.extend(["--bucket", &garage.bucket, "--key-id", &garage.key_id, "--path-style", "--secret-stdin"]);
    let mut child = terminal.command(&arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(garage.secret.as_bytes()).await.unwrap();
    drop(stdin);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    proxy.stalled(1).await;
    // The first PUT hangs, and what came before it can be read.
    for check in ["address", "connect", "clock"] {
        let step: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
        assert_eq!(step["check"], check);
    }
    assert!(child.try_wait().unwrap().is_none(), "it is still at it");
    proxy.release();
    while lines.next_line().await.unwrap().is_some() {}
    child.wait().await.unwrap();
}
