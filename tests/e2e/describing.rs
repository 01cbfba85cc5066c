//! Asking for a description, from setting the key to finding the picture by what it shows.

use testkit::ai::AiStandIn;
use testkit::photos;

use crate::window::Desktop;

const TAB: &str = "\u{e004}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_described_and_found_by_its_description() {
    let ai = AiStandIn::start();
    let desktop = Desktop::new();
    let folder = desktop.folder("camera");
    let red = folder.join("one.jpg");
    let blue = folder.join("two.jpg");
    std::fs::write(&red, photos::coloured_jpeg(600, 400, [200, 20, 20])).unwrap();
    std::fs::write(&blue, photos::coloured_jpeg(600, 400, [20, 20, 200])).unwrap();
    let output = desktop.command_line(&["upload", red.to_str().unwrap(), blue.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let window = desktop.open().await;
    window.press("open-settings").await;
    window.press("settings-descriptions").await;
    window.fill("ai-base-url", ai.base_url().as_str()).await;
    window.keys(TAB).await;
    // A wrong key is refused by the provider and explained.
    window.fill("ai-key", "sk-wrong").await;
    // Nothing keeps secrets here, so the form asks for what will.
    for field in ["keeping-passphrase", "keeping-passphrase-again"] {
        window.fill(field, "seven gulls on a roof").await;
    }
    window.press("ai-key-save").await;
    window.see("ai-key-remove").await;
    window.press_escape().await;
    window.see_count("[data-testid=settings]", 0).await;
    window.see_css("[data-testid=tile][data-name='one.jpg']").await.click().await.unwrap();
    window.press("inspector-describe").await;
    window.press("inspector-describe-start").await;
    window.see("inspector-describe-error").await;
    window.screenshot("describe-refused");

    window.press("open-settings").await;
    window.press("settings-descriptions").await;
    window.fill("ai-key", testkit::ai::KEY).await;
    window.press("ai-key-save").await;
    window.see_text("Saved").await;
    window.press_escape().await;
    window.see_count("[data-testid=settings]", 0).await;
    // The wish has waited for that.
    window
        .until(
            "the description says what colour it is",
            "return /red/i.test(document.querySelector('[data-testid=inspector-description]')?.value ?? '')",
        )
        .await;
    window.screenshot("described");
    let seen = ai.requests();
    let picture = &seen.last().unwrap().pictures[0];
    assert!(picture.width.max(picture.height) <= 1024 && !picture.has_gps, "{picture:?}");

    window.fill("search", "red").await;
    window.see_count("[data-testid=tile]", 1).await;
    window.see_css("[data-testid=tile][data-name='one.jpg']").await;
    window.close().await;
}
