//! `rebuild --from-bucket`: on an empty computer, with nothing but the bucket's credentials.

use account_service::object_store::{Depth, ObjectStore};
use serde_json::Value;
use testkit::garage::Garage;

use crate::cli_app::{Ran, Terminal};
use crate::world::bucket_config;

fn arguments<'a>(command: &[&'a str], bucket: &'a Garage) -> Vec<&'a str> {
    let mut arguments = command.to_vec();
    arguments.extend(["--endpoint", &bucket.endpoint, "--region", &bucket.region, "--bucket", &bucket.bucket]);
    arguments.extend(["--key-id", &bucket.key_id, "--secret-stdin", "--path-style"]);
    arguments
}

async fn rebuild(terminal: &Terminal, bucket: &Garage) -> Ran {
    terminal.run_with(&arguments(&["rebuild", "--json", "--from-bucket"], bucket), &bucket.secret).await
}

/// Everything that a program outside of the app can know of the library.
async fn library(terminal: &Terminal) -> Vec<Value> {
    let mut all = terminal.run(&["list", "--json"]).await.ok().json();
    all.extend(terminal.run(&["list", "--json", "--trash"]).await.ok().json());
    let mut shown = Vec::new();
    for picture in &all {
        if picture["deleted_at"].is_null() {
            shown.push(terminal.run(&["show", "--json", picture["id"].as_str().unwrap()]).await.ok().object());
        }
    }
    all.extend(shown);
    all
}

/// A library in a bucket in which something has happened.
async fn lived_in(bucket: &Garage) -> Terminal {
    let terminal = Terminal::new().with_passphrase();
    terminal.run_with(&arguments(&["use", "bucket"], bucket), &bucket.secret).await.ok();
    terminal.picture("Grüße 写真.png", [200, 10, 10]);
    terminal.picture("door.png", [10, 10, 200]);
    terminal.picture("old.png", [10, 200, 10]);
    let lines = terminal.run(&["upload", "--json", "."]).await.ok().json();
    assert_eq!(lines.len(), 3);
    let old = lines.iter().find(|line| line["path"].as_str().unwrap().ends_with("old.png")).unwrap();
    terminal.run(&["delete", old["id"].as_str().unwrap()]).await.ok();
    terminal
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_computer_has_the_same_library_afterwards() {
    let bucket = testkit::garage::bucket().await;
    let first = lived_in(&bucket).await;
    let before = library(&first).await;
    assert_eq!(before.len(), 3 + 2);

    let second = Terminal::new().with_passphrase();
    let chosen = second.run_with(&arguments(&["use", "bucket"], &bucket), &bucket.secret).await.ok();
    assert!(chosen.err.contains("holds pictures already") && chosen.err.contains("3 pictures"), "{}", chosen.err);
    let report = rebuild(&second, &bucket).await.ok().object();
    assert_eq!((report["restored"].as_u64(), report["from_journal"].as_u64()), (Some(3), Some(3)), "{report}");
    assert_eq!(library(&second).await, before);
    let id = before[0]["id"].as_str().unwrap();
    second.run(&["download", id, "-o", "copy.png"]).await.ok();
    let name = before[0]["name"].as_str().unwrap();
    let original = std::fs::read(first.pictures().join(name)).unwrap();
    assert_eq!(std::fs::read(second.pictures().join("copy.png")).unwrap(), original);

    // Once more, without saying which bucket: it is in use now.
    let again = second.run(&["rebuild", "--json", "--from-bucket"]).await.ok().object();
    assert_eq!((again["restored"].as_u64(), again["already"].as_u64()), (Some(0), Some(3)), "{again}");
    assert_eq!(library(&second).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_journal_a_library_keeps_every_picture() {
    let bucket = testkit::garage::bucket().await;
    let first = lived_in(&bucket).await;
    let before = library(&first).await;
    let store = ObjectStore::new(&bucket_config(&bucket));
    let journal = store.list("journal/", Depth::Everything, None).await.unwrap().objects;
    assert!(!journal.is_empty(), "commands leave a journal behind");
    for segment in journal {
        store.delete(&segment.key).await.unwrap();
    }
    let second = Terminal::new().with_passphrase();
    let ran = rebuild(&second, &bucket).await.ok();
    assert_eq!(ran.object()["from_objects"], 3);
    assert!(ran.err.contains("3 pictures were not in the journal"), "{}", ran.err);
    let after = second.run(&["list", "--json"]).await.ok().json();
    for picture in &before {
        let same = after.iter().find(|after| after["id"] == picture["id"]).unwrap();
        for field in ["name", "sha256", "size", "width", "height", "taken_at", "format"] {
            assert_eq!(same[field], picture[field], "{field}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_rebuilt_from_is_said() {
    let terminal = Terminal::new().with_passphrase();
    let ran = terminal.run(&["rebuild", "--json", "--from-bucket"]).await.ended(1);
    assert_eq!(ran.object()["error"]["code"], "no_place", "{}", ran.err);
    let bucket = testkit::garage::bucket().await;
    let ran = rebuild(&terminal, &bucket).await.ended(1);
    assert_eq!(ran.object()["error"]["code"], "not_found", "{}", ran.err);
    assert!(ran.err.contains("The bucket stays the chosen place"), "{}", ran.err);
    // Whoever was somewhere else is there again.
    terminal.run(&["use", "this-computer"]).await.ok();
    let ran = rebuild(&terminal, &bucket).await.ended(1);
    assert!(ran.err.contains("Nothing in it was changed"), "{}", ran.err);
    assert_eq!(terminal.run(&["whoami", "--json"]).await.ok().object()["place"]["kind"], "this_computer");
}

/// Each takes up what the other did since, and none of it is lost to a third.
#[tokio::test(flavor = "multi_thread")]
async fn two_computers_that_take_turns_lose_no_edit() {
    let bucket = testkit::garage::bucket().await;
    let (a, b) = (Terminal::new().with_passphrase(), Terminal::new().with_passphrase());
    a.run_with(&arguments(&["use", "bucket"], &bucket), &bucket.secret).await.ok();
    let id = a.upload(&a.picture("door.png", [10, 10, 200])).await;
    let thrown = a.upload(&a.picture("old.png", [10, 200, 10])).await;
    a.run(&["edit", &id, "--add-tag", "from a"]).await.ok();

    rebuild(&b, &bucket).await.ok();
    let edit =
        ["edit", &*id, "--add-tag", "from b", "--description", "words of b", "--rating", "4", "--name", "gate.png"];
    b.run(&edit).await.ok();
    b.run(&["delete", &thrown]).await.ok();
    b.run(&["album", "create", "Of b"]).await.ok();
    b.run(&["album", "add", "Of b", &id]).await.ok();

    rebuild(&a, &bucket).await.ok();
    let shown = a.run(&["show", "--json", &id]).await.ok().object();
    assert_eq!((&shown["name"], &shown["rating"]), (&"gate.png".into(), &4.into()), "{shown}");
    assert_eq!(
        (&shown["description"], &shown["tags"]),
        (&"words of b".into(), &serde_json::json!(["from a", "from b"]))
    );
    assert_eq!(a.run(&["list", "--json", "--trash"]).await.ok().json().len(), 1);
    a.run(&["edit", &id, "--add-tag", "a again"]).await.ok();

    let empty = Terminal::new().with_passphrase();
    rebuild(&empty, &bucket).await.ok();
    let shown = empty.run(&["show", "--json", &id]).await.ok().object();
    assert_eq!(shown["tags"], serde_json::json!(["from a", "from b", "a again"]), "{shown}");
    assert_eq!((&shown["name"], &shown["description"]), (&"gate.png".into(), &"words of b".into()), "{shown}");
    let albums = empty.run(&["album", "list", "--json"]).await.ok();
    assert!(albums.out.contains("Of b"), "{}", albums.out);
}

/// What only this computer's catalogue knows is said again, and the account has it for good.
#[tokio::test(flavor = "multi_thread")]
async fn without_database_and_journal_the_words_are_those_of_the_catalogue() {
    let terminal = Terminal::new();
    let id = terminal.upload(&terminal.picture("door.png", [10, 10, 200])).await;
    let thrown = terminal.upload(&terminal.picture("old.png", [10, 200, 10])).await;
    let edit = ["edit", &*id, "--add-tag", "door", "--description", "A door.", "--rating", "4", "--name", "gate.png"];
    terminal.run(&edit).await.ok();
    terminal.run(&["album", "create", "Doors"]).await.ok();
    terminal.run(&["album", "add", "Doors", &id]).await.ok();
    terminal.run(&["delete", &thrown]).await.ok();
    let lose = || {
        let service = terminal.data_dir().join("this-computer");
        std::fs::remove_dir_all(service.join("store/objects/journal")).unwrap();
        for file in ["account.db", "account.db-wal", "account.db-shm"] {
            let _ = std::fs::remove_file(service.join(file));
        }
    };
    lose();
    let said = terminal.run(&["list"]).await.ok().err;
    assert!(said.contains("those that this computer’s catalogue knows"), "{said}");
    // By its own word: another catalogue reads it from the account.
    terminal.run(&["edit", &id, "--add-tag", "new"]).await.ok();
    std::fs::remove_dir_all(terminal.data_dir().join("libraries")).unwrap();
    let shown = terminal.run(&["show", "--json", &id]).await.ok().object();
    assert_eq!((&shown["name"], &shown["rating"]), (&"gate.png".into(), &4.into()), "{shown}");
    assert_eq!((&shown["description"], &shown["tags"]), (&"A door.".into(), &serde_json::json!(["door", "new"])));
    assert_eq!(terminal.run(&["list", "--json", "--trash"]).await.ok().json().len(), 1);
    let found = terminal.run(&["search", "--json", "album:Doors"]).await.ok().json();
    assert_eq!(found.len(), 1, "{found:?}");

    // Without a catalogue, too, it is said that nobody knows.
    std::fs::remove_dir_all(terminal.data_dir().join("libraries")).unwrap();
    lose();
    let said = terminal.run(&["list"]).await.ok().err;
    assert!(said.contains("could not be brought back"), "{said}");
}

/// As when somebody puts the app's data back from a backup and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_from_an_older_copy_takes_up_what_came_after_it() {
    let terminal = Terminal::new();
    let id = terminal.upload(&terminal.picture("door.png", [10, 10, 200])).await;
    let service = terminal.data_dir().join("this-computer");
    let copy = std::fs::read(service.join("account.db")).unwrap();
    terminal.upload(&terminal.picture("new.png", [10, 200, 10])).await;
    terminal.run(&["edit", &id, "--add-tag", "later", "--name", "gate.png"]).await.ok();
    std::fs::write(service.join("account.db"), copy).unwrap();
    for file in ["account.db-wal", "account.db-shm"] {
        let _ = std::fs::remove_file(service.join(file));
    }
    std::fs::remove_dir_all(terminal.data_dir().join("libraries")).unwrap();
    let listed = terminal.run(&["list", "--json"]).await.ok();
    assert!(listed.err.contains("older than the journal") && listed.err.contains("2 later changes"), "{}", listed.err);
    assert_eq!(listed.json().len(), 2);
    let shown = terminal.run(&["show", "--json", &id]).await.ok().object();
    assert_eq!((&shown["name"], &shown["tags"]), (&"gate.png".into(), &serde_json::json!(["later"])), "{shown}");
}
