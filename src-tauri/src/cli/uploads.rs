//! `uploads`: the queue, which a window may be working on at the same time.

use engine::Engine;
use engine::view::{UploadFailure, UploadList, UploadMove, UploadRow, UploadStatus};
use serde::Serialize;

use super::args::{RetryUploads, Target, Uploads, UploadsAction, UploadsList};
use super::failure::Failure;
use super::output::{Output, complain, one_line, size};
use super::progress::UploadBar;
use super::session::Session;

/// How many rows are read at a time.
const PAGE: u32 = 200;

/// A line of `uploads --json`.
#[derive(Serialize)]
struct Line<'a> {
    upload: u32,
    name: &'a str,
    source: &'a str,
    size: u64,
    /// In bytes; null while another process sends it, which alone knows.
    sent: Option<u64>,
    status: &'static str,
    elsewhere: bool,
    finished_at: Option<&'a str>,
    remark: Option<&'a str>,
    error: Option<Problem<'a>>,
}

#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    retryable: bool,
}

impl<'a> From<&'a UploadRow> for Line<'a> {
    fn from(row: &'a UploadRow) -> Self {
        let error = match &row.status {
            UploadStatus::Failed { code, message, reason, retryable } => {
                Some(Problem { code, message, reason: reason.as_deref(), retryable: *retryable })
            }
            _ => None,
        };
        Line {
            upload: row.id,
            name: &row.name,
            source: &row.source,
            size: row.size,
            sent: (!row.elsewhere).then_some(row.sent),
            status: status(row),
            elsewhere: row.elsewhere,
            finished_at: row.finished_at.as_deref(),
            remark: row.remark.as_deref(),
            error,
        }
    }
}

fn status(row: &UploadRow) -> &'static str {
    match row.status {
        UploadStatus::Queued => "queued",
        UploadStatus::Paused => "paused",
        UploadStatus::Reading => "reading",
        UploadStatus::Sending => "sending",
        UploadStatus::Verifying => "verifying",
        UploadStatus::Verified => "verified",
        UploadStatus::Duplicate => "duplicate",
        UploadStatus::Failed { .. } => "failed",
        UploadStatus::LeftAlone { .. } => "left_alone",
        UploadStatus::Cancelled => "cancelled",
    }
}

/// Shows or changes the queue.
pub async fn uploads(session: &Session, out: &Output, args: Uploads) -> Result<(), Failure> {
    let engine = session.library().await?;
    match args.action {
        None => list(engine, out, &UploadsList { failed: false, done: false, history: false, limit: None }).await,
        Some(UploadsAction::List(args)) => list(engine, out, &args).await,
        Some(UploadsAction::Pause(args)) if args.ids.is_empty() => {
            engine.pause_uploads().await?;
            complain(messages::Cli::UploadsPaused);
            Ok(())
        }
        Some(UploadsAction::Pause(args)) => {
            on_rows(engine, out, &args.ids, engine.hold_uploads(args.ids.clone())).await
        }
        Some(UploadsAction::Resume(args)) if args.held => {
            let went_on = engine.resume_held_uploads().await?;
            complain(messages::Cli::HeldGoOn { count: went_on.to_string() });
            Ok(())
        }
        Some(UploadsAction::Resume(args)) if args.ids.is_empty() => resume(engine).await,
        Some(UploadsAction::Resume(args)) => {
            on_rows(engine, out, &args.ids, engine.unhold_uploads(args.ids.clone())).await
        }
        Some(UploadsAction::Cancel(args)) if args.all => {
            let uploads = engine.cancel_uploads().await?.uploads;
            complain(messages::Cli::UploadsCancelled { count: uploads.to_string() });
            Ok(())
        }
        Some(UploadsAction::Cancel(args)) => {
            let each = async {
                for id in &args.ids {
                    engine.cancel_upload(*id).await?;
                }
                Ok(())
            };
            on_rows(engine, out, &args.ids, each).await
        }
        Some(UploadsAction::Retry(args)) if args.cancelled => {
            let again = engine.retry_cancelled_uploads().await?;
            complain(messages::Cli::UploadsAgain { count: again.to_string() });
            Ok(())
        }
        Some(UploadsAction::Retry(RetryUploads { reason: Some(reason), .. })) => retry_reason(engine, &reason).await,
        Some(UploadsAction::Retry(args)) if args.ids.is_empty() => Ok(engine.retry_failed_uploads().await?),
        Some(UploadsAction::Retry(args)) => {
            let each = async {
                for id in &args.ids {
                    engine.retry_upload(*id).await?;
                }
                Ok(())
            };
            on_rows(engine, out, &args.ids, each).await
        }
        Some(UploadsAction::Move(args)) => {
            if let Some(anchor) = args.to.before.or(args.to.after) {
                present(engine, &[anchor]).await?;
            }
            on_rows(engine, out, &args.ids, engine.move_uploads(args.ids.clone(), target(&args.to))).await
        }
        Some(UploadsAction::Clear) => Ok(engine.clear_finished_uploads().await?),
        Some(UploadsAction::Finish) => finish(engine).await,
    }
}

/// What was paused one by one stays so, and is named.
async fn resume(engine: &Engine) -> Result<(), Failure> {
    engine.resume_uploads().await?;
    complain(messages::Cli::UploadsGoOn);
    let held = engine.uploads().await?.summary.held;
    if held > 0 {
        complain(messages::Cli::StayPaused { count: held.to_string() });
    }
    Ok(())
}

fn target(to: &Target) -> UploadMove {
    match (to.before, to.after) {
        (Some(id), _) => UploadMove::Before { id },
        (_, Some(id)) => UploadMove::After { id },
        _ if to.first => UploadMove::First,
        _ if to.last => UploadMove::Last,
        _ if to.up => UploadMove::Up,
        _ => UploadMove::Down,
    }
}

/// Tries again what failed for a reason, by its name or its code.
async fn retry_reason(engine: &Engine, reason: &str) -> Result<(), Failure> {
    let named = |group: &UploadFailure| group.code == reason || group.reason.as_deref() == Some(reason);
    let groups: Vec<_> = engine.upload_failures().await?.into_iter().filter(named).collect();
    if groups.is_empty() {
        let none = messages::Cli::NoUploadFailedFor { reason: reason.to_owned() };
        return Err(engine::EngineError::new(engine::ErrorKind::NotFound, none).into());
    }
    for group in groups {
        engine.retry_upload_group(group.code, group.reason).await?;
    }
    Ok(())
}

/// Refuses numbers that the list doesn't have, before anything is changed.
async fn present(engine: &Engine, ids: &[u32]) -> Result<(), Failure> {
    let rows = engine.upload_rows(ids.to_vec()).await?;
    match ids.iter().find(|id| rows.iter().all(|row| row.id != **id)) {
        None => Ok(()),
        Some(id) => {
            let message = messages::Cli::NoSuchUpload { id: id.to_string() };
            Err(engine::EngineError::new(engine::ErrorKind::NotFound, message).into())
        }
    }
}

/// Does something to rows and shows how they stand then.
async fn on_rows(
    engine: &Engine,
    out: &Output,
    ids: &[u32],
    act: impl Future<Output = engine::Result<()>>,
) -> Result<(), Failure> {
    present(engine, ids).await?;
    act.await?;
    for row in engine.upload_rows(ids.to_vec()).await? {
        print(out, &row);
    }
    Ok(())
}

async fn list(engine: &Engine, out: &Output, args: &UploadsList) -> Result<(), Failure> {
    let lists: &[UploadList] = match args {
        UploadsList { failed: true, .. } => &[UploadList::Failed],
        UploadsList { done: true, .. } => &[UploadList::Done],
        UploadsList { history: true, .. } => &[UploadList::History],
        _ => &[UploadList::Open, UploadList::Failed],
    };
    let mut left = args.limit.unwrap_or(usize::MAX);
    for list in lists {
        let mut offset = 0;
        loop {
            let page = engine.uploads_page(*list, offset, PAGE).await?;
            for row in page.rows.iter().take(left) {
                print(out, row);
            }
            left = left.saturating_sub(page.rows.len());
            offset += PAGE;
            if left == 0 || offset >= page.total || out.is_closed() {
                break;
            }
        }
    }
    summarise(engine).await
}

/// The queue in a few lines, for people.
async fn summarise(engine: &Engine) -> Result<(), Failure> {
    let summary = engine.uploads().await?.summary;
    let open = engine.uploads_page(UploadList::Open, 0, 0).await?.total;
    if summary.paused {
        complain(messages::Cli::UploadsPaused);
    }
    if let Some(waiting) = &summary.waiting {
        complain(waiting);
    }
    complain(match (open, summary.held) {
        (0, _) => messages::Cli::NothingToUpload,
        (open, 0) => messages::Cli::ToUpload { open: open.to_string() },
        (open, held) => messages::Cli::ToUploadPaused { open: open.to_string(), held: held.to_string() },
    });
    for group in engine.upload_failures().await? {
        let reason = group.reason.unwrap_or(group.code);
        complain(messages::Cli::UploadsFailed { count: group.files.into(), reason, message: one_line(&group.message) });
    }
    Ok(())
}

fn print(out: &Output, row: &UploadRow) {
    if out.json() {
        return out.object(&Line::from(row));
    }
    let name = one_line(&row.name);
    out.line(format!("{:>7}  {:<10}{:>10}  {name}", row.id, status(row), size(row.size)));
}

/// Works on everything that waits.
async fn finish(engine: &Engine) -> Result<(), Failure> {
    if engine.uploads().await?.summary.paused {
        let message = messages::Cli::UploadsPausedNothing;
        return Err(engine::EngineError::new(engine::ErrorKind::Paused, message).into());
    }
    let (mut ids, mut offset) = (Vec::new(), 0);
    loop {
        let page = engine.uploads_page(UploadList::Open, offset, PAGE).await?;
        ids.extend(page.rows.iter().map(|row| row.id));
        offset += PAGE;
        if offset >= page.total {
            break;
        }
    }
    let bar = UploadBar::new();
    let mut failed = 0;
    let finished = engine
        .finish_uploads_by_page(
            &ids,
            |change| bar.show(change),
            |page| failed += page.iter().filter(|result| result.error.is_some()).count(),
        )
        .await;
    bar.finish();
    finished?;
    summarise(engine).await?;
    if failed > 0 { Err(Failure::Some) } else { Ok(()) }
}
