//! Local copies: only what is proven goes, and it goes to the trash.

use std::path::PathBuf;

use serde_json::Value;

use crate::cli_app::{Ran, Terminal};

fn line<'a>(lines: &'a [Value], name: &str) -> &'a Value {
    lines.iter().find(|line| line["path"].as_str().unwrap().ends_with(name)).unwrap_or_else(|| panic!("no {name}"))
}

#[track_caller]
fn kept(ran: &Ran, name: &str, reason: &str) {
    let lines = ran.json();
    let line = line(&lines, name);
    assert_eq!(line["status"], "kept", "{line}");
    assert!(line["reason"].as_str().unwrap().contains(reason), "{line}");
}

fn trash(terminal: &Terminal) -> PathBuf {
    terminal.data_dir().parent().unwrap().join(".local/share/Trash")
}

fn stored(terminal: &Terminal) -> Vec<PathBuf> {
    let objects = terminal.data_dir().join("this-computer/store/objects/pictures");
    std::fs::read_dir(&objects)
        .unwrap()
        .flat_map(|person| std::fs::read_dir(person.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_verified_bytes_go_and_they_can_be_taken_back() {
    let terminal = Terminal::new();
    let red = terminal.picture("red.png", [200, 10, 10]);
    let bytes = std::fs::read(&red).unwrap();
    terminal.upload(&red).await;
    let edited = terminal.picture("edited.png", [10, 200, 10]);
    terminal.upload(&edited).await;
    terminal.picture("edited.png", [10, 200, 11]);
    let trashed = terminal.picture("trashed.png", [1, 1, 1]);
    let id = terminal.upload(&trashed).await;
    terminal.run(&["delete", &id]).await.ok();
    terminal.picture("never.png", [9, 9, 9]);

    let asked = terminal.run(&["free", "red.png"]).await.ended(2);
    assert!(asked.err.contains("--yes") && red.exists(), "{}", asked.err);
    let plan = terminal.run(&["free", "--dry-run", "--json", "red.png"]).await.ok().object();
    assert_eq!(plan["status"], "safe");
    assert!(red.exists());

    let ran = terminal.run(&["free", "--yes", "--json", "."]).await.ended(1);
    assert_eq!(line(&ran.json(), "red.png")["status"], "freed");
    kept(&ran, "edited.png", "not in the library");
    kept(&ran, "trashed.png", "library’s trash");
    kept(&ran, "never.png", "not in the library");
    assert!(!red.exists() && edited.exists() && trashed.exists());
    assert_eq!(std::fs::read(trash(&terminal).join("files/red.png")).unwrap(), bytes, "it is in the trash, whole");
    let info = std::fs::read_to_string(trash(&terminal).join("info/red.png.trashinfo")).unwrap();
    assert!(info.contains(red.to_str().unwrap()), "where it came from is known: {info}");
    terminal.run(&["verify", "--all"]).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn uploaded_files_are_known_without_being_named() {
    let terminal = Terminal::new();
    let (red, blue) = (terminal.picture("a/red.png", [200, 10, 10]), terminal.picture("b/blue.png", [10, 10, 200]));
    terminal.run(&["upload", "a", "b"]).await.ok();
    let other = terminal.picture("c/other.png", [3, 3, 3]);
    std::fs::remove_file(&blue).unwrap();
    let ran = terminal.run(&["free", "--yes", "--json", "--uploaded"]).await.ok();
    assert_eq!(ran.object()["path"], red.to_str().unwrap());
    assert!(!red.exists() && other.exists());
    let again = terminal.run(&["free", "--yes", "--json", "--uploaded"]).await.ok();
    assert!(again.out.is_empty(), "{}", again.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_the_list_of_uploads_forgets_no_file() {
    let terminal = Terminal::new();
    let (red, blue) = (terminal.picture("a/red.png", [200, 10, 10]), terminal.picture("b/blue.png", [10, 10, 200]));
    terminal.run(&["upload", "a", "b"]).await.ok();
    terminal.run(&["uploads", "clear"]).await.ok();
    assert!(terminal.run(&["uploads", "list", "--done"]).await.ok().out.is_empty());
    let history = terminal.run(&["uploads", "list", "--history", "--json"]).await.ok().json();
    let names: Vec<_> = history.iter().map(|line| line["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["blue.png", "red.png"]);
    assert!(history.iter().all(|line| line["status"] == "verified" && line["finished_at"].is_string()), "{history:?}");

    std::fs::remove_file(&blue).unwrap();
    let ran = terminal.run(&["free", "--yes", "--json", "--uploaded"]).await.ok();
    assert_eq!(ran.object()["path"], red.to_str().unwrap());
    assert!(ran.err.contains("1 file that was uploaded from here is not where it was."), "{}", ran.err);
    assert!(!red.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_has_lost_meanwhile_stays() {
    let terminal = Terminal::new();
    let red = terminal.picture("red.png", [200, 10, 10]);
    terminal.upload(&red).await;
    for object in stored(&terminal) {
        std::fs::remove_file(object).unwrap();
    }
    // Nobody has noticed yet: the store is asked right before.
    let ran = terminal.run(&["free", "--yes", "--json", "red.png"]).await.ended(1);
    kept(&ran, "red.png", "store no longer has");
    assert!(red.exists());
    let ran = terminal.run(&["free", "--yes", "--json", "red.png"]).await.ended(1);
    kept(&ran, "red.png", "upload this file again");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn links_and_the_apps_own_files_stay() {
    let terminal = Terminal::new();
    let red = terminal.picture("red.png", [200, 10, 10]);
    terminal.upload(&red).await;
    std::os::unix::fs::symlink(&red, terminal.pictures().join("link.png")).unwrap();
    let ran = terminal.run(&["free", "--yes", "--json", "link.png"]).await.ended(1);
    kept(&ran, "link.png", "link");
    let object = stored(&terminal).remove(0);
    let ran = terminal.run(&["free", "--yes", "--json", object.to_str().unwrap()]).await.ended(1);
    kept(&ran, "", "app’s own folder");
    assert!(object.exists() && red.exists());
    // Also by another way to the same folder.
    std::os::unix::fs::symlink(terminal.data_dir(), terminal.pictures().join("elsewhere")).unwrap();
    let inside = object.strip_prefix(terminal.data_dir()).unwrap();
    let detour = terminal.pictures().join("elsewhere").join(inside);
    let ran = terminal.run(&["free", "--yes", "--json", detour.to_str().unwrap()]).await.ended(1);
    kept(&ran, "", "app’s own folder");
    assert!(object.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_trash_nothing_is_touched() {
    let terminal = Terminal::new();
    let red = terminal.picture("red.png", [200, 10, 10]);
    terminal.upload(&red).await;
    std::fs::create_dir_all(trash(&terminal).parent().unwrap()).unwrap();
    std::fs::write(trash(&terminal), "not a folder").unwrap();
    let ran = terminal.run(&["free", "--yes", "--json", "red.png"]).await.ended(1);
    kept(&ran, "red.png", "can’t be moved to the system’s trash");
    assert!(red.exists());
}
