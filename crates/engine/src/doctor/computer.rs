//! This computer: whether the app can write where it keeps things, and has room to.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::step_sink::StepSink;
use crate::{EngineError, ErrorKind, Result};

/// Less room than this, in bytes, and a library on this computer soon can't grow.
const ROOM: u64 = 500_000_000;

/// Writes a file, reads it back and removes it; and looks at who may read the folder.
pub(super) async fn folder(steps: &mut StepSink<'_>, data_dir: &str) {
    let folder = PathBuf::from(data_dir);
    let tried = tokio::task::spawn_blocking(move || try_folder(&folder)).await;
    steps.result("folder", tried.unwrap_or_else(|_| Err(EngineError::fault())));
}

fn try_folder(folder: &Path) -> Result<String> {
    let shown = folder.display();
    let unusable = |error: std::io::Error| {
        let message = messages::Doctor::FolderUnwritable { folder: shown.to_string(), why: error.to_string() };
        EngineError::new(ErrorKind::Disk, message)
    };
    let mut file = tempfile::Builder::new().prefix(".doctor-").tempfile_in(folder).map_err(unusable)?;
    file.write_all(b"doctor").and_then(|()| file.as_file().sync_all()).map_err(unusable)?;
    if std::fs::read(file.path()).map_err(unusable)? != b"doctor" {
        return Err(unusable(std::io::Error::other(messages::Doctor::FolderOtherBytes.to_string())));
    }
    file.close().map_err(unusable)?;
    for library in ["libraries", "this-computer", "buckets"].map(|name| folder.join(name)) {
        if is_open_to_others(&library) {
            let message = messages::Doctor::FolderOpen { folder: library.display().to_string() };
            return Err(EngineError::new(ErrorKind::Disk, message));
        }
    }
    Ok(messages::Doctor::FolderWell { folder: shown.to_string() }.to_string())
}

/// Whether others may look into a folder that holds pictures. Folders above it may still keep them out.
#[cfg(unix)]
fn is_open_to_others(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// How much room the disk has.
pub(super) async fn space(steps: &mut StepSink<'_>, data_dir: &str) {
    let folder = PathBuf::from(data_dir);
    let free = tokio::task::spawn_blocking(move || fs4::available_space(&folder)).await;
    let told_of = match free {
        Ok(Ok(free)) if free < ROOM => Err(EngineError::new(
            ErrorKind::Disk,
            messages::Doctor::NoRoom { megabytes: (free / 1_000_000).to_string() },
        )),
        Ok(Ok(free)) => Ok(messages::Doctor::Room { gigabytes: format!("{:.1}", free as f64 / 1e9) }.to_string()),
        Ok(Err(error)) => {
            Err(EngineError::new(ErrorKind::Disk, messages::Doctor::RoomUnknown { why: error.to_string() }))
        }
        Err(_) => Err(EngineError::fault()),
    };
    steps.result("space", told_of);
}
