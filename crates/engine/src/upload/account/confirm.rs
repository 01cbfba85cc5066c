//! Completion, a batch at a time: that everything was sent is written down, then the service is asked to confirm it, and
//! only what it has confirmed is verified.

use std::sync::Arc;

use account_api::CompleteOutcome;
use catalogue::table::upload;

use crate::batch::{Answer, Asked};
use crate::upload::account::commit::{Commit, How, commit};
use crate::upload::account::questions::{Confirmed, Sent};
use crate::upload::account::remote::Refused;
use crate::upload::schedule::priority_semaphore::Rank;
use crate::upload::shared::Shared;
use crate::upload::transfer::outbox::ThumbnailJob;

type Waiting = (Sent, Answer<Confirmed>);

/// Confirms a batch.
pub(in crate::upload) async fn confirm(shared: Arc<Shared>, batch: Vec<Asked<Sent, Confirmed>>) {
    let batch: Vec<Waiting> = batch.into_iter().map(Asked::split).collect();
    let ids: Vec<u32> = batch.iter().map(|(sent, _)| sent.ticket.id).collect();
    let worker = shared.name().to_owned();
    let ours = shared.write(move |conn| upload::mark_sent(conn, &worker, &ids)).await.unwrap_or_default();
    let (batch, lost): (Vec<_>, Vec<_>) = batch.into_iter().partition(|(sent, _)| ours.contains(&sent.ticket.id));
    for (_, answer) in lost {
        answer.give(Confirmed::Lost);
    }
    ask(&shared, batch).await;
}

async fn ask(shared: &Shared, batch: Vec<Waiting>) {
    if batch.is_empty() {
        return;
    }
    let items = batch.iter().map(|(sent, _)| sent.item.clone()).collect();
    match shared.account.complete(items).await {
        Ok(results) => {
            let mut outcomes: std::collections::HashMap<String, CompleteOutcome> =
                results.into_iter().map(|result| (result.upload_id, result.outcome)).collect();
            let batch = batch
                .into_iter()
                .map(|(sent, answer)| {
                    let outcome = outcomes.remove(&sent.item.upload_id);
                    (sent, answer, outcome.unwrap_or_else(|| CompleteOutcome::Failed { error: Refused::silent() }))
                })
                .collect();
            take(shared, batch).await;
        }
        Err(refused) if batch.len() == 1 => {
            for (_, answer) in batch {
                answer.give(Confirmed::Refused(refused.0.clone()));
            }
        }
        Err(_) => {
            for one in batch {
                Box::pin(ask(shared, vec![one])).await;
            }
        }
    }
}

async fn take(shared: &Shared, batch: Vec<(Sent, Answer<Confirmed>, CompleteOutcome)>) {
    let (mut commits, mut answers, mut jobs) = (Vec::new(), Vec::new(), Vec::new());
    for (sent, answer, outcome) in batch {
        let (image, how) = match outcome {
            CompleteOutcome::Verified { image, thumbnail } => {
                let job = thumbnail.zip(sent.ticket.thumbnail.clone()).map(|(put, made)| ThumbnailJob {
                    rank: Rank::new(sent.ticket.id, sent.ticket.position),
                    row: sent.ticket.id,
                    image_id: image.id.clone(),
                    put,
                    bytes: made.bytes,
                    content_md5: made.content_md5,
                    own: shared.context.library.sync.own_change(),
                });
                let how = How::Verified { owes_thumbnail: job.is_some() };
                jobs.extend(job);
                (image, how)
            }
            CompleteOutcome::Duplicate { image } => (image, How::Duplicate),
            CompleteOutcome::Failed { error } => {
                answer.give(Confirmed::Refused(error));
                continue;
            }
        };
        answers.push((image.id.clone(), answer));
        commits.push(Commit { ticket: sent.ticket, image, how });
    }
    let pictures = commit(shared, commits).await;
    for (at, (image_id, answer)) in answers.into_iter().enumerate() {
        answer.give(match &pictures {
            Some(pictures) => Confirmed::Landed { image_id, picture: pictures[at] },
            None => Confirmed::Lost,
        });
    }
    for job in jobs {
        shared.thumbnails.send(job).await;
    }
}
