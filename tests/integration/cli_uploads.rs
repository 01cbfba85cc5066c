//! `uploads`: the queue from a terminal.

use serde_json::Value;

use crate::cli_app::Terminal;

fn column(lines: &[Value], name: &str) -> Vec<String> {
    lines.iter().map(|line| line[name].as_str().map_or_else(|| line[name].to_string(), str::to_owned)).collect()
}

/// Three files that can't be uploaded, put back into the queue, where nobody works.
async fn three(terminal: &Terminal) -> Vec<String> {
    for name in ["one.jpg", "two.jpg", "three.jpg"] {
        std::fs::write(terminal.pictures().join(name), name).unwrap();
    }
    let uploaded = terminal.run(&["upload", "one.jpg", "two.jpg", "three.jpg"]).await.ended(1);
    assert!(uploaded.err.contains("3 files: For example: one.jpg is not a picture"), "{}", uploaded.err);
    let failed = terminal.run(&["uploads", "--json"]).await.ok().json();
    let mut ids = column(&failed, "upload");
    ids.reverse();
    let retried = terminal.run(&["uploads", "--json", "retry", &ids[0], &ids[1], &ids[2]]).await.ok().json();
    assert_eq!(column(&retried, "status"), ["queued"; 3]);
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_listed_arranged_paused_and_worked_on() {
    let terminal = Terminal::new();
    let ids = three(&terminal).await;
    let list = async || column(&terminal.run(&["uploads", "list", "--json"]).await.ok().json(), "name");
    assert_eq!(list().await, ["one.jpg", "two.jpg", "three.jpg"]);
    terminal.run(&["uploads", "move", &ids[2], "--first"]).await.ok();
    terminal.run(&["uploads", "move", &ids[0], "--down"]).await.ok();
    assert_eq!(list().await, ["three.jpg", "two.jpg", "one.jpg"]);
    terminal.run(&["uploads", "move", &ids[0], "--before", &ids[1]]).await.ok();
    assert_eq!(list().await, ["three.jpg", "one.jpg", "two.jpg"]);

    let paused = terminal.run(&["uploads", "--json", "pause", &ids[2]]).await.ok().object();
    assert_eq!((&paused["status"], &paused["name"]), (&"paused".into(), &"three.jpg".into()));
    let cancelled = terminal.run(&["uploads", "--json", "cancel", &ids[0]]).await.ok().object();
    assert_eq!(cancelled["status"], "cancelled");
    let listed = terminal.run(&["uploads"]).await.ok();
    assert!(listed.err.contains("2 to upload, 1 of them paused."), "{}", listed.err);

    terminal.run(&["uploads", "pause"]).await.ok();
    let named = terminal.picture("named.png", [7, 8, 9]);
    let sent = terminal.run(&["upload", named.to_str().unwrap()]).await.ok();
    assert!(sent.err.contains("Uploads are paused; what you named now is sent all the same"), "{}", sent.err);
    let refused = terminal.run(&["uploads", "--json", "finish"]).await.ended(1);
    assert_eq!(refused.object()["error"]["code"], "paused");
    let resumed = terminal.run(&["uploads", "resume"]).await.ok();
    assert!(resumed.err.contains("1 stay paused, one by one"), "{}", resumed.err);
    assert_eq!(terminal.run(&["uploads", "--json"]).await.ok().json()[0]["status"], "paused");
    let cancelled = terminal.run(&["uploads", "cancel", "--all"]).await.ok();
    assert!(cancelled.err.contains("2 cancelled."), "{}", cancelled.err);
    terminal.run(&["uploads", "retry", "--cancelled"]).await.ok();
    assert_eq!(list().await, ["three.jpg", "one.jpg", "two.jpg"]);
    terminal.run(&["uploads", "cancel", &ids[0]]).await.ok();
    terminal.run(&["uploads", "resume", "--held"]).await.ok();
    let finished = terminal.run(&["uploads", "finish"]).await.ended(1);
    assert!(finished.err.contains("Nothing is waiting"), "{}", finished.err);
    assert!(finished.err.contains("2 files (upload_not_a_picture): For example: "), "{}", finished.err);

    let failed = terminal.run(&["uploads", "--json"]).await.ok().json();
    assert_eq!(
        (&failed[0]["error"]["code"], &failed[0]["error"]["reason"]),
        (&"not_a_picture".into(), &"upload_not_a_picture".into())
    );
    let other = terminal.run(&["uploads", "--json", "retry", "--reason", "upload_missing"]).await.ended(1);
    let error = &other.object()["error"];
    assert_eq!((&error["code"], &error["values"]["reason"]), (&"not_found".into(), &"upload_missing".into()));
    terminal.run(&["uploads", "retry", "--reason", "upload_not_a_picture"]).await.ok();

    terminal.run(&["uploads", "clear"]).await.ok();
    assert!(terminal.run(&["uploads", "--json"]).await.ok().json().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_not_there_changes_nothing() {
    let terminal = Terminal::new();
    let ids = three(&terminal).await;
    let refused = terminal.run(&["uploads", "--json", "cancel", &ids[0], "99"]).await.ended(1);
    assert_eq!(refused.object()["error"]["code"], "not_found");
    let rows = terminal.run(&["uploads", "--json"]).await.ok().json();
    assert_eq!(column(&rows, "status"), ["queued"; 3]);
    terminal.run(&["uploads", "move", &ids[0], "--after", "99"]).await.ended(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_set_and_shown() {
    let terminal = Terminal::new();
    let set = ["settings", "--json", "uploads", "--limit", "750", "--wait-on-metered", "no"];
    let settings = terminal.run(&set).await.ok().object();
    assert_eq!((&settings["upload_limit"], &settings["wait_on_metered"]), (&750.into(), &false.into()));
    let settings = terminal.run(&["settings", "--json", "uploads", "--limit", "off"]).await.ok().object();
    assert_eq!((&settings["upload_limit"], &settings["wait_on_metered"]), (&Value::Null, &false.into()));
}
