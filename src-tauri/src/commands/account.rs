//! The account that the library lives in: devices, password, second factor, and ways back in.

use engine::view::{AccountSecurity, AppState, EmailChange, RecoveryForm, Registration, TwoFactorSetup};
use engine::{Engine, Result};
use tauri::State;

#[tauri::command]
pub async fn account_security(engine: State<'_, Engine>) -> Result<AccountSecurity> {
    engine.account_security().await
}

#[tauri::command]
pub async fn sign_out_device(engine: State<'_, Engine>, id: String) -> Result<()> {
    engine.sign_out_device(&id).await
}

#[tauri::command]
pub async fn sign_out_others(engine: State<'_, Engine>) -> Result<()> {
    engine.sign_out_others().await
}

#[tauri::command]
pub async fn change_password(engine: State<'_, Engine>, current: String, new: String) -> Result<()> {
    engine.change_password(current, new).await
}

#[tauri::command]
pub async fn change_email(engine: State<'_, Engine>, email: String, password: String) -> Result<EmailChange> {
    engine.change_email(email, password).await
}

#[tauri::command]
pub async fn remove_account(engine: State<'_, Engine>, password: String, code: Option<String>) -> Result<AppState> {
    engine.remove_account(password, code).await
}

#[tauri::command]
pub async fn registration(engine: State<'_, Engine>, service: String) -> Result<Registration> {
    engine.registration(&service).await
}

#[tauri::command]
pub async fn begin_two_factor(engine: State<'_, Engine>, password: String) -> Result<TwoFactorSetup> {
    engine.begin_two_factor(password).await
}

#[tauri::command]
pub async fn confirm_two_factor(engine: State<'_, Engine>, code: String) -> Result<Vec<String>> {
    engine.confirm_two_factor(code).await
}

#[tauri::command]
pub async fn end_two_factor(engine: State<'_, Engine>, password: String) -> Result<()> {
    engine.end_two_factor(password).await
}

#[tauri::command]
pub async fn new_recovery_codes(engine: State<'_, Engine>, password: String) -> Result<Vec<String>> {
    engine.new_recovery_codes(password).await
}

#[tauri::command]
pub async fn recover_account(engine: State<'_, Engine>, form: RecoveryForm) -> Result<()> {
    engine.recover_account(form).await
}

#[tauri::command]
pub async fn request_recovery_mail(engine: State<'_, Engine>, service: String, account: String) -> Result<String> {
    engine.request_recovery_mail(&service, account).await
}
