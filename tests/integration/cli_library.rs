//! `upload`, `list`, `search`, `show`, `download`, `link`, `delete`, `restore` on *This computer*.

use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::cli_app::Terminal;

fn sha256(path: &Path) -> String {
    Sha256::digest(std::fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_go_in_and_come_out_with_the_same_bytes() {
    let terminal = Terminal::new();
    let red = terminal.picture("red.png", [200, 10, 10]);
    terminal.picture("holiday/blue.png", [10, 10, 200]);

    let lines = terminal.run(&["upload", "--json", "red.png", "holiday"]).await.ok().json();
    let paths: Vec<_> = lines.iter().map(|line| line["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["red.png", "holiday/blue.png"], "as they were typed, in order");
    for line in &lines {
        assert_eq!(line["status"], "uploaded");
        assert_eq!(line["error"], Value::Null);
        assert!(line["link"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{line}");
    }
    assert_eq!(lines[0]["sha256"], sha256(&red));

    let id = lines[0]["id"].as_str().unwrap();
    let saved = terminal.run(&["download", id, "-o", "copy.png"]).await.ok();
    assert_eq!(saved.out.trim_end(), "copy.png");
    assert_eq!(std::fs::read(terminal.pictures().join("copy.png")).unwrap(), std::fs::read(&red).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_into_a_folder_overwrites_nothing() {
    let terminal = Terminal::new();
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let saved = terminal.run(&["download", "--json", &id]).await.ok().object();
    assert_eq!(Path::new(saved["path"].as_str().unwrap()).file_name().unwrap(), "red (2).png");
    assert!(terminal.pictures().join("red (2).png").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_are_stored_once() {
    let terminal = Terminal::new();
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    terminal.picture("copy of red.png", [200, 10, 10]);
    let again = terminal.run(&["upload", "--json", "copy of red.png"]).await.ok().object();
    assert_eq!(again["status"], "duplicate");
    assert_eq!(again["id"], id);
    assert!(again["link"].is_string(), "{again}");
    assert_eq!(terminal.run(&["list", "--json"]).await.ok().json().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_and_the_others_go_on() {
    let terminal = Terminal::new();
    terminal.picture("good.png", [1, 2, 3]);
    std::fs::write(terminal.pictures().join("empty.png"), b"").unwrap();
    std::fs::write(terminal.pictures().join("text.png"), b"I am a text.").unwrap();
    let ran = terminal.run(&["upload", "--json", "text.png", "missing.png", "good.png", "empty.png"]).await.ended(1);
    let lines = ran.json();
    let outcome: Vec<_> =
        lines.iter().map(|line| (line["path"].as_str().unwrap(), line["error"]["code"].as_str())).collect();
    assert_eq!(
        outcome,
        [
            ("text.png", Some("not_a_picture")),
            ("missing.png", Some("unreadable")),
            ("good.png", None),
            ("empty.png", Some("empty_file"))
        ]
    );
    for line in lines.iter().filter(|line| line["status"] == "failed") {
        let message = line["error"]["message"].as_str().unwrap();
        assert!(message.ends_with('.') && ran.err.contains(message), "{message}\n{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_is_listed_searched_and_shown() {
    let terminal = Terminal::new();
    let red = terminal.upload(&terminal.picture("red barn.png", [200, 10, 10])).await;
    let blue = terminal.upload(&terminal.picture("blue door.png", [10, 10, 200])).await;

    let listed = terminal.run(&["list", "--json", "--sort", "name"]).await.ok().json();
    let names: Vec<_> = listed.iter().map(|picture| picture["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["blue door.png", "red barn.png"]);
    assert_eq!(listed[0]["id"], blue);
    assert_eq!((listed[0]["width"].as_u64(), listed[0]["height"].as_u64()), (Some(48), Some(32)));

    let found = terminal.run(&["search", "--json", "barn", "red"]).await.ok().object();
    assert_eq!(found["id"], red);
    let nothing = terminal.run(&["search", "--json", "barn", "blue"]).await.ok();
    assert_eq!(nothing.out, "");
    assert!(nothing.err.contains("Nothing matches"), "{}", nothing.err);

    let shown = terminal.run(&["show", &red]).await.ok();
    assert!(shown.out.contains("red barn.png") && shown.out.contains("Verified"), "{}", shown.out);
    assert_eq!(terminal.run(&["list", "--limit", "1"]).await.ok().out.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_combines_filters_and_says_where_it_matched() {
    let terminal = Terminal::new();
    terminal.upload(&terminal.picture("red barn.png", [200, 10, 10])).await;
    terminal.upload(&terminal.picture("barn.png", [200, 10, 11])).await;
    terminal.upload(&terminal.picture("barnacle.png", [10, 10, 200])).await;
    let found = async |arguments: &[&str]| {
        let hits = terminal.run(&[&["search", "--json"], arguments].concat()).await.ok().json();
        let name = |hit: &Value| hit["name"].as_str().unwrap().to_owned();
        (hits.iter().map(name).collect::<Vec<_>>(), hits)
    };
    let (names, hits) = found(&["barn", "--sort", "name"]).await;
    assert_eq!(names, ["barn.png", "red barn.png", "barnacle.png"], "the name, a word of it, a beginning");
    assert_eq!(hits[0]["matched"], serde_json::json!(["name"]));
    assert_eq!(found(&["barn", "-red", "--sort", "oldest", "--limit", "1"]).await.0, ["barn.png"]);
    assert_eq!(found(&["(red", "OR", "name:barnacle)", "type:png", "--sort", "name"]).await.0.len(), 2);
    assert_eq!(found(&["barn -name:\"red barn\" width:<=48"]).await.0.len(), 2);
    assert_eq!(found(&["-barn"]).await.0, [""; 0]);
    let (_, hits) = found(&["red type:png is:undescribed"]).await;
    assert_eq!(hits[0]["matched"], serde_json::json!(["name", "type", "is"]));
    assert!(found(&["rating:>=4", "OR", "has:gps"]).await.0.is_empty());
    let listed = terminal.run(&["list", "--json"]).await.ok().json();
    assert!(listed[0].get("matched").is_none(), "nothing was searched");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_have_the_form_that_was_asked_for() {
    let terminal = Terminal::new();
    let path = terminal.picture("red.png", [200, 10, 10]);
    let id = terminal.upload(&path).await;
    let url = terminal.run(&["link", &id, "--format", "url"]).await.ok().out;
    assert!(url.starts_with("http"), "{url}");
    let markdown = terminal.run(&["link", &id, "--format", "markdown"]).await.ok().out;
    assert!(markdown.starts_with("![") && markdown.contains("](http"), "{markdown}");
    let html = terminal.run(&["link", &id, "--format", "html"]).await.ok().out;
    assert!(html.starts_with("<img src=\"http") && html.contains(" alt="), "{html}");
    let bbcode = terminal.run(&["link", &id, "--format", "bbcode"]).await.ok().out;
    assert!(bbcode.starts_with("[img]http") && bbcode.trim_end().ends_with("[/img]"), "{bbcode}");
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_can_be_undone() {
    let terminal = Terminal::new();
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let deleted = terminal.run(&["delete", "--json", &id]).await.ok().object();
    assert_eq!((deleted["id"].as_str(), deleted["status"].as_str()), (Some(id.as_str()), Some("deleted")));
    assert_eq!(terminal.run(&["list", "--json"]).await.ok().out, "");
    assert_eq!(terminal.run(&["list", "--json", "--trash"]).await.ok().object()["id"], id);
    terminal.run(&["restore", &id]).await.ok();
    assert_eq!(terminal.run(&["list", "--json"]).await.ok().object()["id"], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_for_good_leaves_nothing_and_can_not_be_undone() {
    let terminal = Terminal::new();
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    terminal.run(&["delete", &id]).await.ok();
    let removed = terminal.run(&["delete", "--json", "--forever", &id]).await.ok().object();
    assert_eq!((removed["id"].as_str(), removed["status"].as_str()), (Some(id.as_str()), Some("removed")));
    for part in [&["list", "--json"][..], &["list", "--json", "--trash"]] {
        assert_eq!(terminal.run(part).await.ok().out, "");
    }
    terminal.run(&["show", &id]).await.ended(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_picture_is_a_failure_that_is_said_in_both_ways() {
    let terminal = Terminal::new();
    for arguments in [["show", "--json", "no-such-picture"], ["link", "--json", "no-such-picture"]] {
        let ran = terminal.run(&arguments).await.ended(1);
        assert_eq!(ran.object()["error"]["code"], "not_found", "{}", ran.out);
        assert!(!ran.err.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_told_from_failure() {
    let terminal = Terminal::new();
    terminal.run(&["upload"]).await.ended(2);
    terminal.run(&["fly"]).await.ended(2);
    terminal.run(&["login", "--service", "http://127.0.0.1:9", "--username", "anna"]).await.ended(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_leaves_is_no_error() {
    let terminal = Terminal::new();
    terminal.picture("red.png", [200, 10, 10]);
    let mut child = terminal.command(&["upload", "--json", "red.png"]).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
    assert_eq!(terminal.run(&["list", "--json"]).await.ok().json().len(), 1, "the work was done nevertheless");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_kept_where_the_variable_says() {
    let terminal = Terminal::new();
    terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let home: Vec<_> = std::fs::read_dir(terminal.pictures().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(home.iter().all(|name| name == "data" || name == "pictures"), "{home:?}");
}
