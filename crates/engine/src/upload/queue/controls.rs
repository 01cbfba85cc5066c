//! What people see of the queue when they look closer, page by page.

use std::sync::Arc;

use catalogue::SqliteError;
use catalogue::table::upload::{self, FailureGroup, List, Upload};

use crate::Result;
use crate::upload::context::Context;
use crate::upload::intake::refusal::said;
use crate::upload::queue::progress::view;
use crate::view::{UploadFailure, UploadList, UploadRow, UploadsPage};

/// How many reasons of failures are told apart.
const GROUPS: usize = 50;

/// How many files of each reason are named.
const FIRST: usize = 20;

/// A page of one part of the list.
pub(in crate::upload) async fn page(
    context: &Arc<Context>,
    list: UploadList,
    offset: usize,
    limit: usize,
) -> Result<UploadsPage> {
    let list = match list {
        UploadList::Open => List::Open,
        UploadList::Failed => List::Failed,
        UploadList::Done => List::Done,
        UploadList::LeftAlone => List::LeftAlone,
        UploadList::History => List::History,
    };
    let (rows, total) = context.library.catalogue.read(move |conn| upload::page(conn, list, offset, limit)).await?;
    let rows = rows.iter().map(|row| view(row, context.in_flight.get(row.id).as_deref())).collect();
    Ok(UploadsPage { rows, total: u32::try_from(total).unwrap_or(u32::MAX) })
}

/// Some rows of the list.
pub(in crate::upload) async fn rows(context: &Arc<Context>, ids: Vec<u32>) -> Result<Vec<UploadRow>> {
    let rows: Vec<Option<Upload>> =
        context.library.catalogue.read(move |conn| ids.iter().map(|id| upload::get(conn, *id)).collect()).await?;
    Ok(rows.iter().flatten().map(|row| view(row, context.in_flight.get(row.id).as_deref())).collect())
}

/// What failed, by its reason.
pub(in crate::upload) async fn failures(context: &Arc<Context>) -> Result<Vec<UploadFailure>> {
    let groups = context
        .library
        .catalogue
        .read(|conn| {
            let groups = upload::failure_groups(conn, GROUPS)?;
            let with_rows = groups.into_iter().map(|group| {
                let rows = upload::in_group(conn, &group.code, group.reason.as_deref(), FIRST)?;
                Ok((group, rows))
            });
            with_rows.collect::<Result<Vec<_>, SqliteError>>()
        })
        .await?;
    Ok(groups.into_iter().map(|(group, rows)| failure(group, &rows)).collect())
}

/// A group of failures in words.
fn failure(group: FailureGroup, rows: &[Upload]) -> UploadFailure {
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let first = rows.first().and_then(|row| row.failure.clone()).map(said);
    let message = match (first, group.files) {
        // Of one file everybody wants the name.
        (Some(first), 1) => first.message,
        (Some(first), _) => first.of_several(group.alike),
        (None, _) => String::new(),
    };
    UploadFailure {
        code: group.code,
        reason: group.reason,
        message,
        files: count(group.files),
        retryable: count(group.retryable),
        rows: rows.iter().map(|row| view(row, None)).collect(),
    }
}
