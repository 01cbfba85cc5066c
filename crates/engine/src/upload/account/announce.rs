//! Grants, a batch at a time: what was read is written down, announced, and what was granted is written down before
//! anything is sent.

use std::sync::Arc;

use account_api::{Grant, GrantOutcome, Transfer};
use catalogue::table::upload::{self, Granted, ReadFile};

use crate::batch::{Answer, Asked};
use crate::upload::account::commit::{Commit, How, commit};
use crate::upload::account::questions::{Announced, Announcement};
use crate::upload::account::remote::Refused;
use crate::upload::shared::Shared;

type Waiting = (Announcement, Answer<Announced>);

/// Announces a batch.
pub(in crate::upload) async fn announce(shared: Arc<Shared>, batch: Vec<Asked<Announcement, Announced>>) {
    let batch: Vec<Waiting> = batch.into_iter().map(Asked::split).collect();
    let read: Vec<ReadFile> = batch
        .iter()
        .map(|(question, _)| ReadFile {
            id: question.ticket.id,
            size: question.file.size,
            modified_ns: question.identity.modified_ns,
            sha256: question.file.sha256.clone(),
            remark: question.file.remark.clone(),
        })
        .collect();
    let worker = shared.name().to_owned();
    let ours = shared.write(move |conn| upload::write_read(conn, &worker, &read)).await.unwrap_or_default();
    let (batch, lost): (Vec<_>, Vec<_>) =
        batch.into_iter().partition(|(question, _)| ours.contains(&question.ticket.id));
    for (_, answer) in lost {
        answer.give(Announced::Lost);
    }
    ask(&shared, batch).await;
}

/// Asks the service. When it refuses a batch as a whole, each file is asked for alone: one must not keep the others.
async fn ask(shared: &Shared, batch: Vec<Waiting>) {
    if batch.is_empty() {
        return;
    }
    let files = batch.iter().map(|(question, _)| question.file.clone()).collect();
    match shared.account.grants(files).await {
        Ok(results) => {
            let mut outcomes: std::collections::HashMap<String, GrantOutcome> =
                results.into_iter().map(|result| (result.reference, result.outcome)).collect();
            let batch = batch
                .into_iter()
                .map(|(question, answer)| {
                    let outcome = outcomes.remove(&question.file.reference);
                    (question, answer, outcome.unwrap_or_else(|| GrantOutcome::Refused { error: Refused::silent() }))
                })
                .collect();
            take(shared, batch).await;
        }
        Err(refused) if batch.len() == 1 => {
            for (_, answer) in batch {
                answer.give(Announced::Refused(refused.0.clone()));
            }
        }
        Err(_) => {
            for one in batch {
                Box::pin(ask(shared, vec![one])).await;
            }
        }
    }
}

async fn take(shared: &Shared, batch: Vec<(Announcement, Answer<Announced>, GrantOutcome)>) {
    let mut granted = Vec::new();
    let (mut commits, mut landing_answers) = (Vec::new(), Vec::new());
    for (question, answer, outcome) in batch {
        match outcome {
            GrantOutcome::Granted { grant } => granted.push((question.ticket.id, grant, answer)),
            GrantOutcome::Duplicate { image } => {
                landing_answers.push((image.id.clone(), answer));
                commits.push(Commit { ticket: question.ticket, image, how: How::Duplicate });
            }
            GrantOutcome::Refused { error } => drop(answer.give(Announced::Refused(error))),
        }
    }
    note_grants(shared, granted).await;
    let pictures = commit(shared, commits).await;
    for (at, (image_id, answer)) in landing_answers.into_iter().enumerate() {
        answer.give(match &pictures {
            Some(pictures) => Announced::Landed { image_id, picture: pictures[at] },
            None => Announced::Lost,
        });
    }
}

async fn note_grants(shared: &Shared, granted: Vec<(u32, Grant, Answer<Announced>)>) {
    if granted.is_empty() {
        return;
    }
    let rows: Vec<Granted> = granted
        .iter()
        .map(|(id, grant, _)| Granted {
            id: *id,
            upload_id: grant.upload_id.clone(),
            part_size: match grant.transfer {
                Transfer::Multipart { part_size, .. } => Some(part_size),
                Transfer::Single { .. } => None,
            },
        })
        .collect();
    let worker = shared.name().to_owned();
    let ours = shared
        .write(move |conn| {
            let ours = upload::write_granted(conn, &worker, &rows)?;
            // Cancelled while the grant was on its way: nobody else knows of this upload.
            for row in rows.iter().filter(|row| !ours.contains(&row.id)) {
                upload::owe_abort(conn, row.id, &row.upload_id)?;
            }
            Ok(ours)
        })
        .await
        .unwrap_or_default();
    // All are on the way before the first one knows of its grant.
    let on_the_way = || shared.questions.confirmations.on_the_way();
    let granted: Vec<_> = granted.into_iter().map(|(id, grant, answer)| (id, grant, answer, on_the_way())).collect();
    for (id, grant, answer, sending) in granted {
        if ours.contains(&id) {
            answer.give(Announced::Granted(grant, sending));
        } else {
            answer.give(Announced::Lost);
            shared.context.cleaning.notify_one();
        }
    }
}
