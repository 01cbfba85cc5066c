//! `/api/changes…`

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use account_api::{ChangesPage, ChangesQuery};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;

use crate::auth::Caller;
use crate::changes;
use crate::clock;
use crate::error::Result;
use crate::extract::{Json, Query};
use crate::metrics::Raised;
use crate::news::Subscription;
use crate::service::App;

/// What has changed
///
/// Pages of everything that happened to the account's pictures after a revision, oldest first. Start with 0, go on with
/// `next` until `more` is false, and come back when the stream says that there is news.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::CHANGES, tag = "changes", operation_id = "listChanges",
    params(ChangesQuery),
    responses((status = 200, description = "A page of changes.", body = ChangesPage)),
))]
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<ChangesPage>> {
    Ok(Json(changes::after(&app, caller.user_id, query.after, query.limit).await?))
}

/// Hear of changes
///
/// Server-sent events: one named `news`, whose data is the account's newest revision, at once and again whenever that has
/// changed. Ends when the access token expires, the session or the service ends: come back with a fresh token.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::CHANGES_STREAM, tag = "changes", operation_id = "streamChanges",
    responses((status = 200, description = "A stream without an end.", content_type = "text/event-stream", body = String)),
))]
pub async fn stream(
    State(app): State<App>,
    caller: Caller,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + Send> {
    let subscription = app.news.subscribe();
    let listens = app.metrics.stream();
    let state = Listening { app, caller, subscription, said: None, _listens: listens };
    let events = futures::stream::unfold(state, |mut state| async move {
        let revision = state.next().await?;
        let event = Event::default().event("news").data(revision.to_string());
        Some((Ok(event), state))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

struct Listening {
    app: App,
    caller: Caller,
    subscription: Subscription,
    said: Option<i64>,
    _listens: Raised,
}

impl Listening {
    /// The next revision that is news; none when the stream is to end.
    async fn next(&mut self) -> Option<i64> {
        let app = Arc::clone(&self.app);
        loop {
            if self.said.is_some() {
                tokio::select! {
                    () = app.ending.cancelled() => return None,
                    () = self.subscription.changed(self.caller.user_id) => {}
                }
            }
            if clock::now() / 1000 >= self.caller.expires || self.caller.still_signed_in(&app).await.is_err() {
                return None;
            }
            let newest = changes::newest_revision(&app, self.caller.user_id).await.ok()?;
            if self.said != Some(newest) {
                self.said = Some(newest);
                return Some(newest);
            }
        }
    }
}
