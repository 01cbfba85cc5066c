//! Saving pictures to disk.

use std::path::{Path, PathBuf};

use pictures::Format;
use tempfile::{NamedTempFile, PersistError};

use super::file_name::{file_name, numbered};
use super::read::known_picture;
use super::unfinished::Unfinished;
use crate::blobs::Original;
use crate::session::Session;
use crate::{EngineError, ErrorKind, Result};

/// Copies of one name in one folder that are tried.
const MOST_COPIES: u32 = 10_000;

/// Saves a picture's bytes. They are compared with its SHA-256 in a temporary file beside the goal, which then takes the
/// goal's name: there is never half a picture under it. One that is interrupted leaves nothing behind.
pub(crate) async fn download(session: &Session, id: u32, to: PathBuf) -> Result<PathBuf> {
    let picture = known_picture(session, id).await?;
    let into_folder = to.is_dir() || to.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    // A link to a file stays one: what it leads to is written.
    let to = if into_folder { to } else { std::fs::canonicalize(&to).unwrap_or(to) };
    if !into_folder && std::fs::metadata(&to).is_ok_and(|there| !there.is_file()) {
        return into_device(session, &Original::of(&picture), to).await;
    }
    let folder = if into_folder { to.clone() } else { parent(&to) };
    if !folder.is_dir() {
        return Err(EngineError::new(
            ErrorKind::InvalidInput,
            format!("There is no folder “{}”. Choose one that exists.", folder.display()),
        ));
    }
    let unwritable = |error| EngineError::disk("written", &folder, &error);
    let unfinished = Unfinished::note(&session.library_dir, &folder).map_err(unwritable)?;
    let file = temporary_file(&folder, &unfinished.name).map_err(unwritable)?;
    let original = Original::of(&picture);
    session.blobs.write_original(session, &original, file.path()).await?;
    if !into_folder {
        file.persist(&to).map_err(|error| EngineError::disk("written", &to, &error.error))?;
        return Ok(to);
    }
    let extension = Format::from_name(&picture.image.format).map_or("bin", Format::extension);
    persist_beside_others(file, &folder, &file_name(&picture.image.name, extension))
}

/// What is neither a file nor a folder, such as a pipe or `/dev/null`, is written to and never replaced.
async fn into_device(session: &Session, original: &Original, to: PathBuf) -> Result<PathBuf> {
    let unwritable = |error| EngineError::disk("written", &session.library_dir, &error);
    let whole = NamedTempFile::new_in(&session.library_dir).map_err(unwritable)?;
    session.blobs.write_original(session, original, whole.path()).await?;
    let goal = to.clone();
    let copied = tokio::task::spawn_blocking(move || {
        std::io::copy(&mut whole.reopen()?, &mut std::fs::File::options().write(true).open(&goal)?)
    });
    match copied.await {
        Ok(Ok(_)) => Ok(to),
        Ok(Err(error)) => Err(EngineError::disk("written", &to, &error)),
        Err(_) => Err(EngineError::fault()),
    }
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_path_buf(),
        None => PathBuf::from("."),
    }
}

/// Gives the file its name in a folder, without ever replacing another.
fn persist_beside_others(mut file: NamedTempFile, folder: &Path, name: &str) -> Result<PathBuf> {
    for number in 1..=MOST_COPIES {
        let path = folder.join(numbered(name, number));
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(PersistError { error, file: again }) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                file = again
            }
            Err(PersistError { error, .. }) => return Err(EngineError::disk("written", &path, &error)),
        }
    }
    Err(EngineError::new(
        ErrorKind::Disk,
        format!("The folder “{}” has too many files called “{name}”. Choose another one.", folder.display()),
    ))
}

/// A temporary file is usually this person's alone; a saved picture has the permissions that new files have.
fn temporary_file(folder: &Path, name: &str) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(name).rand_bytes(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The system takes off what the person's umask forbids.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
