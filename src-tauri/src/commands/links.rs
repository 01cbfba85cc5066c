//! Links and text for the clipboard.

use engine::view::LinkFormat;
use engine::{Engine, LinkText, Result};
use tauri::{AppHandle, State};

use crate::clipboard;

#[tauri::command]
pub async fn links(engine: State<'_, Engine>, ids: Vec<u32>, format: Option<LinkFormat>) -> Result<Vec<LinkText>> {
    engine.links(ids, format).await
}

/// The links, which are also on the clipboard, one a line, in the order of `ids`.
#[tauri::command]
pub async fn copy_links(
    app: AppHandle,
    engine: State<'_, Engine>,
    ids: Vec<u32>,
    format: Option<LinkFormat>,
) -> Result<Vec<LinkText>> {
    let links = engine.links(ids, format).await?;
    let text = links.iter().map(|link| link.text.as_str()).collect::<Vec<_>>().join("\n");
    clipboard::write_text(&app, text).await?;
    Ok(links)
}

#[tauri::command]
pub async fn copy_text(app: AppHandle, text: String) -> Result<()> {
    Ok(clipboard::write_text(&app, text).await?)
}
