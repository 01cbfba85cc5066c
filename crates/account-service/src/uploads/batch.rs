//! Completing a batch.

use std::sync::Arc;

use account_api::{
    CompleteItem, CompleteOutcome, CompleteRequest, CompleteResponse, CompleteResult, MAX_BATCH, PresignedPut,
    ThumbnailSpec,
};
use futures::{StreamExt, stream};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::complete::{Looked, look};
use super::confirm::confirm;
use super::stored::{Completed, Stored};
use super::{ledger, let_go, thumbnails};
use crate::error::{Error, Result};
use crate::images;
use crate::service::{App, Service};
use crate::storage::entity::{image, upload};

/// About how many uploads of a batch the store is asked at the same time.
const AT_ONCE: usize = 8;

/// Finishes a batch, in its order. One that can't be confirmed doesn't keep the others from being.
///
/// While some are written down, the store is asked about the next ones; those that it has answered for meanwhile are
/// written together: a transaction for each would wait for the disk as often.
///
/// # Errors
/// When the request as a whole is not as documented.
pub async fn complete_batch(app: &App, user_id: Uuid, request: CompleteRequest) -> Result<CompleteResponse> {
    super::check_batch(request.uploads.len())?;
    request.uploads.iter().flat_map(|item| &item.parts).try_for_each(|part| super::check_part_number(part.number))?;
    let upload_ids: Vec<String> = request.uploads.iter().map(|item| item.upload_id.clone()).collect();
    let ids = upload_ids.iter().filter_map(|id| Uuid::try_parse(id).ok());
    let rows = ledger::find_all(app.database.read(), user_id, ids).await?;
    let items: Vec<(Option<upload::Model>, CompleteItem)> = request
        .uploads
        .into_iter()
        .map(|item| (Uuid::try_parse(&item.upload_id).ok().and_then(|id| rows.get(&id).cloned()), item))
        .collect();
    let (found, mut to_confirm) = mpsc::unbounded_channel();
    let looking = async move {
        stream::iter(items.into_iter().enumerate())
            .for_each_concurrent(AT_ONCE, |(at, (row, item))| {
                let (app, found) = (Arc::clone(app), found.clone());
                async move {
                    let looked = match row {
                        Some(row) => look(&app, row, item.parts).await,
                        None => Err(ledger::gone()),
                    };
                    // Whoever hears it goes on until the last of these senders is gone.
                    let _ = found.send((at, looked));
                }
            })
            .await;
    };
    let confirming = async {
        let mut outcomes: Vec<Option<CompleteOutcome>> = Vec::new();
        outcomes.resize_with(upload_ids.len(), || None);
        let mut together = Vec::new();
        while to_confirm.recv_many(&mut together, MAX_BATCH).await > 0 {
            for (at, outcome) in settle(app, user_id, std::mem::take(&mut together)).await {
                outcomes[at] = Some(outcome);
            }
        }
        outcomes
    };
    let ((), outcomes) = tokio::join!(looking, confirming);
    let failed = || CompleteOutcome::Failed { error: ledger::gone().into_detail() };
    let results = upload_ids
        .into_iter()
        .zip(outcomes)
        .map(|(upload_id, outcome)| CompleteResult { upload_id, outcome: outcome.unwrap_or_else(failed) });
    Ok(CompleteResponse { results: results.collect() })
}

/// Writes down what the store was found to have, and answers; each with its place in the batch.
async fn settle(app: &Service, user_id: Uuid, found: Vec<(usize, Result<Looked>)>) -> Vec<(usize, CompleteOutcome)> {
    let mut completed: Vec<(usize, Result<Completed>)> = Vec::with_capacity(found.len());
    let (mut places, mut stored) = (Vec::new(), Vec::new());
    for (at, looked) in found {
        match looked {
            Ok(Looked::Over(over)) => completed.push((at, Ok(*over))),
            Ok(Looked::Stored(one)) => {
                places.push(at);
                stored.push(*one);
            }
            Err(error) => completed.push((at, Err(error))),
        }
    }
    completed.extend(places.into_iter().zip(confirm_each(app, user_id, &stored).await));
    let mut outcomes = Vec::with_capacity(completed.len());
    for (at, one) in completed {
        let outcome = match one {
            Ok(completed) => answer(app, completed).await,
            Err(error) => Err(error),
        };
        let outcome = outcome.unwrap_or_else(|error: Error| CompleteOutcome::Failed { error: error.into_detail() });
        outcomes.push((at, outcome));
    }
    outcomes
}

/// All in one transaction; when that fails, each in its own, so that one can't fail the others.
async fn confirm_each(app: &Service, user_id: Uuid, stored: &[Stored]) -> Vec<Result<Completed>> {
    if stored.is_empty() {
        return Vec::new();
    }
    let until = Some(let_go::addresses_end(app));
    match confirm(app, user_id, stored, until).await {
        Ok(completed) => completed,
        Err(error) if stored.len() == 1 => vec![Err(error)],
        Err(_) => {
            let mut completed = Vec::with_capacity(stored.len());
            for one in stored {
                let alone = confirm(app, user_id, std::slice::from_ref(one), until).await;
                completed.push(alone.and_then(|mut done| done.pop().unwrap_or_else(|| Err(ledger::gone()))));
            }
            completed
        }
    }
}

async fn answer(app: &Service, completed: Completed) -> Result<CompleteOutcome> {
    Ok(match completed {
        Completed::Verified(row) => {
            let thumbnail = thumbnail_put(app, &row).await?;
            CompleteOutcome::Verified { image: Box::new(images::without_urls(app, row).await?), thumbnail }
        }
        Completed::Duplicate(row) => {
            CompleteOutcome::Duplicate { image: Box::new(images::without_urls(app, row).await?) }
        }
    })
}

/// Where a picture's thumbnail is to be stored, when one was announced and the store has none.
///
/// # Errors
/// When database or store can't be reached.
pub(super) async fn thumbnail_put(app: &Service, row: &image::Model) -> Result<Option<PresignedPut>> {
    let (Some(spec), Some(key)) = (&row.thumbnail_spec, &row.thumbnail_key) else { return Ok(None) };
    if row.has_thumbnail {
        return Ok(None);
    }
    let spec: ThumbnailSpec = serde_json::from_str(spec).map_err(Error::internal)?;
    ledger::thumbnail_goes_out(app, row.id).await?;
    Ok(Some(app.store.presign_put(&thumbnails::object(&spec, key), app.limits.address).await?))
}
