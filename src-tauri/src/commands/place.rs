//! Where the library lives.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::view::{
    AccountForm, AppState, BucketForm, BucketLibrary, KnownPlace, Notice, RebuildProgress, RebuildReport, RebuildStage,
    RegisterForm,
};
use engine::{Engine, Result};
use secrecy::SecretString;
use tauri::State;
use tauri::ipc::Channel;

use crate::events::Watchers;

/// How often the window hears how far a rebuild is.
const OFTEN: Duration = Duration::from_millis(100);

#[tauri::command]
pub fn app_state(engine: State<'_, Engine>) -> AppState {
    engine.state()
}

/// Sends over the channel what the person should hear of, beginning with what was said before a page was there.
#[tauri::command]
pub fn watch_notices(watchers: State<'_, Watchers>, channel: Channel<Notice>) {
    watchers.watch_notices(channel);
}

#[tauri::command]
pub async fn places(engine: State<'_, Engine>) -> Result<Vec<KnownPlace>> {
    Ok(engine.places().await)
}

#[tauri::command]
pub async fn use_place(engine: State<'_, Engine>, id: String) -> Result<AppState> {
    engine.use_place(&id).await
}

#[tauri::command]
pub async fn forget_place(engine: State<'_, Engine>, id: String) -> Result<AppState> {
    engine.forget_place(&id).await
}

#[tauri::command]
pub async fn choose_this_computer(engine: State<'_, Engine>) -> Result<AppState> {
    engine.choose_this_computer().await
}

#[tauri::command]
pub async fn choose_bucket(engine: State<'_, Engine>, form: BucketForm) -> Result<AppState> {
    engine.choose_bucket(form).await
}

#[tauri::command]
pub async fn bucket_libraries(engine: State<'_, Engine>) -> Result<Vec<BucketLibrary>> {
    engine.bucket_libraries().await
}

/// Sends progress over the channel, at most so often as a person can see.
#[tauri::command]
pub async fn rebuild_library(
    engine: State<'_, Engine>,
    library: Option<String>,
    channel: Channel<RebuildProgress>,
) -> Result<RebuildReport> {
    let told = Mutex::new(None::<(RebuildStage, Instant)>);
    let tell = move |progress: RebuildProgress| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_some_and(|(stage, at)| stage == progress.stage && at.elapsed() < OFTEN) {
            return;
        }
        *told = Some((progress.stage, Instant::now()));
        // A page that has gone needs to hear nothing; the work goes on.
        let _ = channel.send(progress);
    };
    engine.rebuild(library.as_deref(), &tell).await
}

#[tauri::command]
pub async fn sign_in(engine: State<'_, Engine>, form: AccountForm) -> Result<AppState> {
    engine.sign_in(form).await
}

#[tauri::command]
pub async fn register(engine: State<'_, Engine>, form: RegisterForm) -> Result<AppState> {
    engine.register(form).await
}

#[tauri::command]
pub async fn sign_out(engine: State<'_, Engine>) -> Result<AppState> {
    engine.sign_out().await
}

#[tauri::command]
pub async fn unlock(engine: State<'_, Engine>, passphrase: String) -> Result<AppState> {
    engine.unlock(SecretString::from(passphrase)).await
}
