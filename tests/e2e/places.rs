//! Several places that a library lives in, one after the other in the same window.

use std::path::PathBuf;

use testkit::photos;

use crate::service::{Service, register};
use crate::window::{Desktop, Window};

/// Runs a command that keeps its secrets.
fn run(desktop: &Desktop, arguments: &[&str]) {
    let output = desktop.app(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn write(desktop: &Desktop, name: &str, (width, height): (u32, u32)) -> PathBuf {
    let path = desktop.folder("camera").join(name);
    std::fs::write(&path, photos::jpeg(width, height, 1)).unwrap();
    path
}

/// The picture of this name is there, alone, and is upright or isn't.
async fn see_alone(window: &Window, name: &str, upright: bool) {
    let script = format!(
        "const tiles = [...document.querySelectorAll('[data-testid=tile]')];\
         const image = tiles[0]?.querySelector('img');\
         return tiles.length === 1 && tiles[0].dataset.name === '{name}' && image?.complete && image.naturalWidth > 0\
             && image.naturalHeight > image.naturalWidth === {upright}"
    );
    window.until(&format!("{name} is shown as it is"), &script).await;
}

/// Pictures have the same numbers in each place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_place_shows_its_own_pictures() {
    let desktop = Desktop::new();
    let mut service = Service::alone(desktop.folder("service"));
    service.start().await;
    run(&desktop, &["upload", write(&desktop, "wide.jpg", (600, 400)).to_str().unwrap()]);
    register(&desktop, &service.address()).await;
    run(&desktop, &["upload", write(&desktop, "tall.jpg", (400, 600)).to_str().unwrap()]);
    run(&desktop, &["use", "this-computer"]);

    let window = desktop.open_with(&[("IMAGE_MANAGER_PASSPHRASE", crate::window::PASSPHRASE)]).await;
    see_alone(&window, "wide.jpg", false).await;
    run(&desktop, &["use", "anna"]);
    see_alone(&window, "tall.jpg", true).await;
    run(&desktop, &["use", "this-computer"]);
    see_alone(&window, "wide.jpg", false).await;
    window.close().await;
    service.kill().await;
}
