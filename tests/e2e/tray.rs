//! The tray: its menu uploads, copies the link and notifies; it brings the window back, and it quits.

use std::process::{Command, Stdio};

use testkit::photos;

use crate::panel::{Notification, Panel};
use crate::window::Desktop;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trays_menu_uploads_copies_the_link_notifies_and_quits() {
    let desktop = Desktop::new();
    let mut panel = Panel::on(desktop.bus_address()).await;
    let window = desktop.open().await;
    let tray = panel.item().await;
    assert_eq!(panel.menu(&tray).await, ["Upload files…", "Upload from clipboard", "Open", "Quit"]);

    // Nothing is chosen yet: the window is where that is done.
    put_on_clipboard(&desktop, "image/png", &photos::png(320, 200, 7));
    panel.choose(&tray, "Upload from clipboard").await;
    assert_eq!(panel.notification().await.summary, "Nothing was uploaded");
    window.press("choose-this-computer").await;
    window.see("empty").await;

    panel.choose(&tray, "Upload from clipboard").await;
    let said = panel.notification().await;
    assert_eq!(
        said,
        Notification {
            summary: "1 picture uploaded and verified".to_owned(),
            body: "The link is on the clipboard. It works on this computer only, while the app is open.".to_owned()
        }
    );
    let link = text_on_clipboard(&desktop);
    let answer = reqwest::get(&link).await.unwrap_or_else(|error| panic!("{link} can't be opened: {error}"));
    let bytes = answer.error_for_status().unwrap().bytes().await.unwrap();
    let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
    assert_eq!(picture, image::load_from_memory(&photos::png(320, 200, 7)).unwrap().to_rgb8());
    window.see_tiles_with_thumbnails(1).await;

    // What is copied in another format goes up byte for byte.
    for (kind, bytes) in [("image/jpeg", photos::jpeg(300, 200, 8)), ("image/bmp", photos::bmp(60, 40, 9))] {
        put_on_clipboard(&desktop, kind, &bytes);
        panel.choose(&tray, "Upload from clipboard").await;
        assert_eq!(panel.notification().await.summary, "1 picture uploaded and verified", "{kind}");
        let stored = reqwest::get(text_on_clipboard(&desktop)).await.unwrap().bytes().await.unwrap();
        assert!(stored == bytes.as_slice(), "{kind} is what was copied");
    }

    // Words on the clipboard are no picture.
    put_on_clipboard(&desktop, "UTF8_STRING", b"not a picture");
    panel.choose(&tray, "Upload from clipboard").await;
    assert_eq!(panel.notification().await.summary, "Nothing was uploaded");

    panel.choose(&tray, "Quit").await;
    panel.until_gone(&tray).await;
}

/// xclip stays in the background as the owner of the clipboard, until another program takes it.
fn put_on_clipboard(desktop: &Desktop, kind: &str, content: &[u8]) {
    let file = desktop.folder("clipboard").join("content");
    std::fs::write(&file, content).unwrap();
    let status = Command::new("xclip")
        .args(["-selection", "clipboard", "-t", kind, "-i"])
        .arg(&file)
        .env("DISPLAY", desktop.display())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("xclip is installed");
    assert!(status.success());
}

fn text_on_clipboard(desktop: &Desktop) -> String {
    let output = Command::new("xclip")
        .args(["-selection", "clipboard", "-o"])
        .env("DISPLAY", desktop.display())
        .output()
        .expect("xclip is installed");
    String::from_utf8(output.stdout).unwrap()
}
