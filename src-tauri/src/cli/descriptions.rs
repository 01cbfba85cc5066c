//! `descriptions`: the queue, which a window may be working on at the same time.

use engine::view::{DescriptionJob, DescriptionStatus, DescriptionStop};
use engine::{Engine, EngineError, ErrorKind};
use serde::Serialize;

use super::args::{Descriptions, DescriptionsAction};
use super::cost;
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
            complain(messages::Cli::DescriptionsPaused);
            Ok(())
        }
        Some(DescriptionsAction::Resume) => {
            engine.pause_descriptions(false).await?;
            complain(messages::Cli::DescriptionsGoOn);
            Ok(())
        }
        Some(DescriptionsAction::Cancel(args)) => {
            let pictures = resolve(engine, &args.ids).await?;
            let cancelled = engine.cancel_descriptions(pictures).await?.pictures;
            complain(messages::Cli::DescriptionsCancelled { cancelled: cancelled.to_string() });
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
        Some(DescriptionsAction::Usage) => {
            cost::usage(out, &engine.description_usage().await?);
            Ok(())
        }
    }
}

/// Tries again what failed for a reason, by its name or its code.
async fn retry_reason(engine: &Engine, code: &str) -> Result<(), EngineError> {
    let groups = engine.description_failures().await?;
    let mut some = false;
    for group in groups.into_iter().filter(|group| group.code == code || group.reason.as_deref() == Some(code)) {
        some = true;
        engine.retry_description_group(group.code, group.reason).await?;
    }
    if some {
        return Ok(());
    }
    let none = messages::Cli::NoDescriptionFailedFor { reason: code.to_owned() };
    Err(EngineError::new(ErrorKind::NotFound, none))
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
    out.line(format!("{}  {status:<10}{}{why}", id.chars().take(8).collect::<String>(), one_line(name)));
}

/// The queue in a few lines, for people.
async fn summarise(engine: &Engine) -> Result<(), Failure> {
    let progress = engine.describe_progress().await?;
    complain(match progress.waiting {
        0 => messages::Cli::NoDescriptionWaits,
        waiting => messages::Cli::DescriptionsWait { count: waiting.into() },
    });
    for group in engine.description_failures().await? {
        let reason = group.reason.unwrap_or(group.code);
        let (count, message) = (group.pictures.into(), one_line(&group.message));
        complain(messages::Cli::DescriptionsFailed { count, reason, message });
    }
    if progress.paused {
        complain(messages::Cli::DescriptionsPausedResume);
    }
    if let Some(stopped) = progress.stopped {
        complain(messages::Cli::DescriptionsStopped { why: one_line(&stopped.message) });
    }
    Ok(())
}

/// Works on everything that waits.
async fn finish(session: &Session, engine: &Engine) -> Result<(), Failure> {
    if engine.describe_progress().await?.paused {
        let message = messages::Cli::DescriptionsPausedNothing;
        return Err(EngineError::new(ErrorKind::Paused, message).into());
    }
    let mut failed = 0;
    let mut say = |picture: u32, result: Result<(), EngineError>| match result {
        Ok(()) => {}
        Err(error) => {
            failed += 1;
            complain(messages::Cli::PictureSaid { picture: picture.to_string(), said: one_line(&error.message) });
        }
    };
    engine.finish_descriptions(&mut say).await?;
    session.send_edits().await;
    summarise(engine).await?;
    if failed > 0 { Err(Failure::Some) } else { Ok(()) }
}
