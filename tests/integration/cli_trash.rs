//! How long the trash is kept: who says so, what is told of it, and that nothing goes before.

use account_service::config::TrashDays;
use serde_json::Value;

use crate::cli_app::Terminal;
use crate::world::{Database, Hosted, Store};

/// A computer with one picture in the trash; gives its identifier, too.
async fn with_trash(terminal: &Terminal) -> String {
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    terminal.run(&["delete", &id]).await.ok();
    id
}

/// When each picture in the trash goes, in the order of the list.
async fn ends(terminal: &Terminal) -> Vec<Value> {
    let lines = terminal.run(&["list", "--trash", "--json"]).await.ok().json();
    lines.into_iter().map(|mut line| line["removed_at"].take()).collect()
}

/// The service inside the app does its chores at each start, and a command waits for them when it ends.
#[tokio::test(flavor = "multi_thread")]
async fn on_this_computer_the_trash_is_kept_for_ever_until_somebody_says_otherwise() {
    let terminal = Terminal::new();
    let id = with_trash(&terminal).await;
    terminal.run_after(4000, &["list", "--trash"]).await.ok();
    assert_eq!(ends(&terminal).await, [Value::Null]);
    let shown = terminal.run(&["show", &id]).await.ok();
    assert!(shown.out.contains("kept until you delete it"), "{}", shown.out);

    // What would go is said before, and nothing is done without a yes.
    let asked = terminal.run(&["settings", "trash", "--days", "30"]).await.ended(2);
    let warning = "The picture that is in the trash now would be deleted for good on ";
    assert!(asked.err.contains(warning) && asked.err.contains("--yes"), "{}", asked.err);
    let settings = terminal.run(&["settings", "--json"]).await.ok().object();
    assert_eq!((&settings["trash"]["known"], &settings["trash"]["days"]), (&true.into(), &Value::Null));

    let trash = terminal.run(&["settings", "trash", "--days", "30", "--yes", "--json"]).await.ok().object();
    assert_eq!((&trash["days"], &trash["pictures"], &trash["own"]), (&30.into(), &1.into(), &true.into()));
    assert_eq!(ends(&terminal).await, [trash["next_at"].clone()]);
    let listed = terminal.run(&["list", "--trash"]).await.ok();
    assert!(listed.out.contains("(deleted for good on "), "{}", listed.out);
    assert!(listed.err.contains("The trash is kept for 30 days."), "{}", listed.err);

    terminal.run_after(29, &["list"]).await.ok();
    assert_eq!(ends(&terminal).await.len(), 1);
    // Fewer days count from when they are said, so even 29 days later it gets a week.
    terminal.run_after(29, &["settings", "trash", "--days", "7", "--yes"]).await.ok();
    terminal.run_after(35, &["list"]).await.ok();
    assert_eq!(ends(&terminal).await.len(), 1);
    terminal.run_after(37, &["list"]).await.ok();
    assert!(ends(&terminal).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_uploaded_again_comes_out_of_the_trash_with_a_word() {
    let terminal = Terminal::new();
    let file = terminal.picture("red.png", [200, 10, 10]);
    let id = terminal.upload(&file).await;
    let said = "1 picture was in the trash, and is back in the library: its file was uploaded again.";
    let twice = terminal.run(&["upload", file.to_str().unwrap()]).await.ok();
    assert!(!twice.err.contains(said), "{}", twice.err);
    terminal.run(&["delete", &id]).await.ok();
    let again = terminal.run(&["upload", file.to_str().unwrap()]).await.ok();
    assert!(again.err.contains(said), "{}", again.err);
    assert!(terminal.run(&["list"]).await.ok().out.contains("red.png"));
    assert!(ends(&terminal).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_trash_already_or_is_not_in_it_is_said_to_be_left_as_it_is() {
    let terminal = Terminal::new();
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let other = terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await;
    let idle = terminal.run(&["restore", &id]).await.ok();
    assert!(idle.err.contains("red.png: is not in the trash"), "{}", idle.err);
    terminal.run(&["delete", &id]).await.ok();
    let statuses =
        |lines: Vec<Value>| -> Vec<Value> { lines.into_iter().map(|mut line| line["status"].take()).collect() };
    let again = terminal.run(&["delete", "--json", &id, &other]).await.ok();
    assert_eq!(statuses(again.json()), ["unchanged", "deleted"]);
    let restored = terminal.run(&["restore", "--json", &id]).await.ok();
    assert_eq!(statuses(restored.json()), ["restored"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_days_and_an_empty_trash_need_no_question() {
    let terminal = Terminal::new();
    terminal.run(&["settings", "trash", "--days", "7"]).await.ok();
    with_trash(&terminal).await;
    terminal.run(&["settings", "trash", "--days", "30"]).await.ok();
    terminal.run(&["settings", "trash", "--days", "never"]).await.ok();
    assert_eq!(ends(&terminal).await, [Value::Null]);
    let wrong = terminal.run(&["settings", "trash", "--days", "0"]).await.ended(1);
    assert!(wrong.err.contains("1 to 36500 days"), "{}", wrong.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_first_comes_first() {
    let terminal = Terminal::new();
    let mut ids = Vec::new();
    for (name, colour) in [("b.png", [1, 2, 3]), ("a.png", [4, 5, 6]), ("c.png", [7, 8, 9])] {
        ids.push(terminal.upload(&terminal.picture(name, colour)).await);
    }
    for id in [&ids[1], &ids[2], &ids[0]] {
        terminal.run(&["delete", id]).await.ok();
    }
    let listed = terminal.run(&["list", "--trash", "--json"]).await.ok().json();
    let listed: Vec<_> = listed.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(listed, [&ids[1], &ids[2], &ids[0]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_s_operator_says_how_long_and_the_person_is_told() {
    let mut service = Hosted::start_with(Database::Sqlite, Store::Embedded, |config| {
        config.trash = TrashDays::Operator(Some(30));
    })
    .await;
    let terminal = Terminal::new().with_passphrase();
    let url = service.url();
    let register = ["register", "--service", &url, "--username", "anna", "--email", "anna@example.com"];
    terminal.run_with(&[&register[..], &["--password-stdin"]].concat(), "a long enough password\n").await.ok();
    with_trash(&terminal).await;
    let settings = terminal.run(&["settings", "--json"]).await.ok().object();
    assert_eq!((&settings["trash"]["days"], &settings["trash"]["own"]), (&30.into(), &false.into()));
    assert!(ends(&terminal).await[0].is_string());
    let listed = terminal.run(&["list", "--trash"]).await.ok();
    assert!(listed.err.contains("for 30 days, as the service’s operator says"), "{}", listed.err);
    let refused = terminal.run(&["settings", "trash", "--days", "7", "--yes"]).await.ended(1);
    assert!(refused.err.contains("Whoever runs your account’s service"), "{}", refused.err);

    // What is told stands where there is no network, too.
    service.stop().await;
    assert!(ends(&terminal).await[0].is_string());
}
