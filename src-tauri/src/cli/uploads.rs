//! `uploads`: the queue, which a window may be working on at the same time.

use engine::Engine;
use engine::view::{UploadList, UploadMove, UploadRow, UploadStatus};
use serde::Serialize;

use super::args::{Target, Uploads, UploadsAction, UploadsList};
use super::failure::Failure;
use super::output::{Output, complain, count, one_line, size};
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
    sent: u64,
    status: &'static str,
    finished_at: Option<&'a str>,
    remark: Option<&'a str>,
    error: Option<Problem<'a>>,
}

#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    message: &'a str,
    retryable: bool,
}

impl<'a> From<&'a UploadRow> for Line<'a> {
    fn from(row: &'a UploadRow) -> Self {
        let error = match &row.status {
            UploadStatus::Failed { code, message, retryable } => Some(Problem { code, message, retryable: *retryable }),
            _ => None,
        };
        Line {
            upload: row.id,
            name: &row.name,
            source: &row.source,
            size: row.size,
            sent: row.sent,
            status: status(row),
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
        UploadStatus::LeftAlone => "left_alone",
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
            complain("Uploads are paused.");
            Ok(())
        }
        Some(UploadsAction::Pause(args)) => {
            on_rows(engine, out, &args.ids, engine.hold_uploads(args.ids.clone())).await
        }
        Some(UploadsAction::Resume(args)) if args.held => {
            let went_on = engine.resume_held_uploads().await?;
            complain(&format!("{went_on} that were paused one by one go on, unless all uploads are paused."));
            Ok(())
        }
        Some(UploadsAction::Resume(args)) if args.ids.is_empty() => resume(engine).await,
        Some(UploadsAction::Resume(args)) => {
            on_rows(engine, out, &args.ids, engine.unhold_uploads(args.ids.clone())).await
        }
        Some(UploadsAction::Cancel(args)) if args.all => {
            let uploads = engine.cancel_uploads().await?.uploads;
            complain(&format!("{uploads} cancelled. `image-manager uploads retry --cancelled` takes that back."));
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
            complain(&format!("{again} that were cancelled are in the queue again."));
            Ok(())
        }
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
    complain("Uploads go on in an open window, or with `image-manager uploads finish`.");
    let held = engine.uploads().await?.summary.held;
    if held > 0 {
        complain(&format!(
            "{held} stay paused, one by one; `image-manager uploads resume --held` lets them go on, too."
        ));
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

/// Refuses numbers that the list doesn't have, before anything is changed.
async fn present(engine: &Engine, ids: &[u32]) -> Result<(), Failure> {
    let rows = engine.upload_rows(ids.to_vec()).await?;
    match ids.iter().find(|id| rows.iter().all(|row| row.id != **id)) {
        None => Ok(()),
        Some(id) => {
            let message = format!("There is no upload number {id}. Nothing was changed.");
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
        complain("Uploads are paused.");
    }
    if let Some(waiting) = &summary.waiting {
        complain(waiting);
    }
    complain(&match (open, summary.held) {
        (0, _) => "Nothing is waiting to be uploaded.".to_owned(),
        (open, 0) => format!("{open} to upload."),
        (open, held) => format!("{open} to upload, {held} of them paused."),
    });
    for group in engine.upload_failures().await? {
        let files = count(group.files, "file");
        complain(&format!("{files}: {}", one_line(&group.message)));
    }
    Ok(())
}

fn print(out: &Output, row: &UploadRow) {
    if out.json() {
        return out.object(&Line::from(row));
    }
    let name = one_line(&row.name);
    out.line(&format!("{:>7}  {:<10}{:>10}  {name}", row.id, status(row), size(row.size)));
}

/// Works on everything that waits.
async fn finish(engine: &Engine) -> Result<(), Failure> {
    if engine.uploads().await?.summary.paused {
        let message = "Uploads are paused, so nothing was done. `image-manager uploads resume` lets them go on.";
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
