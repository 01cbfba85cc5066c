//! Looking at pictures, deleting one, and taking it back.

use testkit::photos;

use crate::window::{Desktop, Window};

const ENTER: &str = "\u{e007}";
const RIGHT: &str = "\u{e014}";

/// A window over a library with three pictures, put there from a terminal.
async fn library(desktop: &Desktop) -> Window {
    let folder = desktop.folder("camera");
    let paths: Vec<String> = (1..=3u64)
        .map(|seed| {
            let path = folder.join(format!("{seed}.jpg"));
            std::fs::write(&path, photos::jpeg(1200, 800, seed)).unwrap();
            path.to_str().unwrap().to_owned()
        })
        .collect();
    let mut arguments = vec!["upload"];
    arguments.extend(paths.iter().map(String::as_str));
    let output = desktop.command_line(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let window = desktop.open().await;
    window.see_count("[data-testid=tile]", 3).await;
    window
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_viewer_opens_turns_and_closes_by_keyboard() {
    let desktop = Desktop::new();
    let window = library(&desktop).await;
    window.see_css("[data-testid=tile]").await.click().await.unwrap();
    window.keys(ENTER).await;
    window.see("viewer").await;
    window
        .until(
            "the full picture is shown",
            "return [...document.querySelectorAll('[data-testid=viewer] img')]\
             .some(img => img.complete && img.naturalWidth === 1200)",
        )
        .await;
    window.screenshot("viewer");
    let first = window.run("return document.querySelector('[data-testid=viewer-name]').innerText").await;
    window.keys(RIGHT).await;
    window
        .until(
            "the next picture is shown",
            &format!("return document.querySelector('[data-testid=viewer-name]').innerText !== {first}"),
        )
        .await;
    window.press_escape().await;
    window.see_count("[data-testid=viewer]", 0).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_picture_comes_back_with_undo_and_a_deletion_lasts() {
    let desktop = Desktop::new();
    let window = library(&desktop).await;
    window.see_css("[data-testid=tile]").await.click().await.unwrap();
    window.press("delete").await;
    window.see_count("[data-testid=tile]", 2).await;
    window.press("undo").await;
    window.see_count("[data-testid=tile]", 3).await;
    window.see_css("[data-testid=tile][data-name='2.jpg']").await.click().await.unwrap();
    window.press("delete").await;
    window.see_count("[data-testid=tile]", 2).await;
    window.close().await;

    let window = desktop.open().await;
    window.see_count("[data-testid=tile]", 2).await;
    window.see_count("[data-testid=tile][data-name='2.jpg']", 0).await;
    window.press("scope-trash").await;
    window.see_css("[data-testid=tile][data-name='2.jpg']").await;
    window.see_text("Pictures stay in the trash until you restore them or delete them forever.").await;

    // Nothing that is in it goes because somebody has set a number of days, unless they agree to it.
    window.press("trash-change").await;
    window.see("trash-days").await;
    // The input itself is not to be seen: its label is what people click on.
    window.run("document.querySelector(`[data-testid=trash-days] input[value='30']`).click()").await;
    window.see_text("The picture that is in the trash now would be deleted forever on").await;
    window.press("trash-confirm").await;
    window.see_text("Pictures stay in the trash for 30 days, then they are deleted forever.").await;
    window.see_css("[data-testid=tile-left]").await;
    window.close().await;
}
