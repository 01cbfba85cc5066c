//! A test that fails leaves nothing behind that the next one waits for.

use crate::window::Desktop;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_hangs_is_ended_with_its_test() {
    let desktop = Desktop::new();
    let window = desktop.open().await;
    // Neither the app nor what drives it does anything any more, not even end.
    window.signal("STOP");
    drop(window);
    drop(desktop);
    let next = Desktop::new();
    next.open().await.close().await;
}
