//! Pictures that show the same.

use engine::view::{Duplicates, GroupKind};
use engine::{Engine, Result};
use tauri::State;

#[tauri::command]
pub async fn duplicates(engine: State<'_, Engine>, kind: GroupKind, limit: u32) -> Result<Duplicates> {
    engine.duplicates(kind, limit as usize).await
}

/// The others go into the trash, and what was said of them is said of those that are kept.
#[tauri::command]
pub async fn keep_duplicates(engine: State<'_, Engine>, keep: Vec<u32>, others: Vec<u32>) -> Result<Vec<u32>> {
    engine.keep_duplicates(keep, others).await
}

/// That they are the same, or that they aren't.
#[tauri::command]
pub async fn decide_duplicates(engine: State<'_, Engine>, ids: Vec<u32>, same: bool) -> Result<()> {
    engine.decide_duplicates(ids, same).await
}
