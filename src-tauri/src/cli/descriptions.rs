//! `descriptions`: the queue, which a window may be working on at the same time.

use engine::view::{DescriptionJob, DescriptionStatus, DescriptionStop};
use engine::{Engine, EngineError, ErrorKind};
use serde::Serialize;

use super::args::{Descriptions, DescriptionsAction};
use super::failure::Failure;
use super::output::{Output, complain, one_line};
use super::session::Session;

/// A line of `descriptions --json`.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    name: &'a str,
    status: DescriptionStatus,
    prompt: Option<&'a str>,
    error: Option<&'a DescriptionStop>,
}

/// Shows or changes the queue.
pub async fn descriptions(session: &Session, out: &Output, args: Descriptions) -> Result<(), Failure> {
    let engine = session.library().await?;
    match args.action {
        None | Some(DescriptionsAction::List) => list(engine, out).await,
        Some(DescriptionsAction::Pause) => {
            engine.pause_descriptions(true).await?;
            complain("Descriptions are paused.");
            Ok(())
        }
        Some(DescriptionsAction::Resume) => {
            engine.pause_descriptions(false).await?;
            complain("Descriptions go on in an open window, or with `image-manager descriptions finish`.");
            Ok(())
        }
        Some(DescriptionsAction::Cancel(args)) => {
            let pictures = resolve(engine, &args.ids).await?;
            let cancelled = engine.cancel_descriptions(pictures).await?.pictures;
            complain(&format!(
                "{cancelled} cancelled. `image-manager descriptions retry --cancelled` takes that back."
            ));
            Ok(())
        }
        Some(DescriptionsAction::Retry(args)) => {
            if let Some(reason) = &args.reason {
                retry_reason(engine, reason).await?;
            } else {
                let pictures = resolve(engine, &args.ids).await?;
                engine.retry_descriptions(args.cancelled, pictures).await?;
            }
            summarise(engine).await
        }
        Some(DescriptionsAction::Clear) => Ok(engine.clear_descriptions().await?),
        Some(DescriptionsAction::Finish) => finish(session, engine).await,
    }
}

/// Tries again what failed for the reasons with a code.
async fn retry_reason(engine: &Engine, code: &str) -> Result<(), EngineError> {
    let groups = engine.description_failures().await?;
    let mut some = false;
    for group in groups.into_iter().filter(|group| group.code == code) {
        some = true;
        engine.retry_description_group(group.code, group.message).await?;
    }
    if some {
        return Ok(());
    }
    let message = format!("No description has failed with the code “{code}”. Nothing was changed.");
    Err(EngineError::new(ErrorKind::NotFound, message))
}

/// The pictures that were named; none when all are meant.
async fn resolve(engine: &Engine, given: &[String]) -> Result<Option<Vec<u32>>, EngineError> {
    let mut pictures = Vec::with_capacity(given.len());
    for reference in given {
        pictures.push(engine.resolve(reference).await?);
    }
    Ok((!pictures.is_empty()).then_some(pictures))
}

async fn list(engine: &Engine, out: &Output) -> Result<(), Failure> {
    for job in engine.descriptions().await? {
        if out.is_closed() {
            break;
        }
        print(out, &job);
    }
    summarise(engine).await
}

fn print(out: &Output, job: &DescriptionJob) {
    let DescriptionJob { image_id: id, name, status, prompt, error, .. } = job;
    if out.json() {
        return out.object(&Line { id, name, status: *status, prompt: prompt.as_deref(), error: error.as_ref() });
    }
    let status = match status {
        DescriptionStatus::Waiting => "waiting",
        DescriptionStatus::Asking => "asking",
        DescriptionStatus::Done => "done",
        DescriptionStatus::Failed => "failed",
        DescriptionStatus::Cancelled => "cancelled",
    };
    let why = error.as_ref().map(|error| format!("  {}", one_line(&error.message))).unwrap_or_default();
    out.line(&format!("{}  {status:<10}{}{why}", id.chars().take(8).collect::<String>(), one_line(name)));
}

/// The queue in a few lines, for people.
async fn summarise(engine: &Engine) -> Result<(), Failure> {
    let progress = engine.describe_progress().await?;
    complain(&match progress.waiting {
        0 => "No picture waits for a description.".to_owned(),
        1 => "1 picture waits for its description.".to_owned(),
        waiting => format!("{waiting} pictures wait for their descriptions."),
    });
    for group in engine.description_failures().await? {
        let pictures =
            if group.pictures == 1 { "1 picture".to_owned() } else { format!("{} pictures", group.pictures) };
        complain(&format!("{pictures} failed ({}): {}", group.code, one_line(&group.message)));
    }
    if progress.paused {
        complain("Descriptions are paused. `image-manager descriptions resume` lets them go on.");
    }
    if let Some(stopped) = progress.stopped {
        complain(&format!(
            "They have stopped: {} `image-manager descriptions resume` tries again.",
            one_line(&stopped.message)
        ));
    }
    Ok(())
}

/// Works on everything that waits.
async fn finish(session: &Session, engine: &Engine) -> Result<(), Failure> {
    if engine.describe_progress().await?.paused {
        let message =
            "Descriptions are paused, so nothing was done. `image-manager descriptions resume` lets them go on.";
        return Err(EngineError::new(ErrorKind::Paused, message).into());
    }
    let mut failed = 0;
    let mut say = |picture: u32, result: Result<(), EngineError>| match result {
        Ok(()) => {}
        Err(error) => {
            failed += 1;
            complain(&format!("Picture {picture}: {}", one_line(&error.message)));
        }
    };
    engine.finish_descriptions(&mut say).await?;
    session.send_edits().await;
    summarise(engine).await?;
    if failed > 0 { Err(Failure::Some) } else { Ok(()) }
}
