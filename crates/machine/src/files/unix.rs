//! Rights as Unix has them.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// What others than the owner may do.
const OTHERS: u32 = 0o077;

/// A folder in which everybody may make files and nobody may remove another's.
const STICKY: u32 = 0o1000;

pub(super) fn private_folder(builder: &mut DirBuilder) {
    builder.mode(0o700);
}

pub(super) fn private_file(options: &mut OpenOptions) {
    options.mode(0o600);
}

pub(super) fn is_loose(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|facts| !facts.is_symlink() && facts.mode() & OTHERS != 0)
}

pub(super) fn tighten(path: &Path) -> io::Result<()> {
    let facts = path.symlink_metadata()?;
    let mode = facts.mode() & 0o7777;
    if facts.is_symlink() || mode & OTHERS == 0 || (facts.is_dir() && mode & STICKY != 0) {
        return Ok(());
    }
    std::fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS))
}

pub(super) fn somebody_elses(file: &File) -> io::Result<Option<String>> {
    let facts = file.metadata()?;
    let me = rustix::process::geteuid().as_raw();
    if facts.uid() != me && facts.uid() != 0 {
        return Ok(Some(format!("it belongs to user {} and this program runs as user {me}", facts.uid())));
    }
    Ok((facts.mode() & 0o022 != 0).then(|| format!("others may write it (its mode is {:04o})", facts.mode() & 0o7777)))
}

pub(super) fn same_disk(one: &Path, other: &Path) -> io::Result<bool> {
    Ok(one.metadata()?.dev() == other.metadata()?.dev())
}
