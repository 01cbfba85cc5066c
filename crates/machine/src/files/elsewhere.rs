//! Where files have no mode: the rights of the person's folder hold for all that is in it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

pub(super) fn private_folder(_: &mut DirBuilder) {}

pub(super) fn private_file(_: &mut OpenOptions) {}

pub(super) fn is_loose(_: &Path) -> bool {
    false
}

pub(super) fn tighten(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn somebody_elses(_: &File) -> io::Result<Option<String>> {
    Ok(None)
}

pub(super) fn same_disk(one: &Path, other: &Path) -> io::Result<bool> {
    // A drive, or a share of another computer.
    Ok(one.canonicalize()?.components().next() == other.canonicalize()?.components().next())
}
