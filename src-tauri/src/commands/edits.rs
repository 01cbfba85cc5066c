//! Albums, tags, and what was done: to be undone and done again.

use engine::view::{AlbumRow, TagRow, Turned, Turns};
use engine::{Engine, Result};
use tauri::State;

#[tauri::command]
pub async fn albums(engine: State<'_, Engine>) -> Result<Vec<AlbumRow>> {
    engine.albums().await
}

/// With pictures in it; making it and filling it is one thing to undo.
#[tauri::command]
pub async fn create_album(engine: State<'_, Engine>, name: String, ids: Vec<u32>) -> Result<AlbumRow> {
    engine.create_album_of(&name, ids).await
}

#[tauri::command]
pub async fn rename_album(engine: State<'_, Engine>, album: String, name: String) -> Result<AlbumRow> {
    engine.rename_album(&album, &name).await
}

/// Without a picture, the first in it stands for it.
#[tauri::command]
pub async fn set_album_cover(engine: State<'_, Engine>, album: String, id: Option<u32>) -> Result<AlbumRow> {
    engine.set_album_cover(&album, id).await
}

/// Its pictures stay in the library.
#[tauri::command]
pub async fn remove_album(engine: State<'_, Engine>, album: String) -> Result<AlbumRow> {
    engine.remove_album(&album).await
}

#[tauri::command]
pub async fn add_to_album(engine: State<'_, Engine>, album: String, ids: Vec<u32>) -> Result<AlbumRow> {
    engine.add_to_album(&album, ids).await
}

#[tauri::command]
pub async fn remove_from_album(engine: State<'_, Engine>, album: String, ids: Vec<u32>) -> Result<AlbumRow> {
    engine.remove_from_album(&album, ids).await
}

/// By name.
#[tauri::command]
pub async fn tags(engine: State<'_, Engine>) -> Result<Vec<TagRow>> {
    engine.tags().await
}

#[tauri::command]
pub async fn edit_turns(engine: State<'_, Engine>) -> Result<Turns> {
    engine.turns().await
}

#[tauri::command]
pub async fn undo(engine: State<'_, Engine>) -> Result<Turned> {
    engine.undo().await
}

#[tauri::command]
pub async fn redo(engine: State<'_, Engine>) -> Result<Turned> {
    engine.redo().await
}
