//! `rebuild`.

use engine::view::{PlaceKind, RebuildReport};
use engine::{AuditOptions, EngineError, ErrorKind};

use super::args::Rebuild;
use super::bucket;
use super::failure::Failure;
use super::output::{Output, complain};
use super::progress::RebuildBar;
use super::session::Session;
use super::verify;

/// Brings a library back from what its bucket holds.
pub async fn rebuild(session: &Session, out: &Output, args: Rebuild) -> Result<(), Failure> {
    // clap lets nobody through without saying from where; the bucket is all there is yet.
    debug_assert!(args.from_bucket);
    let (user, then_verify) = (args.user.clone(), args.verify);
    let before = session.engine().state().place.map(|place| place.id);
    let place = match args.named() {
        Some(named) => bucket::choose(session, named).await?.place,
        None => session.engine().state().place,
    };
    if place.is_none_or(|place| place.kind != PlaceKind::Bucket) {
        let message = messages::Cli::NoBucket;
        return Err(EngineError::new(ErrorKind::NoPlace, message).into());
    }
    let bar = RebuildBar::new();
    let report = session.engine().rebuild(user.as_deref(), &|progress| bar.show(progress)).await;
    bar.finish();
    let report = match report {
        Ok(report) => report,
        Err(error) => return Err(after_going_back(session, before, error).await.into()),
    };
    if out.json() {
        out.object(&report);
    }
    for line in words(&report) {
        complain(line);
    }
    if report.not_proven == 0 {
        return Ok(());
    }
    if then_verify {
        let engine = session.fresh_library().await?;
        return verify::all(engine, out, AuditOptions { deep: false, restart: true }).await;
    }
    complain(messages::Cli::RebuildVerify);
    if report.by_bytes > 0 {
        complain(messages::Cli::RebuildByBytes);
    }
    Ok(())
}

/// Goes back to the place that was in use: nothing came of the bucket that was named. Gives the error with where things are now.
async fn after_going_back(session: &Session, before: Option<String>, error: EngineError) -> EngineError {
    let engine = session.engine();
    let now = engine.state().place.map(|place| place.id);
    match before {
        before if before == now => error,
        Some(before) => {
            if let Err(error) = engine.use_place(&before).await {
                complain(messages::Cli::RebuildStays { why: error.message });
            }
            error
        }
        None => EngineError::new(error.code, messages::Cli::RebuildChosen { why: error.message.to_string() }),
    }
}

/// What a person wants to know of it, a sentence a line.
fn words(report: &RebuildReport) -> Vec<String> {
    use messages::{Count, Rebuild};
    let pictures = Count::Pictures { count: report.restored.into() }.to_string();
    let mut lines = vec![Rebuild::Restored { pictures, library: report.library.clone() }];
    let mut say = |number: u32, sentence: fn(u64) -> Rebuild| {
        if number > 0 {
            lines.push(sentence(number.into()));
        }
    };
    say(report.already, |count| Rebuild::Already { count });
    say(report.learned, |count| Rebuild::Learned { count });
    say(report.from_objects, |count| Rebuild::FromObjects { count });
    say(report.by_bytes, |count| Rebuild::ByBytes { count });
    say(report.not_proven, |count| Rebuild::NotProven { count });
    say(report.unread, |count| Rebuild::Unread { count });
    say(report.missing, |count| Rebuild::Missing { count });
    say(report.changed, |count| Rebuild::Changed { count });
    say(report.left_alone, |count| Rebuild::LeftAlone { count });
    lines.extend(
        report
            .damaged
            .iter()
            .map(|segment| Rebuild::JournalDamaged { lost: segment.lost.to_string(), key: segment.key.clone() }),
    );
    lines.extend(
        report
            .lost
            .iter()
            .map(|(first, last)| Rebuild::JournalLacks { first: first.to_string(), last: last.to_string() }),
    );
    lines.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use engine::view::DamagedSegment;

    use super::*;

    #[test]
    fn what_is_lost_is_said_and_what_is_not_is_not() {
        let mut report = RebuildReport {
            library: "l".to_owned(),
            restored: 1,
            from_journal: 1,
            from_objects: 0,
            already: 0,
            learned: 0,
            missing: 0,
            changed: 0,
            not_proven: 0,
            by_bytes: 0,
            left_alone: 0,
            unread: 0,
            segments: 1,
            damaged: Vec::new(),
            lost: Vec::new(),
        };
        assert_eq!(words(&report), ["Brought back 1 picture of library l."]);
        report.damaged.push(DamagedSegment { key: "journal/l/1".to_owned(), lost: 2 });
        report.lost.push((3, 9));
        report.missing = 4;
        let words = words(&report).join("\n");
        assert!(words.contains("2 changes in journal/l/1") && words.contains("3 to 9") && words.contains("4 pictures"));
    }
}
