//! `upload`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use engine::view::{LinkLife, PictureDetail};
use engine::{Engine, EngineError, ErrorKind, ResultStatus, Source, UploadOptions, UploadResult};
use serde::Serialize;

use super::args::Upload;
use super::failure::Failure;
use super::output::{Output, complain, one_line};
use super::progress::UploadBar;
use super::session::Session;

/// A line of `upload --json`.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    result: &'a UploadResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description_error: Option<&'a EngineError>,
}

/// Uploads, waits until everything is verified, and prints what came of each file, in order.
pub async fn upload(session: &Session, out: &Output, args: Upload) -> Result<(), Failure> {
    let engine = session.library().await?;
    let given = Given::new(args.paths, args.name.as_deref())?;
    // A wish is kept with each file and comes to the queue with its picture, so that a crash loses none.
    let describe = args.describe || engine.settings().describe_new;
    let rows = engine.upload(given.sources(), UploadOptions { describe, album: args.album }).await?;
    if rows.is_empty() && given.unread.is_none() {
        complain(messages::Cli::NothingFound);
    }
    if !rows.is_empty() && engine.uploads().await?.summary.paused {
        complain(messages::Cli::SentThoughPaused);
    }
    let (mut left_alone, mut films): (u64, u64) = (0, 0);
    let bar = UploadBar::new();
    let (mut reasons, mut links, mut to_describe) = (Reasons::default(), Links::default(), Vec::new());
    let finished = engine
        .finish_uploads_by_page(
            &rows,
            |change| bar.show(change),
            |page| {
                for mut result in page {
                    result.path = given.as_given(&result.path);
                    reasons.add(&result);
                    left_alone += u64::from(result.status == ResultStatus::Skipped);
                    films += u64::from(result.is_film);
                    links.add(&result);
                    if describe {
                        to_describe.push(result);
                    } else {
                        bar.aside(|| report(out, &result, None));
                    }
                }
            },
        )
        .await;
    bar.finish();
    finished?;
    if let Some(error) = given.unread {
        // Nothing else is kept from being uploaded by it.
        let result = UploadResult::failed("-", error);
        reasons.add(&result);
        report(out, &result, None);
    }
    let mut failed = reasons.any();
    let mut descriptions = describe_uploaded(engine, &to_describe).await?;
    let said = links.said();
    for result in to_describe {
        let description = result.id.as_ref().and_then(|id| descriptions.remove(id));
        failed |= matches!(description, Some(Err(_)));
        report(out, &result, description.as_ref());
    }
    if let Some(said) = said {
        complain(said);
    }
    reasons.tell();
    if left_alone > 0 {
        complain(messages::Notice::LeftAlone { count: left_alone });
    }
    if films > 0 {
        complain(messages::Notice::FilmsLeftAlone { count: films });
    }
    if failed { Err(Failure::Some) } else { Ok(()) }
}

/// How long the links live that were printed.
#[derive(Default)]
struct Links {
    printed: usize,
    first: Option<LinkLife>,
}

impl Links {
    fn add(&mut self, result: &UploadResult) {
        if let Some(life) = &result.link_life {
            self.printed += 1;
            self.first.get_or_insert_with(|| life.clone());
        }
    }

    /// A sentence about them, if there are any. Of one place all live alike, and the first ends first.
    fn said(&self) -> Option<String> {
        let life = self.first.as_ref()?;
        let count = self.printed as u64;
        Some(messages::Cli::LinksAbove { count, life: life.sentence(self.printed) }.to_string())
    }
}

/// Why files failed: with many it is the reasons that one wants to read, once each.
#[derive(Default)]
struct Reasons {
    groups: BTreeMap<(String, Option<&'static str>), Group>,
    files: usize,
}

/// Files that failed for one reason.
struct Group {
    first: EngineError,
    files: usize,
    /// Whether they differ in nothing but their names.
    alike: bool,
}

impl Reasons {
    fn add(&mut self, result: &UploadResult) {
        let Some(error) = &result.error else { return };
        let new = || Group { first: error.clone(), files: 0, alike: true };
        let group = self.groups.entry((error.code.as_str(), error.reason)).or_insert_with(new);
        group.files += 1;
        group.alike &= group.first.is_alike(error);
        self.files += 1;
    }

    fn any(&self) -> bool {
        self.files > 0
    }

    /// The reasons that several files share, the most common first; one file's has been told already.
    fn lines(&self) -> Vec<String> {
        let mut shared: Vec<_> = self.groups.values().filter(|group| group.files > 1).collect();
        shared.sort_by_key(|group| std::cmp::Reverse(group.files));
        let line = |group: &Group| {
            let message = one_line(&group.first.of_several(group.alike));
            messages::Cli::FilesFailed { count: group.files as u64, message }.to_string()
        };
        shared.into_iter().map(line).collect()
    }

    fn tell(&self) {
        let lines = self.lines();
        if !lines.is_empty() {
            complain(format!("\n{}", messages::Cli::NotUploaded { count: self.files as u64 }));
            for line in lines {
                complain(line);
            }
        }
    }
}

/// What came of the descriptions that were asked for with an upload, by the service's identifiers.
async fn describe_uploaded(
    engine: &Engine,
    results: &[UploadResult],
) -> Result<BTreeMap<String, Result<PictureDetail, EngineError>>, EngineError> {
    let mut ids = BTreeMap::new();
    for image_id in results.iter().filter_map(|one| one.id.clone()) {
        ids.insert(engine.resolve(&image_id).await?, image_id);
    }
    let mut came = Vec::with_capacity(ids.len());
    engine.describe_wanted(ids.keys().copied().collect(), |id, result| came.push((id, result))).await?;
    let mut descriptions = BTreeMap::new();
    for (id, result) in came {
        let described = match result {
            Ok(()) => engine.picture(id).await,
            Err(error) => Err(error),
        };
        if let Some(image_id) = ids.remove(&id) {
            descriptions.insert(image_id, described);
        }
    }
    Ok(descriptions)
}

fn report(out: &Output, result: &UploadResult, description: Option<&Result<PictureDetail, EngineError>>) {
    let described = description.and_then(|outcome| outcome.as_ref().ok());
    let description_error = description.and_then(|outcome| outcome.as_ref().err());
    if result.status == ResultStatus::Skipped {
        // Of a folder with a thousand sidecars people want their number; programs want to know which.
        if out.json() {
            out.object(&Line { result, description: None, description_error: None });
        }
        return;
    }
    let said = match result.status {
        ResultStatus::Uploaded => messages::Cli::Uploaded,
        ResultStatus::Duplicate => messages::Cli::AlreadyHere,
        ResultStatus::Skipped => messages::Cli::LeftAlone,
        ResultStatus::Failed => {
            let why = result.error.as_ref().map(|error| error.message.clone()).unwrap_or_default();
            messages::Cli::Failed { why }
        }
    };
    if out.json() {
        let description = described.and_then(|picture| picture.description.as_deref());
        out.object(&Line { result, description, description_error });
        if result.status == ResultStatus::Failed {
            complain(format!("{}: {said}", one_line(&result.path)));
        }
    } else {
        complain(format!("{}: {said}", one_line(&result.path)));
        if let Some(text) = described.and_then(|picture| picture.description.as_deref()) {
            complain(format!("  {}", one_line(text)));
        }
        if let Some(link) = &result.link {
            out.line(link);
        }
    }
    if let Some(remark) = &result.remark {
        complain(format!("{}: {}", one_line(&result.path), one_line(&remark.message)));
    }
    if let (Some(damaged), Some(whole)) = (&result.replaces, &result.id) {
        let (damaged, whole) = (damaged.clone(), whole.clone());
        complain(messages::Cli::CouldReplace { path: one_line(&result.path), damaged, whole });
    }
    if let Some(error) = description_error {
        complain(messages::Cli::NotDescribed { path: one_line(&result.path), why: error.message.to_string() });
    }
}

/// The arguments, and how each was written: the queue outlives this command's working folder, so it gets absolute
/// paths, but people and scripts know their files by what they typed.
struct Given {
    entries: Vec<Entry>,
    /// Why standard input, which is one of them, can't be read.
    unread: Option<EngineError>,
}

enum Entry {
    /// An address, or a picture in one, or what can't be any.
    Address(Source),
    /// What came by standard input.
    Input(Source),
    File {
        given: PathBuf,
        absolute: PathBuf,
    },
}

impl Given {
    /// `name` is that of what comes by standard input.
    fn new(paths: Vec<PathBuf>, name: Option<&str>) -> Result<Self, Failure> {
        if name.is_some() && !paths.iter().any(|path| path == Path::new("-")) {
            let message = messages::Cli::NameWithoutInput;
            return Err(Failure::Usage(message.into()));
        }
        let mut given = Self { entries: Vec::with_capacity(paths.len()), unread: None };
        for path in paths {
            match Entry::new(path, name) {
                Ok(entry) => given.entries.push(entry),
                Err(error) => given.unread = Some(error),
            }
        }
        Ok(given)
    }

    fn sources(&self) -> Vec<Source> {
        self.entries
            .iter()
            .map(|entry| match entry {
                Entry::Address(source) | Entry::Input(source) => source.clone(),
                Entry::File { absolute, .. } => Source::Path(absolute.clone()),
            })
            .collect()
    }

    /// A path from the queue as it was typed; files in a folder begin with the folder as it was typed.
    fn as_given(&self, path: &str) -> String {
        let is_input = |entry: &Entry| matches!(entry, Entry::Input(Source::Bytes { name, .. }) if name == path);
        if self.entries.iter().any(is_input) {
            return "-".to_owned();
        }
        let path = Path::new(path);
        let typed = self.entries.iter().find_map(|entry| match entry {
            Entry::File { given, absolute } => {
                let rest = path.strip_prefix(absolute).ok()?;
                Some(if rest.as_os_str().is_empty() { given.clone() } else { given.join(rest) })
            }
            Entry::Address(_) | Entry::Input(_) => None,
        });
        typed.as_deref().unwrap_or(path).to_string_lossy().into_owned()
    }
}

impl Entry {
    fn new(given: PathBuf, name: Option<&str>) -> Result<Self, EngineError> {
        let path = match Source::from_path(given.clone()) {
            Source::Path(path) => path,
            address => return Ok(Entry::Address(address)),
        };
        if path == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| {
                let unread = messages::Cli::InputUnreadable { why: error.to_string() };
                EngineError::new(ErrorKind::Unreadable, unread)
            })?;
            return Ok(Entry::Input(match name {
                Some(name) => Source::named(name, bytes),
                None => Source::nameless(bytes),
            }));
        }
        // What is neither a file nor can be fetched has a line that says so, and keeps nothing else from being uploaded.
        if path == given && Source::is_other_address(&given) {
            return Ok(Entry::Address(Source::Path(given)));
        }
        Ok(match std::path::absolute(&path) {
            Ok(absolute) => Entry::File { given, absolute },
            Err(_) => Entry::Address(Source::Path(given)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_as_they_were_typed() {
        let given = Given::new(vec!["a.png".into(), "folder/".into(), "/abs/x.png".into()], None).unwrap();
        let here = std::env::current_dir().unwrap();
        let absolute = |path: &str| here.join(path).to_string_lossy().into_owned();
        assert_eq!(given.as_given(&absolute("a.png")), "a.png");
        assert_eq!(given.as_given(&absolute("folder/sub/b.png")), "folder/sub/b.png");
        assert_eq!(given.as_given("/abs/x.png"), "/abs/x.png");
        assert_eq!(given.as_given("https://example.com/a.png"), "https://example.com/a.png");
    }

    #[test]
    fn reasons_that_files_share_are_told_once_each() {
        let mut reasons = Reasons::default();
        let mut add = |path: &str, code: ErrorKind, sentence: messages::Message| {
            reasons.add(&UploadResult::failed(path, EngineError::new(code, sentence)));
        };
        let no_picture = |name: &str| messages::Upload::NotAPicture { name: name.to_owned() }.into();
        let refused = |said: &str| messages::Store::RefusedRights { said: said.to_owned() }.into();
        add("a/one.txt", ErrorKind::NotAPicture, no_picture("one.txt"));
        add("alone.jpg", ErrorKind::EmptyFile, messages::Upload::Empty { name: "alone.jpg".to_owned() }.into());
        for (name, said) in [("x.jpg", "403 AccessDenied"), ("y.jpg", "403 AccessDenied"), ("z.jpg", "403")] {
            add(name, ErrorKind::StoreRefused, refused(said));
        }
        add("b/two.txt", ErrorKind::NotAPicture, no_picture("two.txt"));
        assert_eq!(reasons.files, 6);
        let lines = reasons.lines();
        assert!(
            lines[0].starts_with("3 files: For example: The store refused the picture (403 AccessDenied)."),
            "{lines:?}"
        );
        assert_eq!(lines[1..], ["2 files: For example: one.txt is not a picture, so it was not uploaded."]);
    }

    #[test]
    fn addresses_are_no_files() {
        let given = Given::new(vec!["HTTPS://example.com/a%2F.png".into(), "b.png".into()], None).unwrap();
        let sources = given.sources();
        assert_eq!(sources[0], Source::Url("HTTPS://example.com/a%2F.png".to_owned()));
        assert!(matches!(&sources[1], Source::Path(path) if path.is_absolute()));
    }

    #[test]
    fn what_can_not_be_fetched_keeps_nothing_else_from_being_uploaded() {
        let given = Given::new(vec!["ftp://example.com/a.png".into(), "".into(), "b.png".into()], None).unwrap();
        let sources = given.sources();
        assert_eq!(sources[..2], [Source::Path("ftp://example.com/a.png".into()), Source::Path("".into())]);
        assert_eq!(given.as_given("ftp://example.com/a.png"), "ftp://example.com/a.png");
        assert!(matches!(&sources[2], Source::Path(path) if path.is_absolute()));
        let unnamed = Given::new(vec!["b.png".into()], Some("c.png"));
        assert!(matches!(unnamed, Err(Failure::Usage(message)) if message.to_string().contains("standard input")));
    }

    #[cfg(unix)]
    #[test]
    fn a_files_address_is_the_file() {
        let given = Given::new(vec!["file:///home/a%20b.png".into(), "FILE:///c.png".into()], None).unwrap();
        assert_eq!(given.sources(), [Source::Path("/home/a b.png".into()), Source::Path("/c.png".into())]);
        assert_eq!(given.as_given("/home/a b.png"), "file:///home/a%20b.png", "as it was typed");
    }
}
