//! The library.

use engine::view::{CameraRow, LayoutItem, LibraryQuery, PictureDetail, PictureEdit, PictureRow};
use engine::{Engine, Result};
use tauri::ipc::Response;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

/// By name.
#[tauri::command]
pub async fn cameras(engine: State<'_, Engine>) -> Result<Vec<CameraRow>> {
    engine.cameras().await
}

/// Raw bytes, see [`LayoutItem`].
#[tauri::command]
pub async fn library_layout(engine: State<'_, Engine>, query: LibraryQuery) -> Result<Response> {
    let items = engine.layout(query).await?;
    Ok(Response::new(LayoutItem::encode(&items)))
}

/// Raw bytes, see [`engine::view::LayoutNews`].
#[tauri::command]
pub async fn library_news(engine: State<'_, Engine>, query: LibraryQuery, since: u32) -> Result<Response> {
    Ok(Response::new(engine.layout_news(query, since).await?.encode()))
}

#[tauri::command]
pub async fn library_rows(engine: State<'_, Engine>, ids: Vec<u32>, text: String) -> Result<Vec<PictureRow>> {
    engine.rows(ids, &text).await
}

#[tauri::command]
pub async fn picture(engine: State<'_, Engine>, id: u32) -> Result<PictureDetail> {
    engine.picture(id).await
}

/// Has what the viewer shows of a picture on this computer, so that its address answers; else says why it can't be had.
#[tauri::command]
pub async fn fetch_preview(engine: State<'_, Engine>, id: u32) -> Result<()> {
    engine.preview(id).await.map(drop)
}

#[tauri::command]
pub async fn edit_picture(engine: State<'_, Engine>, id: u32, edit: PictureEdit) -> Result<PictureDetail> {
    engine.edit(vec![id], edit).await?;
    engine.picture(id).await
}

#[tauri::command]
pub async fn edit_pictures(engine: State<'_, Engine>, ids: Vec<u32>, edit: PictureEdit) -> Result<()> {
    engine.edit(ids, edit).await
}

#[tauri::command]
pub async fn delete_pictures(engine: State<'_, Engine>, ids: Vec<u32>) -> Result<()> {
    engine.delete(ids).await
}

#[tauri::command]
pub async fn restore_pictures(engine: State<'_, Engine>, ids: Vec<u32>) -> Result<()> {
    engine.restore(ids).await
}

/// Puts a whole picture in the place of a damaged one.
#[tauri::command]
pub async fn replace_damaged(engine: State<'_, Engine>, damaged: u32, whole: u32) -> Result<()> {
    engine.replace_damaged(damaged, whole).await
}

#[tauri::command]
pub async fn delete_forever(engine: State<'_, Engine>, ids: Vec<u32>) -> Result<()> {
    engine.delete_forever(ids).await
}

/// Asks where one picture is to be saved, or for a folder for several, and saves them. `None` when the person cancels; else how
/// many were saved.
#[tauri::command]
pub async fn download_pictures(app: AppHandle, engine: State<'_, Engine>, ids: Vec<u32>) -> Result<Option<u32>> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    if let [id] = ids[..] {
        app.dialog()
            .file()
            .set_title(messages::Dialog::SaveAs.to_string())
            .set_file_name(engine.saved_name(id).await?)
            .save_file(move |path| drop(sender.send(path)));
        let Some(path) = receiver.await.ok().flatten().and_then(|path| path.into_path().ok()) else {
            return Ok(None);
        };
        return engine.download(id, path).await.map(|_| Some(1));
    }
    app.dialog()
        .file()
        .set_title(messages::Dialog::SaveInto.to_string())
        .pick_folder(move |folder| drop(sender.send(folder)));
    let Some(folder) = receiver.await.ok().flatten().and_then(|folder| folder.into_path().ok()) else {
        return Ok(None);
    };
    engine.download_all(ids, folder).await.map(Some)
}
