//! From the first start to pictures in the window that are still there after a restart.

use testkit::photos;

use crate::window::Desktop;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_click_then_dropped_pictures_are_verified_and_still_there_after_a_restart() {
    let desktop = Desktop::new();
    let folder = desktop.folder("camera");
    let write = |name: &str, bytes: Vec<u8>| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let files = [
        write("beach.jpg", photos::jpeg(800, 500, 1)),
        write("ümlaut & space.png", photos::png(300, 400, 2)),
        write("drawing.eps", photos::eps()),
        write("words.jpg", b"These are words, not a picture.".to_vec()),
    ];

    let window = desktop.open().await;
    window.see("welcome").await;
    window.screenshot("welcome");
    window.press("choose-this-computer").await;
    window.see("empty").await;
    window.drop_files(&files).await;
    window.see_count("[data-testid=upload-row][data-status=verified]", 3).await;
    window.see_css("[data-testid=upload-row][data-status=failed][data-name='words.jpg']").await;
    window.see_text("It is not a picture, so it was not uploaded.").await;
    window.see_count("[data-testid=tile]", 3).await;
    window.see_tiles_with_thumbnails(2).await;
    window.see_css("[data-testid=tile][data-name='ümlaut & space.png']").await;
    // The tile of a format without a thumbnail names the format.
    window
        .until(
            "the drawing's tile says EPS",
            "return document.querySelector(\"[data-testid=tile][data-name='drawing.eps']\").innerText.includes('EPS')",
        )
        .await;
    window.screenshot("library");
    window.close().await;

    let window = desktop.open().await;
    window.see_count("[data-testid=tile]", 3).await;
    window.see_tiles_with_thumbnails(2).await;
    window.close().await;

    // What happens before any page is there is told all the same.
    let catalogue = desktop.data_dir().join("libraries").join("this-computer").join("catalogue.db");
    std::fs::write(&catalogue, [7; 10_000]).unwrap();
    let window = desktop.open().await;
    window.see_text("list of the library was damaged and is being rebuilt").await;
    window.see_count("[data-testid=tile]", 3).await;
    window.close().await;
}

/// A server on which `a/b c.png` is not there, but `a%2Fb%20c.png` is; it gives the first line of each request.
fn server(picture: Vec<u8>) -> (String, std::sync::mpsc::Receiver<String>) {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            let first = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", picture.len());
            stream.write_all(&[head.as_bytes(), &picture].concat()).unwrap();
            if sender.send(first).is_err() {
                return;
            }
        }
    });
    (address, receiver)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_dragged_out_of_a_browser_is_fetched_as_it_was_dragged() {
    let (server, asked) = server(photos::png(300, 200, 4));
    let desktop = Desktop::new();
    let window = desktop.open().await;
    window.press("choose-this-computer").await;
    window.see("empty").await;
    window.drop_files(&[format!("{server}/x/a%2Fb%20c%25.png?w=%26").into()]).await;
    window.see_count("[data-testid=upload-row][data-status=verified]", 1).await;
    assert_eq!(asked.recv().unwrap(), "GET /x/a%2Fb%20c%25.png?w=%26 HTTP/1.1");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_uploaded_from_a_terminal_appear_in_the_open_window() {
    let desktop = Desktop::new();
    let path = desktop.folder("camera").join("terminal.jpg");
    std::fs::write(&path, photos::jpeg(640, 480, 3)).unwrap();
    let window = desktop.open().await;
    window.press("choose-this-computer").await;
    window.see("empty").await;
    let output = desktop.command_line(&["upload", "--json", path.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    window.see_css("[data-testid=tile][data-name='terminal.jpg']").await;
    window.see_tiles_with_thumbnails(1).await;
    window.close().await;
}

/// The real photographs that lie beside the project; elsewhere generated ones have to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_photographs_are_each_verified_and_damage_is_told() {
    let Some(photos) = testkit::photos::shared_photos() else { return };
    let mut files: Vec<_> =
        std::fs::read_dir(photos.join("camera")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let desktop = Desktop::new();
    let window = desktop.open().await;
    window.press("choose-this-computer").await;
    window.see("empty").await;
    window.drop_files(&files).await;
    // The one whose picture data is damaged, too.
    window.see_css(&format!("[data-testid=grid][data-count='{}']", files.len())).await;
    window.see_text("The picture is damaged from 11 % of its height on.").await;
    window.see_css("[data-testid=uploads][data-active=false]").await;
    window.screenshot("photographs");
    // What the grid shows has its thumbnail: HEIC, too, and the damaged one.
    window
        .until(
            "every tile that is shown has its picture",
            "const tiles = [...document.querySelectorAll('[data-testid=tile]')];\
             return tiles.length > 0 && tiles.every(tile => {\
                 const image = tile.querySelector('img');\
                 return image && image.complete && image.naturalWidth > 0;\
             })",
        )
        .await;
    window.close().await;
}
