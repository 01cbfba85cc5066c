//! Settings.

use engine::view::{AiSettingsChange, Settings, SettingsChange};
use engine::{Engine, Result};
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt;

use crate::error::ShellError;
use crate::leaving;

#[tauri::command]
pub fn settings(engine: State<'_, Engine>) -> Settings {
    engine.settings()
}

#[tauri::command]
pub async fn change_settings(engine: State<'_, Engine>, change: SettingsChange) -> Result<Settings> {
    engine.change_settings(change).await
}

#[tauri::command]
pub async fn change_ai(engine: State<'_, Engine>, change: AiSettingsChange) -> Result<Settings> {
    engine.change_ai(change).await
}

/// The page's answer when the window is about to close: what was typed is kept, or the person should see first what is not.
#[tauri::command]
pub fn leave(app: AppHandle, stay: bool) {
    leaving::answer(&app, stay);
}

/// Opens the folder that holds everything the app keeps.
#[tauri::command]
pub async fn reveal_data_dir(app: AppHandle, engine: State<'_, Engine>) -> Result<()> {
    let folder = engine.settings().data_dir;
    let opened = app.opener().open_path(folder.as_str(), None::<&str>);
    Ok(opened.map_err(|error| ShellError::Reveal(error.to_string(), folder))?)
}
