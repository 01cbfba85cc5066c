//! Descriptions.

use engine::view::{DescribeProgress, DescriptionEstimate, DescriptionUse, DescriptionsCancelled};
use engine::{Engine, Result};
use tauri::State;
use tauri::ipc::Channel;

use crate::events::Watchers;

#[tauri::command]
pub async fn describe_pictures(engine: State<'_, Engine>, ids: Vec<u32>, prompt: Option<String>) -> Result<()> {
    engine.describe(ids, prompt).await
}

/// What that will probably take; nothing is sent.
#[tauri::command]
pub async fn estimate_descriptions(
    engine: State<'_, Engine>,
    ids: Vec<u32>,
    prompt: Option<String>,
) -> Result<DescriptionEstimate> {
    engine.estimate_descriptions(ids, prompt).await
}

#[tauri::command]
pub async fn description_usage(engine: State<'_, Engine>) -> Result<Vec<DescriptionUse>> {
    engine.description_usage().await
}

/// All that wait, or those of some pictures.
#[tauri::command]
pub async fn cancel_descriptions(engine: State<'_, Engine>, ids: Option<Vec<u32>>) -> Result<DescriptionsCancelled> {
    engine.cancel_descriptions(ids).await
}

#[tauri::command]
pub async fn uncancel_descriptions(engine: State<'_, Engine>, number: i64) -> Result<()> {
    engine.uncancel_descriptions(number).await.map(drop)
}

#[tauri::command]
pub async fn pause_descriptions(engine: State<'_, Engine>) -> Result<()> {
    engine.pause_descriptions(true).await
}

#[tauri::command]
pub async fn resume_descriptions(engine: State<'_, Engine>) -> Result<()> {
    engine.pause_descriptions(false).await
}

#[tauri::command]
pub async fn retry_descriptions(engine: State<'_, Engine>, cancelled: bool) -> Result<()> {
    engine.retry_descriptions(cancelled, None).await.map(drop)
}

#[tauri::command]
pub async fn clear_descriptions(engine: State<'_, Engine>) -> Result<()> {
    engine.clear_descriptions().await
}

/// Sends progress over the channel from now on, and says how far the queue is and what failed.
#[tauri::command]
pub async fn watch_descriptions(
    engine: State<'_, Engine>,
    watchers: State<'_, Watchers>,
    channel: Channel<DescribeProgress>,
) -> Result<DescribeProgress> {
    watchers.watch_descriptions(channel);
    engine.describe_progress().await
}
