//! Who reads why the store can’t be used. Which proxy stands before it, or what its network says, is the operator’s business; on
//! somebody’s own computer that is the person who asks.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::Accounts;
use crate::service::App;

tokio::task_local! {
    static TOLD: ();
}

/// Answers a request; with reasons if they are told by this service.
pub async fn tell(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.accounts {
        Accounts::LocalPerson => TOLD.scope((), next.run(request)).await,
        Accounts::Open => next.run(request).await,
    }
}

/// Whether the request that is being answered is of somebody who is told.
pub fn are_told() -> bool {
    TOLD.try_with(|()| ()).is_ok()
}
