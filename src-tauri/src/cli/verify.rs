//! `verify`.

use std::time::Duration;

use engine::view::{AuditProgress, CheckOutcome, CheckedPicture};
use engine::{AuditOptions, Engine, EngineError};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::args::Verify;
use super::failure::Failure;
use super::output::{FailedPicture, Output, complain, one_line, watched};
use super::session::Session;
use super::shell;

/// Problems that are read from the catalogue at a time.
const PAGE: usize = 200;

/// A line of `verify --json`: a picture that was named, or one that something is wrong with.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    name: &'a str,
    sha256: &'a str,
    status: CheckOutcome,
    checked_at: &'a str,
    message: &'a str,
    local_copy: Option<&'a str>,
}

/// The last line of `verify --json` without names.
#[derive(Serialize)]
struct Summary<'a> {
    checked: u64,
    confirmed: u64,
    /// How many of those are not known to have a file's bytes.
    not_proven: u64,
    missing: u64,
    changed: u64,
    failed: u64,
    deep: bool,
    started_at: Option<&'a str>,
    finished_at: Option<&'a str>,
}

/// Asks the store again about the pictures that were named, or about all.
pub async fn verify(session: &Session, out: &Output, args: Verify) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    if args.ids.is_empty() {
        return all(engine, out, AuditOptions { deep: args.deep, restart: args.restart }).await;
    }
    let mut failed = false;
    for given in &args.ids {
        let outcome = async {
            let id = engine.resolve(given).await?;
            engine.verify(&[id], args.deep).await
        };
        match outcome.await {
            Ok(checked) => {
                for picture in &checked {
                    failed |= picture.check.outcome != CheckOutcome::Confirmed;
                    report(out, picture);
                }
            }
            Err(error) => {
                failed = true;
                complain(format!("{given}: {}", error.message));
                if out.json() {
                    out.object(&FailedPicture { id: given, error: &error });
                }
            }
        }
    }
    if failed { Err(Failure::Some) } else { Ok(()) }
}

/// Asks about all.
pub async fn all(engine: &Engine, out: &Output, options: AuditOptions) -> Result<(), Failure> {
    let before = engine.audit_progress().await?;
    if before.started_at.is_some() && before.finished_at.is_none() && before.done > 0 && !options.restart {
        complain(messages::Cli::VerifyGoingOn { done: before.done.to_string(), total: before.total.to_string() });
    }
    let bar = bar();
    let checked = engine
        .verify_all(options, |progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
        })
        .await;
    bar.finish_and_clear();
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => {
            let message = messages::Cli::VerifyStopped { why: error.message.to_string() };
            return Err(EngineError::new(error.code, message).into());
        }
    };
    let mut after = 0;
    loop {
        let page = engine.audit_problems(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        page.iter().for_each(|picture| report(out, picture));
    }
    summarise(out, &checked, engine.confirmed_without_proof().await?);
    let sound = checked.missing + checked.changed + checked.failed == 0;
    if sound { Ok(()) } else { Err(Failure::Some) }
}

fn report(out: &Output, picture: &CheckedPicture) {
    let check = &picture.check;
    if out.json() {
        out.object(&Line {
            id: &picture.image_id,
            name: &picture.name,
            sha256: &picture.sha256,
            status: check.outcome,
            checked_at: &check.at,
            message: &check.message,
            local_copy: picture.local_copy.as_deref(),
        });
        return;
    }
    let status = match check.outcome {
        CheckOutcome::Confirmed if picture.proven => messages::Cli::CheckVerified,
        CheckOutcome::Confirmed => messages::Cli::CheckNotProven,
        CheckOutcome::Missing => messages::Cli::CheckMissing,
        CheckOutcome::Changed => messages::Cli::CheckChanged,
        CheckOutcome::Failed => messages::Cli::CheckFailed,
    };
    out.line(format!("{}  {status}  {}: {}", picture.image_id, one_line(&picture.name), one_line(&check.message)));
    match (&picture.local_copy, check.outcome) {
        (Some(file), _) => out.line(match shell::word(file) {
            Some(file) => messages::Cli::VerifyMend { file },
            None => messages::Cli::VerifyMendFile { file: one_line(file) },
        }),
        (None, CheckOutcome::Missing | CheckOutcome::Changed) => out.line(messages::Cli::VerifyMendFromAnywhere),
        _ => {}
    }
}

fn summarise(out: &Output, checked: &AuditProgress, not_proven: u64) {
    if out.json() {
        out.object(&Summary {
            checked: checked.done,
            confirmed: checked.confirmed,
            not_proven,
            missing: checked.missing,
            changed: checked.changed,
            failed: checked.failed,
            deep: checked.deep,
            started_at: checked.started_at.as_deref(),
            finished_at: checked.finished_at.as_deref(),
        });
    }
    complain(messages::Cli::VerifySum {
        checked: checked.done.to_string(),
        verified: checked.confirmed.saturating_sub(not_proven).to_string(),
        missing: checked.missing.to_string(),
        changed: checked.changed.to_string(),
        failed: checked.failed.to_string(),
    });
    if not_proven > 0 {
        complain(messages::Cli::VerifyNotProven { count: not_proven });
    }
}

fn bar() -> ProgressBar {
    let target = if watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    if let Ok(style) = ProgressStyle::with_template(&messages::Cli::VerifyBar.to_string()) {
        bar.set_style(style);
    }
    if watched() {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}
