//! `/healthz` and `/readyz`

use std::time::Duration;

use account_api::{ErrorCode, HealthResponse, MessageResponse, route};
use axum::extract::State;

use crate::error::{Error, Result};
use crate::extract::Json;
use crate::service::App;

/// How long the store may take to answer before the service counts as not ready.
const STORE: Duration = Duration::from_secs(5);

/// Whether the process is alive
///
/// With how people come by an account here.
#[utoipa::path(
    get, path = route::HEALTHZ, tag = "service", operation_id = "isAlive", security(()),
    responses((status = 200, description = "It is.", body = HealthResponse)),
)]
pub async fn alive(State(app): State<App>) -> Json<HealthResponse> {
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    Json(HealthResponse { message: "alive".to_owned(), version, registration: Some(app.registration) })
}

/// Whether requests can be served
///
/// Asks the database and the picture store.
#[utoipa::path(
    get, path = route::READYZ, tag = "service", operation_id = "isReady", security(()),
    responses((status = 200, description = "They can.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["database_unavailable", "storage_unavailable"]))),
)]
pub async fn ready(State(app): State<App>) -> Result<Json<MessageResponse>> {
    app.database
        .read()
        .ping()
        .await
        .map_err(|error| Error::new(ErrorCode::DatabaseUnavailable, "The database doesn't answer.").because(error))?;
    let slow = || Error::new(ErrorCode::StorageUnavailable, "The picture store doesn't answer.");
    tokio::time::timeout(STORE, app.store.check()).await.map_err(|_| slow())??;
    Ok(Json(MessageResponse { message: "ready".to_owned() }))
}
