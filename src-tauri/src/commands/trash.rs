//! How long the trash is kept.

use engine::view::{Trash, TrashPlan};
use engine::{Engine, Result};
use tauri::State;

#[tauri::command]
pub async fn trash(engine: State<'_, Engine>) -> Result<Trash> {
    engine.trash().await
}

/// What another number of days would mean for what is in it; none for until the person empties it.
#[tauri::command]
pub async fn trash_plan(engine: State<'_, Engine>, days: Option<u32>) -> Result<TrashPlan> {
    engine.trash_plan(days).await
}

#[tauri::command]
pub async fn keep_trash(engine: State<'_, Engine>, days: Option<u32>) -> Result<Trash> {
    engine.keep_trash(days).await
}
