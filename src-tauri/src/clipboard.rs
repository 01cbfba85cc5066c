//! The clipboard: links go in, pictures come out.

mod copied;
mod html;
#[cfg_attr(target_os = "linux", path = "clipboard/raw_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "clipboard/raw_elsewhere.rs")]
mod raw;

use std::time::Duration;

use engine::Source;
use tauri::AppHandle;
use tauri_plugin_clipboard_manager::ClipboardExt;

use crate::error::ShellError;

/// How long another program may take to hand over what it put on the clipboard. Some never answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Puts text on the clipboard.
pub async fn write_text(app: &AppHandle, text: String) -> Result<(), ShellError> {
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        app.clipboard().write_text(text).map_err(|error| ShellError::ClipboardWrite(error.to_string()))
    })
    .await
    .map_err(|error| ShellError::Task(error.to_string()))?
}

/// What can be uploaded of the clipboard: copied files, else a copied picture, else addresses or paths in a text.
pub async fn read_sources(app: &AppHandle) -> Result<Vec<Source>, ShellError> {
    match tokio::time::timeout(PATIENCE, read_all(app)).await {
        Ok(sources) => sources,
        Err(_) => Err(ShellError::ClipboardRead(messages::Shell::ClipboardSilent.to_string())),
    }
}

async fn read_all(app: &AppHandle) -> Result<Vec<Source>, ShellError> {
    let copied = raw::read(app).await;
    // File managers also offer an icon or the paths as text, so files come first.
    let listed = sources_of_text(&copied.addresses);
    if !listed.is_empty() {
        return Ok(listed);
    }
    if let Some((ending, bytes)) = copied.picture {
        return Ok(vec![Source::Bytes { name: pasted_name(ending), bytes }]);
    }
    let written = sources_of_text(&copied.text);
    if !written.is_empty() {
        return Ok(written);
    }
    // Never on the main thread: on Linux this app itself may have to answer for what it copied.
    let reading = tauri::async_runtime::spawn_blocking(read);
    reading.await.map_err(|error| ShellError::Task(error.to_string()))?
}

fn read() -> Result<Vec<Source>, ShellError> {
    let unreadable = |error: arboard::Error| ShellError::ClipboardRead(error.to_string());
    let mut clipboard = arboard::Clipboard::new().map_err(unreadable)?;
    if let Ok(paths) = clipboard.get().file_list()
        && !paths.is_empty()
    {
        return Ok(paths.into_iter().map(Source::Path).collect());
    }
    if let Ok(image) = clipboard.get().image() {
        let bytes = encode_png(image.width, image.height, &image.bytes)
            .map_err(|error| ShellError::ClipboardRead(error.to_string()))?;
        return Ok(vec![Source::Bytes { name: pasted_name("png"), bytes }]);
    }
    let sources = match clipboard.get().text() {
        Ok(text) => sources_of_text(&text),
        // A busy clipboard is worth another try. Anything else is what a program offers that has no text, in as many ways as
        // there are programs.
        Err(error @ arboard::Error::ClipboardOccupied) => return Err(unreadable(error)),
        Err(error) => {
            tracing::debug!(%error, "the clipboard has no text");
            Vec::new()
        }
    };
    if !sources.is_empty() {
        return Ok(sources);
    }
    let page = clipboard.get().html().ok();
    let picture = page.and_then(|page| html::only_picture(&page)).map(|address| sources_of_text(&address));
    picture.filter(|sources| !sources.is_empty()).ok_or(ShellError::ClipboardEmpty)
}

/// A name that tells pasted pictures apart, by this computer's clock; no colons, which Windows refuses in names.
fn pasted_name(ending: &str) -> String {
    format!("{}.{ending}", chrono::Local::now().format("Pasted %Y-%m-%d %H.%M.%S"))
}

/// Eight bits a channel, RGBA, row by row from the top left, as clipboards hold it.
fn encode_png(width: usize, height: usize, rgba: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let too_large = |_| std::io::Error::other(messages::Shell::ClipboardTooLarge.to_string());
    let (width, height) = (u32::try_from(width).map_err(too_large)?, u32::try_from(height).map_err(too_large)?);
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgba)?;
    writer.finish()?;
    Ok(bytes)
}

/// Reads a text as a list of pictures: one address or path a line. Text that is anything else gives nothing, because a
/// sentence that happens to contain a path is no wish to upload.
fn sources_of_text(text: &str) -> Vec<Source> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(source_of_line)
        .collect::<Option<_>>()
        .unwrap_or_default()
}

fn source_of_line(line: &str) -> Option<Source> {
    let named_as_file = line.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    match Source::from_text(line) {
        // Whoever copies the address of a file means a file: that it isn't there is said where it is uploaded.
        Source::Path(path) if named_as_file && path.is_absolute() => Some(Source::Path(path)),
        Source::Path(path) if !(path.is_absolute() && path.exists()) => None,
        Source::Url(address) if address.contains(char::is_whitespace) => None,
        source => Some(source),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    #[test]
    fn a_copied_picture_becomes_a_png_with_the_same_pixels() {
        let rgba = [255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 0, 9, 8, 7, 6];
        let bytes = encode_png(2, 2, &rgba).unwrap();
        let decoded = image::load_from_memory_with_format(&bytes, image::ImageFormat::Png).unwrap().to_rgba8();
        assert_eq!(decoded.dimensions(), (2, 2));
        assert_eq!(decoded.as_raw(), &rgba);
    }

    #[test]
    fn a_picture_with_missing_rows_is_an_error() {
        assert!(encode_png(2, 2, &[0; 8]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn the_address_of_a_file_that_is_gone_is_still_one() {
        assert_eq!(sources_of_text("file:///no/such.png"), [Source::Path("/no/such.png".into())]);
        assert_eq!(sources_of_text("/no/such.png"), []);
    }

    #[test]
    fn addresses_and_paths_are_recognised() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a b.png");
        std::fs::write(&file, b"x").unwrap();
        let address = Url::from_file_path(&file).unwrap();
        let text = format!("# copied\r\n{address}\r\n{}\nHTTPS://example.com/a%2Fb.jpg\n", file.display());
        let url = Source::Url("HTTPS://example.com/a%2Fb.jpg".to_owned());
        assert_eq!(sources_of_text(&text), [Source::Path(file.clone()), Source::Path(file), url]);
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in [
            "",
            "hello",
            "see https://example.com/a.jpg",
            "/no/such/file.png",
            "https://example.com/a.jpg\nhello",
            "https: a word",
        ] {
            assert_eq!(sources_of_text(text), [], "{text:?}");
        }
    }
}
