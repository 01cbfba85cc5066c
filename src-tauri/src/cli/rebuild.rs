//! `rebuild`.

use engine::view::{PlaceKind, RebuildReport};
use engine::{AuditOptions, EngineError, ErrorKind};

use super::args::Rebuild;
use super::bucket;
use super::failure::Failure;
use super::output::{Output, complain, count};
use super::progress::RebuildBar;
use super::session::Session;
use super::verify;

/// Brings a library back from what its bucket holds.
pub async fn rebuild(session: &Session, out: &Output, args: Rebuild) -> Result<(), Failure> {
    // clap lets nobody through without saying from where; the bucket is all there is yet.
    debug_assert!(args.from_bucket);
    let (user, then_verify) = (args.user.clone(), args.verify);
    let place = match args.named() {
        Some(named) => bucket::choose(session, named).await?.place,
        None => session.engine().state().place,
    };
    if place.is_none_or(|place| place.kind != PlaceKind::Bucket) {
        let message = "No bucket is in use. Name it with --endpoint, --region, --bucket and --key-id.";
        return Err(EngineError::new(ErrorKind::NoPlace, message).into());
    }
    let bar = RebuildBar::new();
    let report = session.engine().rebuild(user.as_deref(), &|progress| bar.show(progress)).await;
    bar.finish();
    let report = report?;
    if out.json() {
        out.object(&report);
    }
    for line in words(&report) {
        complain(&line);
    }
    if report.not_proven == 0 {
        return Ok(());
    }
    if then_verify {
        let engine = session.fresh_library().await?;
        return verify::all(engine, out, AuditOptions { deep: false, restart: true }).await;
    }
    complain("Have them read back with: image-manager verify --all (the option --verify does so at once)");
    if report.by_bytes > 0 {
        complain("Those known by their bytes alone are proven by uploading their files again, and by nothing else.");
    }
    Ok(())
}

/// What a person wants to know of it, a sentence a line.
fn words(report: &RebuildReport) -> Vec<String> {
    let pictures = |number: u32| count(number, "picture");
    let mut lines = vec![format!("Brought back {} of library {}.", pictures(report.restored), report.library)];
    let mut say = |number: u32, sentence: String| {
        if number > 0 {
            lines.push(sentence);
        }
    };
    say(report.already, format!("{} were here already and stayed as they were.", pictures(report.already)));
    say(
        report.from_objects,
        format!(
            "{} were not in the journal: name, dates and size are those of the upload, and there are no edits.",
            pictures(report.from_objects)
        ),
    );
    say(
        report.by_bytes,
        format!(
            "{} were known by their bytes alone: their objects don't say what they are. Names are made up where there were none.",
            pictures(report.by_bytes)
        ),
    );
    say(
        report.not_proven,
        format!(
            "{} are not proven yet: nobody has compared their stored bytes with anything that came from the file.",
            pictures(report.not_proven)
        ),
    );
    say(
        report.unread,
        format!("Listed by the store, but not to be read now: {}. Do it again later.", count(report.unread, "object")),
    );
    say(report.missing, format!("{} that the journal names are not in the bucket any more.", pictures(report.missing)));
    say(
        report.changed,
        format!("{} have another size in the bucket than was recorded. Look at them.", pictures(report.changed)),
    );
    say(
        report.left_alone,
        format!("Left alone, because no picture of this library: {}.", count(report.left_alone, "object")),
    );
    for segment in &report.damaged {
        let (key, lost) = (&segment.key, segment.lost);
        say(
            1,
            format!("The journal is damaged: {lost} changes in {key} can't be read. Everything else of it was used."),
        );
    }
    for (first, last) in &report.lost {
        say(1, format!("The journal lacks changes {first} to {last}: edits made then are lost, pictures are not."));
    }
    lines
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
