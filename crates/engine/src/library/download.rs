//! Saving pictures to disk.

use std::path::{Path, PathBuf};

use catalogue::table::picture::Picture;
use messages::Value;
use pictures::Format;

use super::file_name::{file_name, numbered};
use super::read::known_picture;
use super::saving::Saving;
use crate::blobs::Original;
use crate::open_library::OpenLibrary;
use crate::{EngineError, ErrorKind, Result};

/// Copies of one name in one folder that are tried.
const MOST_COPIES: u32 = 10_000;

/// Saves a picture's bytes. They are compared with its SHA-256 in a temporary file beside the goal, which then takes the
/// goal's name: there is never half a picture under it. One that is interrupted leaves nothing behind.
pub(crate) async fn download(library: &OpenLibrary, id: u32, to: PathBuf) -> Result<PathBuf> {
    let picture = known_picture(library, id).await?;
    let into_folder = to.is_dir() || to.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    // A link to a file stays one: what it leads to is written.
    let to = if into_folder { to } else { std::fs::canonicalize(&to).unwrap_or(to) };
    if !into_folder && std::fs::metadata(&to).is_ok_and(|there| !there.is_file()) {
        return into_device(library, &Original::of(&picture), to).await;
    }
    let folder = if into_folder { to.clone() } else { parent(&to) };
    if !folder.is_dir() {
        return Err(EngineError::new(
            ErrorKind::InvalidInput,
            messages::Download::NoFolder { folder: folder.display().to_string() },
        ));
    }
    let unwritable = |error| EngineError::unwritable(&folder, &error);
    let saving = Saving::begin(&library.library_dir, &folder).map_err(unwritable)?;
    let written = library.blobs.write_original(&Original::of(&picture), &saving.path()).await;
    written.map_err(|error| of_goal(error, &saving.path(), &to))?;
    if !into_folder {
        saving.replace(&to).map_err(|error| EngineError::unwritable(&to, &error))?;
        return Ok(to);
    }
    let name = name_of(&picture);
    match saving.take_free_name((1..=MOST_COPIES).map(|number| numbered(&name, number))) {
        Ok(Some(path)) => Ok(path),
        Ok(None) => Err(EngineError::new(
            ErrorKind::Disk,
            messages::Download::TooMany { folder: folder.display().to_string(), name: name.to_string() },
        )),
        Err((path, error)) => Err(EngineError::unwritable(&path, &error)),
    }
}

/// What a picture's file is called when it is saved.
pub(crate) async fn saved_name(library: &OpenLibrary, id: u32) -> Result<String> {
    Ok(name_of(&known_picture(library, id).await?))
}

fn name_of(picture: &Picture) -> String {
    let extension = Format::from_name(&picture.image.format).map_or("bin", Format::extension);
    file_name(&picture.image.name, extension)
}

/// Saves pictures into a folder; gives how many. One that fails is no reason to keep the others waiting; then an error says
/// how many were saved, and why the first of those that were not.
pub(crate) async fn download_all(library: &OpenLibrary, ids: Vec<u32>, folder: PathBuf) -> Result<u32> {
    let mut saved = 0;
    let mut failure: Option<EngineError> = None;
    for &id in &ids {
        match download(library, id, folder.clone()).await {
            Ok(_) => saved += 1,
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match failure {
        None => Ok(saved),
        Some(error) if ids.len() == 1 => Err(error),
        Some(error) => Err(EngineError::new(
            error.code,
            messages::Download::Some {
                saved: saved.to_string(),
                asked: ids.len().to_string(),
                why: error.message.to_string(),
            },
        )),
    }
}

/// What is neither a file nor a folder, such as a pipe or `/dev/null`, is written to and never replaced.
async fn into_device(library: &OpenLibrary, original: &Original, to: PathBuf) -> Result<PathBuf> {
    let unwritable = |error| EngineError::unwritable(&library.library_dir, &error);
    let whole = Saving::begin(&library.library_dir, &library.library_dir).map_err(unwritable)?;
    let written = library.blobs.write_original(original, &whole.path()).await;
    written.map_err(|error| of_goal(error, &whole.path(), &library.library_dir))?;
    let goal = to.clone();
    let copied = tokio::task::spawn_blocking(move || {
        std::io::copy(&mut std::fs::File::open(whole.path())?, &mut std::fs::File::options().write(true).open(&goal)?)
    });
    match copied.await {
        Ok(Ok(_)) => Ok(to),
        Ok(Err(error)) => Err(EngineError::unwritable(&to, &error)),
        Err(_) => Err(EngineError::fault()),
    }
}

/// People know where a picture was to go, not what it was written into until it was whole.
fn of_goal(error: EngineError, temporary: &Path, goal: &Path) -> EngineError {
    let of_temporary = Value::Text(temporary.display().to_string());
    if error.values.get("path") == Some(&of_temporary) { error.with("path", goal.display().to_string()) } else { error }
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_path_buf(),
        None => PathBuf::from("."),
    }
}
