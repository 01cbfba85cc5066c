//! What is promised of a link: on this computer, in a bucket, in an account.

use engine::Role;

use crate::cli_app::Terminal;
use crate::world::{Database, Hosted, Person, Store};

#[tokio::test(flavor = "multi_thread")]
async fn on_this_computer_a_link_is_said_to_be_dead_while_the_app_is_closed() {
    let terminal = Terminal::new();
    let red = terminal.picture("red.png", [200, 10, 10]);
    let uploaded = terminal.run(&["upload", red.to_str().unwrap()]).await.ok();
    let dead = "on this computer only, while the app is open. It is not open now";
    assert!(uploaded.err.contains(dead), "{}", uploaded.err);
    let id = terminal.run(&["list", "--json"]).await.ok().object()["id"].as_str().unwrap().to_owned();
    let ran = terminal.run(&["link", "--json", &id]).await.ok();
    let line = ran.object();
    assert_eq!((&line["lives"], &line["only_here"]), (&"while_open".into(), &true.into()));
    assert_eq!((&line["works_now"], &line["expires_at"]), (&false.into(), &serde_json::Value::Null));
    assert!(ran.err.contains(dead), "{}", ran.err);
    assert!(reqwest::get(line["link"].as_str().unwrap()).await.is_err(), "nothing answers, as was said");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_this_computer_a_link_works_while_the_app_is_open() {
    let window = Person::new(Role::Window).await;
    window.engine.choose_this_computer().await.unwrap();
    window.upload_one(&window.file("red.png", &testkit::photos::png(40, 30, 1))).await;
    let terminal = Terminal::new().with_passphrase();
    let run = async |arguments: &[&str]| {
        let mut command = terminal.command(arguments);
        command.env("IMAGE_MANAGER_DATA_DIR", window.data_dir());
        terminal.finish(command, "").await.ok()
    };
    let id = run(&["list", "--json"]).await.object()["id"].as_str().unwrap().to_owned();
    let ran = run(&["link", "--json", &id]).await;
    let line = ran.object();
    assert_eq!(line["works_now"], true, "{}", ran.err);
    assert!(ran.err.contains("on this computer only, while the app is open.\n"), "{}", ran.err);
    assert!(reqwest::get(line["link"].as_str().unwrap()).await.unwrap().status().is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_bucket_a_link_is_said_to_end_and_when() {
    let bucket = testkit::garage::bucket().await;
    let terminal = Terminal::new().with_passphrase();
    let place = ["use", "bucket", "--endpoint", &bucket.endpoint, "--region", &bucket.region, "--bucket"];
    let key = [&bucket.bucket, "--key-id", &bucket.key_id, "--secret-stdin", "--path-style"];
    terminal.run_with(&[&place[..], &key[..]].concat(), &bucket.secret).await.ok();
    let id = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let ran = terminal.run(&["link", "--json", &id]).await.ok();
    let line = ran.object();
    assert_eq!((&line["lives"], &line["works_now"]), (&"until".into(), &true.into()));
    let day = engine::instant::minute(line["expires_at"].as_str().unwrap());
    assert!(ran.err.contains(&format!("until {day}.")), "{}", ran.err);
    assert!(reqwest::get(line["link"].as_str().unwrap()).await.unwrap().status().is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_account_a_link_lasts_as_long_as_the_picture() {
    let service = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let anna = service.person("anna").await;
    let id = anna.upload_one(&anna.file("red.png", &testkit::photos::png(40, 30, 1))).await;
    let link = anna.engine.links(vec![id], None).await.unwrap().remove(0);
    // This service is on loopback, which is said, too.
    let said = "It works on this computer only for as long as the picture is in the library.";
    assert_eq!(link.life.sentence(1), said);
}
