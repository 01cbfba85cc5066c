//! `free`.

use engine::FreeSource;
use engine::view::{FreeItem, FreeReport, FreeStatus};

use super::args::Free;
use super::failure::Failure;
use super::output::{Output, complain, one_line, size};
use super::secret::{agreed, can_ask};
use super::session::Session;

/// Says which local files may go, asks, and moves those to the system's trash.
pub async fn free(session: &Session, out: &Output, args: Free) -> Result<(), Failure> {
    if !args.yes && !args.dry_run && !can_ask() {
        let message = messages::Cli::FreeNoTerminal;
        return Err(Failure::Usage(message.into()));
    }
    let engine = session.fresh_library().await?;
    let named = !args.uploaded;
    let source = || if args.uploaded { FreeSource::Uploaded } else { FreeSource::Paths(args.paths.clone()) };
    // What was named, or is in the library, was to go.
    let is_refused = |item: &FreeItem| item.status == FreeStatus::Kept && (named || item.image_id.is_some());
    if !args.yes {
        let mut refused = false;
        let plan = engine
            .freeable(source(), |item| {
                refused |= is_refused(item);
                report(out, item);
            })
            .await?;
        complain(messages::Cli::FreePlan {
            files: messages::Count::Files { count: plan.files.into() }.to_string(),
            size: size(plan.bytes),
            kept: stays(plan.kept),
        });
        tell_gone(&plan);
        if args.dry_run {
            return if refused { Err(Failure::Some) } else { Ok(()) };
        }
        if plan.files == 0
            || !agreed(messages::Ask::Free { files: messages::Count::Files { count: plan.files.into() }.to_string() })?
        {
            complain(messages::Cli::NothingMoved);
            return if named && plan.kept > 0 { Err(Failure::Some) } else { Ok(()) };
        }
    }
    let mut refused = false;
    let done = engine
        .free(source(), |item| {
            refused |= is_refused(item);
            if args.yes || item.status == FreeStatus::Freed || refused {
                report(out, item);
            }
        })
        .await?;
    complain(messages::Cli::Freed {
        files: messages::Count::Files { count: done.files.into() }.to_string(),
        size: size(done.bytes),
        kept: stays(done.kept),
    });
    tell_gone(&done);
    if refused { Err(Failure::Some) } else { Ok(()) }
}

fn stays(kept: u32) -> String {
    messages::Cli::Stays { count: kept.into() }.to_string()
}

/// What explains a short list.
fn tell_gone(report: &FreeReport) {
    if report.gone > 0 {
        complain(messages::Cli::FilesGone { count: report.gone.into() });
    }
}

fn report(out: &Output, item: &FreeItem) {
    if out.json() {
        out.object(item);
        return;
    }
    let path = one_line(&item.path);
    match item.status {
        FreeStatus::Safe => out.line(format!("may go   {path}")),
        FreeStatus::Freed => out.line(format!("trashed  {path}")),
        FreeStatus::Kept => {
            out.line(format!("kept     {path}: {}", one_line(item.reason.as_deref().unwrap_or_default())));
        }
    }
}
