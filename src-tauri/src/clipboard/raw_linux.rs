//! What is on the clipboard, byte for byte, through GTK: it speaks to X11 and Wayland alike, and waits for the other program
//! without holding up the window.

use gtk::gdk;
use tauri::AppHandle;
use tokio::sync::oneshot;

use super::copied::Copied;

/// Pictures that can be uploaded as they are copied, what keeps most first, with the ending of a file of that kind.
const PICTURES: [(&str, &str); 17] = [
    ("image/png", "png"),
    ("image/webp", "webp"),
    ("image/jpeg", "jpg"),
    ("image/jpg", "jpg"),
    ("image/gif", "gif"),
    ("image/avif", "avif"),
    ("image/heic", "heic"),
    ("image/jxl", "jxl"),
    ("image/jp2", "jp2"),
    ("image/vnd.adobe.photoshop", "psd"),
    ("image/tiff", "tif"),
    ("image/bmp", "bmp"),
    ("image/x-bmp", "bmp"),
    ("image/x-ms-bmp", "bmp"),
    ("image/x-MS-bmp", "bmp"),
    ("image/x-win-bitmap", "bmp"),
    ("image/svg+xml", "svg"),
];

/// How GNOME's programs and those that speak to them tell of copied files: `copy` or `cut` on a line, and an address on each
/// of the next.
const FILES_OF_GNOME: &str = "x-special/gnome-copied-files";

fn addresses_behind_the_verb(list: &str) -> String {
    match list.split_once('\n') {
        Some(("copy" | "cut", addresses)) => addresses.trim_end_matches('\0').to_owned(),
        _ => String::new(),
    }
}

/// Asks the program that copied something for what it has.
pub async fn read(app: &AppHandle) -> Copied {
    let offered = targets(app).await;
    let offers = |kind: &str| offered.iter().any(|target| target == kind);
    let mut copied = Copied::default();
    if offers("text/uri-list")
        && let Some(list) = contents(app, "text/uri-list").await
    {
        copied.addresses = String::from_utf8_lossy(&list).into_owned();
    }
    if copied.addresses.is_empty()
        && offers(FILES_OF_GNOME)
        && let Some(list) = contents(app, FILES_OF_GNOME).await
    {
        copied.addresses = addresses_behind_the_verb(&String::from_utf8_lossy(&list));
    }
    if offers("text/plain")
        && !offers("UTF8_STRING")
        && let Some(text) = contents(app, "text/plain").await
    {
        copied.text = engine::decoded(&text);
    }
    for (kind, ending) in PICTURES.into_iter().filter(|(kind, _)| offers(kind)) {
        if let Some(bytes) = contents(app, kind).await.filter(|bytes| !bytes.is_empty()) {
            copied.picture = Some((ending, bytes));
            break;
        }
    }
    copied
}

async fn targets(app: &AppHandle) -> Vec<String> {
    let names = ask(app, "TARGETS", |data| {
        let targets = data.targets().unwrap_or_default();
        targets.iter().map(|target| target.name().to_string()).collect()
    });
    names.await.unwrap_or_default()
}

async fn contents(app: &AppHandle, target: &'static str) -> Option<Vec<u8>> {
    ask(app, target, |data| (data.length() >= 0).then(|| data.data())).await.flatten()
}

async fn ask<T: Send + 'static>(
    app: &AppHandle,
    target: &'static str,
    read: impl FnOnce(&gtk::SelectionData) -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    let asked = app.run_on_main_thread(move || {
        let clipboard = gtk::Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        clipboard.request_contents(&gdk::Atom::intern(target), move |_, data| {
            // Whoever asked may have lost patience.
            let _ = sender.send(read(data));
        });
    });
    asked.ok()?;
    receiver.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_files_stand_behind_what_is_to_be_done_with_them() {
        assert_eq!(
            addresses_behind_the_verb("copy\nfile:///a%20b.png\nfile:///c.png"),
            "file:///a%20b.png\nfile:///c.png"
        );
        assert_eq!(addresses_behind_the_verb("cut\nfile:///a.png\0"), "file:///a.png");
        assert_eq!(addresses_behind_the_verb("file:///a.png"), "");
    }
}
