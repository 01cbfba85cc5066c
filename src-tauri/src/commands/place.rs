//! Where the library lives.

use engine::view::{AccountForm, AppState, BucketForm, BucketReport, RegisterForm};
use engine::{Engine, Result};
use secrecy::SecretString;
use tauri::State;

#[tauri::command]
pub fn app_state(engine: State<'_, Engine>) -> AppState {
    engine.state()
}

#[tauri::command]
pub async fn choose_this_computer(engine: State<'_, Engine>) -> Result<AppState> {
    engine.choose_this_computer().await
}

#[tauri::command]
pub async fn test_bucket(engine: State<'_, Engine>, form: BucketForm) -> Result<BucketReport> {
    engine.test_bucket(form).await
}

#[tauri::command]
pub async fn choose_bucket(engine: State<'_, Engine>, form: BucketForm) -> Result<AppState> {
    engine.choose_bucket(form).await
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
