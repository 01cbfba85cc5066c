//! `duplicates`.

use engine::view::{Difference, Duplicate, DuplicateGroup, GroupKind, Named};
use engine::{Engine, EngineError};
use serde::Serialize;

use super::args::{Duplicates, DuplicatesAction};
use super::failure::Failure;
use super::output::{Output, complain, one_line, size};
use super::session::Session;

/// A line of `duplicates --json`.
#[derive(Serialize)]
struct Listed<'a> {
    kind: GroupKind,
    keep: Option<&'a str>,
    why: Option<Difference>,
    differs: &'a [Difference],
    members: Vec<Member<'a>>,
}

#[derive(Serialize)]
struct Member<'a> {
    id: &'a str,
    name: &'a str,
    format: &'a str,
    size: u64,
    width: Option<u32>,
    height: Option<u32>,
    taken_at: Option<&'a str>,
    camera: Option<&'a str>,
    damaged: bool,
    edited: bool,
    described: bool,
    favourite: bool,
    rating: u8,
    tags: u32,
    albums: u32,
}

/// A line of `duplicates keep --json` and the like.
#[derive(Serialize)]
struct Decided<'a> {
    status: &'static str,
    ids: Vec<&'a str>,
    trashed: usize,
}

/// Lists groups of pictures that show the same, or decides about some.
pub async fn duplicates(session: &Session, out: &Output, args: Duplicates) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    engine.compare_pictures().await?;
    match args.action {
        None => list(engine, out, if args.bursts { GroupKind::Burst } else { GroupKind::Duplicates }, args.limit).await,
        Some(DuplicatesAction::Keep(pictures)) => {
            let kept = named(engine, pictures.ids).await?;
            let trashed = engine.keep_of_groups(numbers(&kept)).await?.len();
            decided(session, out, "kept", &kept, trashed, messages::Cli::KeptDuplicates { count: trashed as u64 }).await
        }
        Some(DuplicatesAction::Apart(pictures)) => {
            let apart = named(engine, pictures.ids).await?;
            engine.decide_duplicates(numbers(&apart), false).await?;
            decided(session, out, "apart", &apart, 0, messages::Cli::SaidApart).await
        }
        Some(DuplicatesAction::Together(pictures)) => {
            let together = named(engine, pictures.ids).await?;
            engine.decide_duplicates(numbers(&together), true).await?;
            decided(session, out, "together", &together, 0, messages::Cli::SaidTogether).await
        }
    }
}

async fn list(engine: &Engine, out: &Output, kind: GroupKind, limit: Option<usize>) -> Result<(), Failure> {
    let found = engine.duplicates(kind, limit.unwrap_or(usize::MAX - 1)).await?;
    if found.groups.is_empty() {
        complain(match kind {
            GroupKind::Duplicates => messages::Cli::NoDuplicates,
            GroupKind::Burst => messages::Cli::NoBursts,
        });
    }
    for (at, group) in found.groups.iter().enumerate() {
        if out.json() {
            out.object(&listed(kind, group));
            continue;
        }
        if at > 0 {
            out.line("");
        }
        for member in &group.members {
            let kept = Some(member.id) == group.keep;
            out.line(line(member, if kept { group.why } else { None }, kept));
        }
    }
    Ok(())
}

fn listed(kind: GroupKind, group: &DuplicateGroup) -> Listed<'_> {
    let keep = group.members.iter().find(|member| Some(member.id) == group.keep);
    Listed {
        kind,
        keep: keep.map(|member| member.image_id.as_str()),
        why: group.why,
        differs: &group.differs,
        members: group.members.iter().map(Member::of).collect(),
    }
}

impl<'a> Member<'a> {
    fn of(member: &'a Duplicate) -> Self {
        Member {
            id: &member.image_id,
            name: &member.name,
            format: &member.format,
            size: member.size,
            width: member.width,
            height: member.height,
            taken_at: member.taken_at.as_deref(),
            camera: member.camera.as_deref(),
            damaged: member.damaged,
            edited: member.framed,
            described: member.described,
            favourite: member.favourite,
            rating: member.rating,
            tags: member.tags,
            albums: member.albums,
        }
    }
}

/// "* 0192f0c1  beach.jpg  4000 × 3000  JPEG  3.1 MB  2024-05-06T07:08:09  more pixels"
fn line(member: &Duplicate, why: Option<Difference>, kept: bool) -> String {
    let pixels = member.width.zip(member.height).map(|(width, height)| format!("{width} × {height}"));
    let parts = [
        Some(member.image_id.clone()),
        Some(one_line(&member.name)),
        pixels,
        Some(member.format.clone()),
        Some(size(member.size)),
        member.taken_at.clone(),
        member.camera.clone(),
        why.map(better),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{} {}", if kept { "*" } else { " " }, parts.join("  "))
}

fn better(why: Difference) -> String {
    use messages::Cli as Said;
    let said = match why {
        Difference::Whole => Said::BetterWhole,
        Difference::Pixels => Said::BetterPixels,
        Difference::Format => Said::BetterFormat,
        Difference::Bytes => Said::BetterBytes,
        Difference::Date => Said::BetterDate,
        Difference::Camera => Said::BetterCamera,
        Difference::Words | Difference::Frame => Said::BetterWords,
        Difference::Added => Said::BetterAdded,
    };
    said.to_string()
}

/// All of them, or none: a group is decided about as a whole.
async fn named(engine: &Engine, references: Vec<String>) -> Result<Vec<Named>, EngineError> {
    engine.named(references).await?.into_iter().collect()
}

fn numbers(pictures: &[Named]) -> Vec<u32> {
    pictures.iter().map(|picture| picture.id).collect()
}

async fn decided(
    session: &Session,
    out: &Output,
    status: &'static str,
    pictures: &[Named],
    trashed: usize,
    said: messages::Cli,
) -> Result<(), Failure> {
    if out.json() {
        out.object(&Decided { status, ids: pictures.iter().map(|picture| &*picture.image_id).collect(), trashed });
    } else {
        complain(said);
    }
    session.send_edits().await;
    Ok(())
}
