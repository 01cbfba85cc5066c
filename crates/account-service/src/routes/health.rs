//! `/healthz` and `/readyz`

use std::time::Duration;

use account_api::{ErrorCode, HealthResponse, MessageResponse};
use axum::extract::State;

use crate::error::{DISK_IS_FULL, Error, Result};
use crate::extract::Json;
use crate::service::App;

/// How long database and store may each take to answer before the service counts as not ready.
const ANSWER: Duration = Duration::from_secs(5);

/// What has to have room for the service to count as ready, in bytes.
const PICTURE: u64 = 1024 * 1024;

/// Whether the process is alive
///
/// With how people come by an account here.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::HEALTHZ, tag = "service", operation_id = "isAlive", security(()),
    responses((status = 200, description = "It is.", body = HealthResponse)),
))]
pub async fn alive(State(app): State<App>) -> Json<HealthResponse> {
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    Json(HealthResponse { message: "alive".to_owned(), version, registration: Some(app.registration) })
}

/// Whether requests can be served
///
/// Writes to the database, asks the picture store, and looks whether there is room on the service's disk.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::READYZ, tag = "service", operation_id = "isReady", security(()),
    responses((status = 200, description = "They can.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["database_unavailable", "storage_unavailable"]))),
))]
pub async fn ready(State(app): State<App>) -> Result<Json<MessageResponse>> {
    let silent = || Error::new(ErrorCode::DatabaseUnavailable, "The database doesn’t take a write in time.");
    tokio::time::timeout(ANSWER, app.database.try_write()).await.map_err(|_| silent())??;
    let slow = || Error::new(ErrorCode::StorageUnavailable, "The picture store doesn’t answer.");
    tokio::time::timeout(ANSWER, app.store.check()).await.map_err(|_| slow())??;
    let full = |error: std::io::Error| Error::new(ErrorCode::StorageUnavailable, DISK_IS_FULL).because(error);
    app.room.take(PICTURE).map_err(full)?;
    Ok(Json(MessageResponse { message: "ready".to_owned() }))
}
