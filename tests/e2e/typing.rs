//! No word that is typed is lost: not by going from field to field, nor by leaving the app in the middle of one.

use serde_json::Value;
use testkit::photos;

use crate::panel::Panel;
use crate::window::{Desktop, Window};

const TAB: &str = "\u{e004}";

async fn holds(window: &Window, testid: &str, text: &str) {
    let script = format!("return document.querySelector('[data-testid={testid}]')?.value === '{text}'");
    window.until(&format!("{testid} says “{text}”"), &script).await;
}

/// What the library has of its one picture.
fn kept(desktop: &Desktop) -> Value {
    let listed = desktop.command_line(&["list", "--json"]);
    let line: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let shown = desktop.command_line(&["show", "--json", line["id"].as_str().unwrap()]);
    serde_json::from_slice(&shown.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_stays_from_field_to_field_and_through_leaving() {
    let desktop = Desktop::new();
    let mut panel = Panel::on(desktop.bus_address()).await;
    let file = desktop.folder("camera").join("one.jpg");
    std::fs::write(&file, photos::jpeg(300, 200, 1)).unwrap();
    let output = desktop.command_line(&["upload", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let window = desktop.open().await;
    let tray = panel.item().await;
    window.see_css("[data-testid=tile][data-name='one.jpg']").await.click().await.unwrap();
    window.see("inspector-description").await.click().await.unwrap();
    window.keys("Fishing huts").await;
    window.keys(TAB).await;
    window.keys("Huts").await;
    window.keys(TAB).await;
    window.keys("lofoten").await;
    window.keys(TAB).await;
    window.see_css("[data-testid=tag]").await;
    // The answers of all three, and the news that they make.
    window.until("nothing waits", "return !document.querySelector('[data-testid=inspector-pending]')").await;
    holds(&window, "inspector-description", "Fishing huts").await;
    holds(&window, "inspector-alt", "Huts").await;
    let all = kept(&desktop);
    assert_eq!((&all["description"], &all["alt_text"]), (&"Fishing huts".into(), &"Huts".into()), "{all}");
    assert_eq!(all["tags"], serde_json::json!(["lofoten"]));

    // By mouse, and then the app ends in the middle of a sentence.
    window.see("inspector-alt").await.click().await.unwrap();
    window.keys(" by the sea").await;
    window.see("inspector-description").await.click().await.unwrap();
    window.keys(" in the").await;
    panel.choose(&tray, "Quit").await;
    panel.until_gone(&tray).await;
    window.close().await;
    let all = kept(&desktop);
    let said = |field: &str| all[field].as_str().unwrap().to_owned();
    assert!(said("description").contains(" in the") && said("description").contains("Fishing huts"), "{all}");
    assert!(said("alt_text").contains(" by the sea") && said("alt_text").contains("Huts"), "{all}");
}

/// One picture in the library, by the command line.
fn with_a_picture() -> Desktop {
    let desktop = Desktop::new();
    let file = desktop.folder("camera").join("one.jpg");
    std::fs::write(&file, photos::jpeg(300, 200, 1)).unwrap();
    let output = desktop.command_line(&["upload", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    desktop
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_when_the_computer_is_shut_down_is_kept() {
    let desktop = with_a_picture();
    let window = desktop.open().await;
    window.see_css("[data-testid=tile]").await.click().await.unwrap();
    window.see("inspector-tags").await.click().await.unwrap();
    window.keys("lofoten").await;
    window.ask_to_end().await;
    assert_eq!(kept(&desktop)["tags"], serde_json::json!(["lofoten"]));
}
