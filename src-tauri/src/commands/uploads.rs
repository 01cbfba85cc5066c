//! The upload queue.

use engine::view::{
    UploadFailure, UploadList, UploadMove, UploadSummary, UploadsCancelled, UploadsChange, UploadsPage,
};
use engine::{Engine, Result, UploadOptions};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use crate::dropped::Dropped;
use crate::events::Watchers;
use crate::{clipboard, quick_upload};

/// What is done with what comes by the window, in the album that is open, if one is.
fn options(engine: &Engine, album: Option<String>) -> UploadOptions {
    UploadOptions { describe: engine.settings().describe_new, album }
}

/// Asks for files or folders; gives how many were picked, 0 when the person cancels.
#[tauri::command]
pub async fn pick_and_upload(
    app: AppHandle,
    engine: State<'_, Engine>,
    folder: bool,
    album: Option<String>,
) -> Result<usize> {
    let picked = quick_upload::pick(&app, folder).await;
    let count = picked.len();
    if count > 0 {
        engine.upload(picked, options(&engine, album)).await?;
    }
    Ok(count)
}

/// Gives how many files were put into the queue.
#[tauri::command]
pub async fn upload_paths(
    engine: State<'_, Engine>,
    dropped: State<'_, Dropped>,
    paths: Vec<String>,
    album: Option<String>,
) -> Result<usize> {
    let sources = paths.iter().map(|path| dropped.source(path)).collect();
    Ok(engine.upload(sources, options(&engine, album)).await?.len())
}

#[tauri::command]
pub async fn upload_clipboard(app: AppHandle, engine: State<'_, Engine>, album: Option<String>) -> Result<usize> {
    let sources = clipboard::read_sources(&app).await?;
    Ok(engine.upload(sources, options(&engine, album)).await?.len())
}

/// Sends changes over the channel from now on, and gives the queue as a whole; rows are read by the page.
#[tauri::command]
pub async fn watch_uploads(
    engine: State<'_, Engine>,
    watchers: State<'_, Watchers>,
    channel: Channel<UploadsChange>,
) -> Result<UploadSummary> {
    watchers.watch_uploads(channel);
    Ok(engine.uploads().await?.summary)
}

#[tauri::command]
pub async fn pause_uploads(engine: State<'_, Engine>) -> Result<()> {
    engine.pause_uploads().await
}

#[tauri::command]
pub async fn resume_uploads(engine: State<'_, Engine>) -> Result<()> {
    engine.resume_uploads().await
}

#[tauri::command]
pub async fn cancel_upload(engine: State<'_, Engine>, id: u32) -> Result<()> {
    engine.cancel_upload(id).await
}

#[tauri::command]
pub async fn try_connection(engine: State<'_, Engine>) -> Result<()> {
    engine.try_connection().await
}

#[tauri::command]
pub async fn resume_held_uploads(engine: State<'_, Engine>) -> Result<()> {
    engine.resume_held_uploads().await.map(drop)
}

#[tauri::command]
pub async fn cancel_uploads(engine: State<'_, Engine>) -> Result<UploadsCancelled> {
    engine.cancel_uploads().await
}

#[tauri::command]
pub async fn uncancel_uploads(engine: State<'_, Engine>, number: i64) -> Result<()> {
    engine.uncancel_uploads(number).await.map(drop)
}

#[tauri::command]
pub async fn retry_cancelled_uploads(engine: State<'_, Engine>) -> Result<()> {
    engine.retry_cancelled_uploads().await.map(drop)
}

#[tauri::command]
pub async fn retry_upload(engine: State<'_, Engine>, id: u32) -> Result<()> {
    engine.retry_upload(id).await
}

#[tauri::command]
pub async fn retry_failed_uploads(engine: State<'_, Engine>) -> Result<()> {
    engine.retry_failed_uploads().await
}

#[tauri::command]
pub async fn hold_uploads(engine: State<'_, Engine>, ids: Vec<u32>) -> Result<()> {
    engine.hold_uploads(ids).await
}

#[tauri::command]
pub async fn unhold_uploads(engine: State<'_, Engine>, ids: Vec<u32>) -> Result<()> {
    engine.unhold_uploads(ids).await
}

#[tauri::command]
pub async fn move_uploads(engine: State<'_, Engine>, ids: Vec<u32>, to: UploadMove) -> Result<()> {
    engine.move_uploads(ids, to).await
}

#[tauri::command]
pub async fn upload_failures(engine: State<'_, Engine>) -> Result<Vec<UploadFailure>> {
    engine.upload_failures().await
}

#[tauri::command]
pub async fn retry_upload_group(engine: State<'_, Engine>, code: String, reason: Option<String>) -> Result<()> {
    engine.retry_upload_group(code, reason).await
}

#[tauri::command]
pub async fn uploads_page(engine: State<'_, Engine>, list: UploadList, offset: u32, limit: u32) -> Result<UploadsPage> {
    engine.uploads_page(list, offset, limit).await
}

#[tauri::command]
pub async fn clear_finished_uploads(engine: State<'_, Engine>) -> Result<()> {
    engine.clear_finished_uploads().await
}
