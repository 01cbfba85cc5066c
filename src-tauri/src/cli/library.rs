//! `list`, `search`, `show`, `download`, `delete`, `restore`.

use std::collections::HashMap;
use std::path::Path;

use engine::view::{
    Facts, Fault, LastCheck, LibraryQuery, Marks, ModelsText, PictureDetail, Proof, Scope, SearchField, Sort, TextField,
};
use engine::{Engine, EngineError, ErrorKind, visible};
use messages::Fact;
use serde::Serialize;

use super::args::{Delete, Download, List, Replace, Search};
use super::facts::lines;
use super::failure::Failure;
use super::output::{Output, complain, one_line, size};
use super::session::Session;
use super::several::{Doing, several};
use super::trash;

/// A picture as programs outside of the app see it: named by the service's identifier.
#[derive(Serialize)]
struct Picture<'a> {
    id: &'a str,
    name: &'a str,
    format: &'a str,
    content_type: &'a str,
    size: u64,
    sha256: &'a str,
    width: Option<u32>,
    height: Option<u32>,
    taken_at: Option<&'a str>,
    /// The date that it goes by when it doesn't say when it was taken.
    file_modified_at: Option<&'a str>,
    camera: Option<&'a str>,
    /// What else its file states about how it was taken.
    facts: &'a Facts,
    /// What is wrong with its file.
    remark: Option<&'a str>,
    added_at: &'a str,
    deleted_at: Option<&'a str>,
    /// When it leaves the trash for good; absent for one that is not in it, or stays until a person deletes it.
    removed_at: Option<&'a str>,
    /// `favourite`, `rotation`, …
    #[serde(flatten)]
    marks: &'a Marks,
    description: Option<&'a str>,
    alt_text: Option<&'a str>,
    tags: &'a [String],
    albums: Vec<InAlbum<'a>>,
    text_in_image: Option<&'a str>,
    described_by: Option<&'a str>,
    described_at: Option<&'a str>,
    /// Whether it is proven that the store has the bytes, and nothing wrong has been found since.
    verified: bool,
    /// How it was proven, or that it isn't yet.
    proof: Proof,
    /// When; null while it isn't.
    verified_at: Option<&'a str>,
    verified_by: &'a str,
    stored_size: u64,
    etag: Option<&'a str>,
    fault: Option<Fault>,
    last_check: Option<&'a LastCheck>,
    pending: bool,
}

/// An album that a picture is in.
#[derive(Serialize)]
struct InAlbum<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> From<&'a PictureDetail> for Picture<'a> {
    fn from(detail: &'a PictureDetail) -> Self {
        Picture {
            id: &detail.image_id,
            name: &detail.name,
            format: &detail.format,
            content_type: &detail.content_type,
            size: detail.size,
            sha256: &detail.sha256,
            width: detail.width,
            height: detail.height,
            taken_at: detail.taken_at.as_deref(),
            file_modified_at: detail.file_modified_at.as_deref(),
            camera: detail.camera.as_deref(),
            facts: &detail.facts,
            remark: detail.remark.as_deref(),
            added_at: &detail.added_at,
            deleted_at: detail.deleted_at.as_deref(),
            removed_at: detail.removed_at.as_deref(),
            marks: &detail.marks,
            description: detail.description.as_deref(),
            alt_text: detail.alt_text.as_deref(),
            tags: &detail.tags,
            albums: detail.albums.iter().map(|album| InAlbum { id: &album.id, name: &album.name }).collect(),
            text_in_image: detail.text_in_image.as_deref(),
            described_by: detail.described_by.as_deref(),
            described_at: detail.described_at.as_deref(),
            verified: is_verified(detail),
            proof: detail.proof,
            verified_at: detail.verified_at.as_deref(),
            verified_by: &detail.verified_by,
            stored_size: detail.stored_size,
            etag: detail.etag.as_deref(),
            fault: detail.fault,
            last_check: detail.last_check.as_ref(),
            pending: detail.pending,
        }
    }
}

fn is_verified(picture: &PictureDetail) -> bool {
    picture.fault.is_none() && picture.proof != Proof::NotProven
}

/// Lists the library.
pub async fn list(session: &Session, out: &Output, args: List) -> Result<(), Failure> {
    let scope = match (args.favourites, args.trash) {
        (true, _) => Scope::Favourites,
        (_, true) => Scope::Trash,
        _ => Scope::All,
    };
    let usual = if args.trash { Sort::Deleted } else { Sort::Newest };
    let query = LibraryQuery { scope, sort: args.sort.map_or(usual, Into::into), ..LibraryQuery::default() };
    print(session, out, query, args.limit, messages::Cli::NoPictures).await?;
    if args.trash
        && let Some(trash) = trash::known(session).await.filter(|trash| trash.pictures > 0)
    {
        complain(messages::Cli::TrashKept { how: trash::kept(&trash).to_string() });
    }
    Ok(())
}

/// Lists what a query finds.
pub async fn search(session: &Session, out: &Output, args: Search) -> Result<(), Failure> {
    let text = args.words.join(" ");
    let query = LibraryQuery { text, sort: args.sort.into(), ..LibraryQuery::default() };
    print(session, out, query, args.limit, messages::Cli::NoMatches).await
}

/// Pictures that are asked for at once why they were found.
const TOLD_AT_ONCE: usize = 200;

async fn print(
    session: &Session,
    out: &Output,
    query: LibraryQuery,
    limit: Option<usize>,
    nothing: messages::Cli,
) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let text = query.text.clone();
    let items = engine.layout(query).await?;
    if items.is_empty() {
        complain(nothing);
    }
    let ids: Vec<u32> = items.iter().map(|item| item.id).take(limit.unwrap_or(usize::MAX)).collect();
    print_pictures(engine, out, &ids, &text).await
}

/// Prints some pictures, one a line, with the fields that a search found them by.
pub async fn print_pictures(engine: &Engine, out: &Output, ids: &[u32], text: &str) -> Result<(), Failure> {
    for ids in ids.chunks(TOLD_AT_ONCE) {
        let matched: HashMap<_, _> = engine.matched(ids.to_vec(), text).await?.into_iter().collect();
        for id in ids {
            // A picture may go between the questions.
            let Ok(picture) = engine.picture(*id).await else { continue };
            let matched = matched.get(id).map(Vec::as_slice);
            if out.json() {
                out.object(&Hit { picture: Picture::from(&picture), matched });
            } else {
                out.line(row(&picture));
            }
            if out.is_closed() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A line of `list --json` and `search --json`.
#[derive(Serialize)]
struct Hit<'a> {
    #[serde(flatten)]
    picture: Picture<'a>,
    /// The fields that a search found it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    matched: Option<&'a [SearchField]>,
}

fn row(picture: &PictureDetail) -> String {
    let date = picture.taken_at.as_ref().or(picture.file_modified_at.as_ref()).unwrap_or(&picture.added_at);
    let date = date.get(..10).unwrap_or(date);
    let state = match (picture.fault, picture.proof) {
        (Some(Fault::Missing), _) => format!("  ({})", messages::Cli::StateMissing),
        (Some(Fault::Changed), _) => format!("  ({})", messages::Cli::StateChanged),
        (None, Proof::NotProven) => format!("  ({})", messages::Cli::StateNotProven),
        (None, _) => String::new(),
    };
    let end = picture.removed_at.as_deref().map_or_else(String::new, |at| format!("  ({})", trash::end(at)));
    format!("{}  {date}  {:>9}  {}{state}{end}", picture.image_id, size(picture.size), one_line(&picture.name))
}

/// Shows everything that is known of a picture.
pub async fn show(session: &Session, out: &Output, id: &str) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let picture = engine.picture(engine.resolve(id).await?).await?;
    if out.json() {
        out.object(&Picture::from(&picture));
    } else {
        for (label, value) in facts(&picture) {
            out.line(format!("{:<12}{}", label.to_string(), visible(&value).replace('\n', "\n            ")));
        }
    }
    Ok(())
}

/// What people want to know, in order; what is unknown is left out.
fn facts(picture: &PictureDetail) -> Vec<(Fact, String)> {
    // What was true once is not called verified any more, nor what was never proven.
    let proof = match (is_verified(picture), picture.proof) {
        (true, _) => Fact::Verified,
        (_, Proof::NotProven) => Fact::NotProven,
        (false, _) => Fact::StoredOnce,
    };
    let proven = match &picture.verified_at {
        Some(at) => format!("{at}: {}", picture.verified_by),
        None => picture.verified_by.clone(),
    };
    let tag = picture
        .etag
        .as_ref()
        .map_or_else(String::new, |etag| messages::Fact::EntityTag { etag: etag.to_string() }.to_string());
    let fault = |fault| match fault {
        Fault::Missing => messages::Fact::FaultMissing.to_string(),
        Fault::Changed => messages::Fact::FaultChanged.to_string(),
    };
    let pixels = picture.width.zip(picture.height).map(|(width, height)| format!("{width} × {height}"));
    let described = picture.described_by.as_ref().map(|by| match &picture.described_at {
        Some(at) => format!("{by}, {at}"),
        None => by.clone(),
    });
    let described = described.map(|by| match &picture.models_text {
        Some(ModelsText { field, model, written_at }) => {
            let (by, model, at) = (by, model.clone(), written_at.clone());
            match field {
                TextField::Description => Fact::DescriptionBy { by, model, at }.to_string(),
                TextField::AltText => Fact::AltTextBy { by, model, at }.to_string(),
            }
        }
        None => by,
    });
    let tags = (!picture.tags.is_empty()).then(|| picture.tags.join(", "));
    let albums: Vec<&str> = picture.albums.iter().map(|album| album.name.as_str()).collect();
    let albums = (!albums.is_empty()).then(|| albums.join(", "));
    let of_file = [
        (Fact::Id, Some(picture.image_id.clone())),
        (Fact::Name, Some(one_line(&picture.name))),
        (Fact::Format, Some(picture.format_label.clone())),
        (
            Fact::Size,
            Some(messages::Fact::Bytes { size: size(picture.size), bytes: picture.size.to_string() }.to_string()),
        ),
        (Fact::Pixels, pixels),
        (Fact::Taken, picture.taken_at.clone()),
        (
            Fact::FileDate,
            picture.file_modified_at.as_ref().map(|at| messages::Fact::FileDateAt { at: at.to_string() }.to_string()),
        ),
        (Fact::Camera, picture.camera.clone()),
    ];
    let of_record = [
        (Fact::Damage, picture.remark.clone()),
        (Fact::Added, Some(picture.added_at.clone())),
        (
            Fact::InTrash,
            picture
                .deleted_at
                .as_ref()
                .map(|at| messages::Fact::TrashedSince { at: at.to_string(), fate: fate(picture) }.to_string()),
        ),
        (Fact::Favourite, picture.marks.favourite.then(|| Fact::Yes.to_string())),
        (Fact::Rating, Some("★".repeat(picture.marks.rating.into())).filter(|stars| !stars.is_empty())),
        (Fact::Description, picture.description.clone()),
        (Fact::AltText, picture.alt_text.clone()),
        (Fact::Tags, tags),
        (Fact::Albums, albums),
        (Fact::Text, picture.text_in_image.clone()),
        (Fact::WrittenBy, described),
        (Fact::Sha256, Some(picture.sha256.clone())),
        (proof, Some(proven)),
        (
            Fact::Stored,
            Some(
                messages::Fact::StoredBytes { bytes: picture.stored_size.to_string(), tag: tag.to_string() }
                    .to_string(),
            ),
        ),
        (Fact::Checked, picture.last_check.as_ref().map(|check| format!("{}: {}", check.at, check.message))),
        (Fact::Fault, picture.fault.map(fault)),
        (Fact::MendIt, picture.local_copy.as_ref().map(|file| format!("image-manager upload \"{file}\""))),
        (Fact::Waiting, picture.pending.then(|| messages::Fact::Pending.to_string())),
    ];
    let all = of_file.into_iter().chain(lines(&picture.facts)).chain(of_record);
    all.filter_map(|(label, value)| Some((label, value?))).collect()
}

/// What becomes of a picture in the trash.
fn fate(picture: &PictureDetail) -> String {
    picture.removed_at.as_deref().map_or_else(|| messages::Fact::Kept.to_string(), trash::end)
}

/// A line of `download --json`.
#[derive(Serialize)]
struct Saved<'a> {
    id: &'a str,
    path: &'a Path,
}

/// Saves a picture's bytes.
pub async fn download(session: &Session, out: &Output, args: Download) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let id = engine.resolve(&args.id).await?;
    let picture = engine.picture(id).await?;
    if args.output == Path::new("-") {
        return to_standard_output(engine, id).await;
    }
    let path = engine.download(id, args.output).await?;
    if out.json() {
        out.object(&Saved { id: &picture.image_id, path: &path });
    } else {
        out.line(path.display());
    }
    Ok(())
}

/// Writes a picture's bytes where the next program reads them, once all of them are proven to be right.
async fn to_standard_output(engine: &Engine, id: u32) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let file = engine.download(id, folder.path().join("picture")).await?;
    let mut file = std::fs::File::open(file).map_err(unwritable)?;
    let mut stdout = std::io::stdout().lock();
    std::io::copy(&mut file, &mut stdout).and_then(|_| std::io::Write::flush(&mut stdout)).map_err(unwritable)?;
    Ok(())
}

fn unwritable(error: std::io::Error) -> Failure {
    EngineError::new(ErrorKind::Disk, messages::Cli::PictureUnwritable { why: error.to_string() }).into()
}

/// Moves pictures to the trash, or removes them for good.
pub async fn delete(session: &Session, out: &Output, args: &Delete) -> Result<(), Failure> {
    let ids = &args.pictures.ids;
    if args.forever {
        let removed = Doing::always("removed", messages::Cli::Removed);
        return several(session, out, ids, removed, async |engine, ids| engine.delete_forever(ids).await).await;
    }
    let deleted = Doing::always("deleted", messages::Cli::MovedToTrash)
        .unless(|picture| picture.in_trash, messages::Cli::InTrashAlready);
    several(session, out, ids, deleted, async |engine, ids| engine.delete(ids).await).await
}

/// Takes pictures out of the trash.
pub async fn restore(session: &Session, out: &Output, ids: &[String]) -> Result<(), Failure> {
    let restored = Doing::always("restored", messages::Cli::Restored)
        .unless(|picture| !picture.in_trash, messages::Cli::NotInTrash);
    several(session, out, ids, restored, async |engine, ids| engine.restore(ids).await).await
}

/// A line of `replace --json`.
#[derive(Serialize)]
struct Replaced<'a> {
    id: &'a str,
    status: &'static str,
    replaced: &'a str,
}

/// Puts a whole picture in the place of a damaged one.
pub async fn replace(session: &Session, out: &Output, args: &Replace) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let mut named = engine.named(vec![args.damaged.clone(), args.whole.clone()]).await?.into_iter();
    let mut next =
        || named.next().unwrap_or_else(|| Err(EngineError::new(ErrorKind::NotFound, messages::Library::Gone)));
    let (damaged, whole) = (next()?, next()?);
    engine.replace_damaged(damaged.id, whole.id).await?;
    if out.json() {
        out.object(&Replaced { id: &whole.image_id, status: "replaced", replaced: &damaged.image_id });
    } else {
        let said = messages::Cli::Replaced { damaged: damaged.image_id };
        complain(format!("{}: {said}", one_line(&whole.name)));
    }
    session.send_edits().await;
    Ok(())
}
