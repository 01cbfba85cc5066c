//! Taking care of what is stored: the doctor, the check of all pictures, local copies.

use std::path::PathBuf;

use engine::view::{AuditProgress, BucketForm, CheckedPicture, DoctorReport, DoctorStep, FreeReport};
use engine::{AuditOptions, Engine, FreeSource, Result};
use tauri::State;
use tauri::ipc::Channel;

use crate::events::Watchers;

/// Problems that the window shows.
const SHOWN: usize = 500;

/// Sends steps on; a window that has gone needs none.
fn tell(channel: Channel<DoctorStep>) -> impl FnMut(&DoctorStep) + Send {
    move |step| drop(channel.send(step.clone()))
}

/// Tries everything that the chosen place needs; steps come over the channel as they end.
#[tauri::command]
pub async fn doctor(engine: State<'_, Engine>, channel: Channel<DoctorStep>) -> Result<DoctorReport> {
    Ok(engine.doctor(tell(channel)).await)
}

/// Tries a bucket that has not been chosen; steps come over the channel as they end.
#[tauri::command]
pub async fn test_bucket(
    engine: State<'_, Engine>,
    form: BucketForm,
    channel: Channel<DoctorStep>,
) -> Result<DoctorReport> {
    engine.test_bucket(form, tell(channel)).await
}

#[tauri::command]
pub async fn verify_pictures(engine: State<'_, Engine>, ids: Vec<u32>, deep: bool) -> Result<Vec<CheckedPicture>> {
    engine.verify(&ids, deep).await
}

#[tauri::command]
pub async fn start_audit(engine: State<'_, Engine>, deep: bool, restart: bool) -> Result<()> {
    engine.start_audit(AuditOptions { deep, restart }).await
}

#[tauri::command]
pub fn cancel_audit(engine: State<'_, Engine>) {
    engine.cancel_audit();
}

/// Sends progress over the channel from now on, and gives how far it is.
#[tauri::command]
pub async fn watch_audit(
    engine: State<'_, Engine>,
    watchers: State<'_, Watchers>,
    channel: Channel<AuditProgress>,
) -> Result<AuditProgress> {
    watchers.watch_audit(channel);
    engine.audit_progress().await
}

#[tauri::command]
pub async fn audit_problems(engine: State<'_, Engine>) -> Result<Vec<CheckedPicture>> {
    engine.audit_problems(0, SHOWN).await
}

#[tauri::command]
pub async fn repair_picture(engine: State<'_, Engine>, id: u32) -> Result<Vec<u32>> {
    engine.repair(id).await
}

/// Says which local files may go, or with `act` moves them to the system's trash: these, or without paths those that were
/// uploaded from this computer.
#[tauri::command]
pub async fn free_local_copies(
    engine: State<'_, Engine>,
    paths: Option<Vec<PathBuf>>,
    act: bool,
) -> Result<FreeReport> {
    let source = paths.map_or(FreeSource::Uploaded, FreeSource::Paths);
    if act { engine.free(source, |_| {}).await } else { engine.freeable(source, |_| {}).await }
}
