//! A large drop on the real window: it stays usable, shows only what fits, and does what it is told.

use testkit::photos;

use crate::window::Desktop;

const FILES: usize = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_drop_is_arranged_paused_and_uploaded() {
    let desktop = Desktop::new();
    let folder = desktop.folder("many");
    for number in 0..FILES {
        let path = folder.join(format!("{number:04}.png"));
        std::fs::write(path, photos::png(8, 8, number as u64)).unwrap();
    }
    let window = desktop.open().await;
    window.press("choose-this-computer").await;
    window.see("empty").await;
    let paused = desktop.command_line(&["uploads", "pause"]);
    assert!(paused.status.success(), "{}", String::from_utf8_lossy(&paused.stderr));
    window.drop_files(&[folder]).await;
    window.see_text(&format!("Paused at 0 of {FILES}")).await;
    window.see_css("[data-testid=upload-row][data-name='0000.png']").await;
    window
        .until(
            "the list draws what it shows and nothing else",
            "return document.querySelectorAll('[data-testid=upload-row]').length < 40",
        )
        .await;

    // From the menu, and by keyboard.
    let menu = window.see_css("[data-name='0003.png'] [data-testid=upload-place]").await;
    menu.click().await.unwrap();
    window.see_text("To the bottom").await;
    window
        .run("[...document.querySelectorAll('[role=menuitem]')].find(item => item.innerText.includes('To the top')).click()")
        .await;
    let first = "[data-testid=upload-row][aria-posinset='1']";
    window.see_css(&format!("{first}[data-name='0003.png']")).await;
    window.run("document.querySelector(\"[data-name='0001.png'] [data-testid=upload-grip]\").focus()").await;
    window.keys("\u{e011}").await;
    window.see_css(&format!("{first}[data-name='0001.png']")).await;

    // Another process sees the same order.
    let listed = desktop.command_line(&["uploads", "--json", "list", "--limit", "3"]);
    let names: Vec<_> = String::from_utf8(listed.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].clone())
        .collect();
    assert_eq!(names, ["0001.png", "0003.png", "0000.png"]);

    // The end of the list is a scroll away.
    window
        .run("const list = document.querySelector('[data-testid=uploads-list]'); list.scrollTop = list.scrollHeight")
        .await;
    window.see_css(&format!("[data-testid=upload-row][data-name='{:04}.png']", FILES - 1)).await;
    window.screenshot("queue");

    window.press("uploads-resume").await;
    window.see_css(&format!("[data-testid=grid][data-count='{FILES}']")).await;
    window.see_css("[data-testid=uploads][data-active=false]").await;
    window.see_text(&format!("{FILES} pictures are safe")).await;
    window.close().await;
}
