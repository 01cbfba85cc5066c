//! Descriptions.

use engine::view::DescribeProgress;
use engine::{Engine, Result};
use tauri::State;
use tauri::ipc::Channel;

use crate::events::Watchers;

#[tauri::command]
pub async fn describe_pictures(engine: State<'_, Engine>, ids: Vec<u32>, prompt: Option<String>) -> Result<()> {
    engine.describe(ids, prompt).await
}

#[tauri::command]
pub async fn cancel_descriptions(engine: State<'_, Engine>) -> Result<()> {
    engine.cancel_descriptions();
    Ok(())
}

/// Sends progress over the channel from now on, and says how far the batch is.
#[tauri::command]
pub async fn watch_descriptions(
    engine: State<'_, Engine>,
    watchers: State<'_, Watchers>,
    channel: Channel<DescribeProgress>,
) -> Result<DescribeProgress> {
    watchers.watch_descriptions(channel);
    Ok(engine.describe_progress())
}
