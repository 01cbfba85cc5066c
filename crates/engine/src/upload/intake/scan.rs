//! What was dropped, as rows of the ledger: folders are walked, nothing is read.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::UNIX_EPOCH;

use catalogue::table::upload::{NewUpload, Origin};
use percent_encoding::percent_decode_str;
use url::Url;
use walkdir::WalkDir;

use crate::upload::intake::os_path::{folder_of, name_of, to_bytes};
use crate::upload::intake::refusal::{MAX_FILE, Refusal};
use crate::upload::{Source, UploadOptions};

/// How much of a file tells what it is, in bytes.
const HEAD: u64 = 64 << 10;

/// Whether an empty file with such a name should have been a picture.
fn has_ending_of_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| pictures::Format::ENDINGS.contains(&&*ending))
}

/// Files that systems leave in folders and nobody means to upload. Hidden ones (a leading dot) are left alone anyway.
const JUNK: [&str; 5] = ["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "picasa.ini"];

/// Folders of the same kind.
const JUNK_FOLDERS: [&str; 4] = ["__macosx", "@eadir", "$recycle.bin", "system volume information"];

/// Turns sources into rows, in order, and hands each to `out`, which may stop the walk by an error. Blocks: run it where
/// that is allowed.
///
/// # Errors
/// Only what `out` or writing pasted bytes gives. What can't be read becomes a row that says so.
pub(in crate::upload) fn scan<E: From<io::Error>>(
    sources: Vec<Source>,
    options: &UploadOptions,
    spool: &Path,
    out: &mut dyn FnMut(NewUpload) -> Result<(), E>,
) -> Result<(), E> {
    for source in sources {
        let source = match source {
            Source::Path(path) => Source::from_path(path),
            Source::Url(address) => Source::from_text(&address),
            bytes @ Source::Bytes { .. } => bytes,
        };
        match source {
            Source::Path(path) if Source::is_other_address(&path) => {
                out(refused_address(path.display().to_string(), options))?
            }
            Source::Path(path) => scan_path(&path, options, out)?,
            Source::Url(address) if Url::parse(&address).is_ok() => out(web_row(address, options))?,
            Source::Url(address) => out(refused_address(address, options))?,
            Source::Bytes { name, bytes } => out(spool_bytes(name, &bytes, options, spool)?)?,
        }
    }
    Ok(())
}

fn scan_path<E>(
    path: &Path,
    options: &UploadOptions,
    out: &mut dyn FnMut(NewUpload) -> Result<(), E>,
) -> Result<(), E> {
    let row = Row { options, origin: Origin::File, found: false };
    if path.as_os_str().is_empty() {
        return out(row.refused(path, &Refusal::last(crate::ErrorKind::InvalidInput, messages::Upload::EmptyPath)));
    }
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => scan_folder(path, options, out),
        Ok(meta) => out(row.file(path, Some(&meta))),
        Err(error) => out(row.refused(path, &Refusal::unreadable(&name_of(path), &error))),
    }
}

fn scan_folder<E>(
    folder: &Path,
    options: &UploadOptions,
    out: &mut dyn FnMut(NewUpload) -> Result<(), E>,
) -> Result<(), E> {
    let row = Row { options, origin: Origin::File, found: true };
    let mut found = false;
    // Links to folders are not followed: they lead out of what was dropped, or round in circles.
    let mut walk = WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found = true;
                let path = error.path().unwrap_or(folder).to_path_buf();
                let cause =
                    error.into_io_error().unwrap_or_else(|| io::Error::other(messages::Upload::Unlisted.to_string()));
                out(row.refused(&path, &Refusal::unreadable(&name_of(&path), &cause)))?;
                continue;
            }
        };
        let path = entry.path();
        if is_left_out(&entry) {
            // A folder counts as one: what is in it is nobody's pictures.
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            found = true;
            out(row.refused(path, &Refusal::hidden(&name_of(path))))?;
            continue;
        }
        // A link's own metadata says nothing about the file.
        let meta = if entry.file_type().is_symlink() {
            std::fs::metadata(path)
        } else {
            entry.metadata().map_err(io::Error::from)
        };
        match meta {
            Ok(meta) if meta.is_dir() && entry.file_type().is_symlink() => {
                found = true;
                out(row.refused(path, &Refusal::linked_folder(&name_of(path))))?;
            }
            Ok(meta) if meta.is_dir() => {}
            // Sockets, devices and pipes are no files that somebody put there to upload.
            Ok(meta) if !meta.is_file() => {
                found = true;
                out(row.refused(path, &Refusal::no_file(&name_of(path))))?;
            }
            Ok(meta) => {
                found = true;
                out(row.in_folder(path, &meta))?;
            }
            Err(error) => {
                found = true;
                out(row.refused(path, &Refusal::unreadable(&name_of(path), &error)))?;
            }
        }
    }
    if !found {
        out(row.refused(folder, &Refusal::empty_folder(&name_of(folder))))?;
    }
    Ok(())
}

/// Whether it is hidden, or a folder of a system's.
fn is_left_out(entry: &walkdir::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_folder = entry.file_type().is_dir();
    name.starts_with('.') || is_hidden(entry) || (is_folder && JUNK_FOLDERS.contains(&&*name.to_lowercase()))
}

/// Whether a file begins as a picture does; of one that can't be read it isn't known, so that whoever reads it says why.
fn may_be_picture(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_err() || pictures::sniff_named(&head, &name_of(path)).is_some()
}

#[cfg(windows)]
fn is_hidden(entry: &walkdir::DirEntry) -> bool {
    use std::os::windows::fs::MetadataExt;
    const FILE_ATTRIBUTE_HIDDEN: u32 = 2;
    entry.metadata().is_ok_and(|meta| meta.file_attributes() & FILE_ATTRIBUTE_HIDDEN != 0)
}

#[cfg(not(windows))]
fn is_hidden(_: &walkdir::DirEntry) -> bool {
    false
}

/// When a file was last modified, in nanoseconds since 1970, if the system knows.
pub(in crate::upload) fn modified_ns(meta: &Metadata) -> Option<i64> {
    let modified = meta.modified().ok()?;
    match modified.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|nanos| -nanos),
    }
}

/// What all rows of one drop have in common.
struct Row<'a> {
    options: &'a UploadOptions,
    origin: Origin,
    /// Whether the files lay in a folder, rather than being named.
    found: bool,
}

impl Row<'_> {
    /// A file in a folder that was dropped. What is no picture is left alone; most of it is told by whoever reads it.
    fn in_folder(&self, path: &Path, meta: &Metadata) -> NewUpload {
        let row = self.file(path, Some(meta));
        let other = JUNK.contains(&&*row.name.to_lowercase())
            || (meta.len() == 0 && !has_ending_of_picture(path))
            || (meta.len() > MAX_FILE && !may_be_picture(path));
        match other {
            true => NewUpload { failure: Some(Refusal::left_alone(&row.name).failure()), ..row },
            false => row,
        }
    }

    fn file(&self, path: &Path, meta: Option<&Metadata>) -> NewUpload {
        let name = name_of(path);
        let size = meta.map_or(0, Metadata::len);
        let refusal = match meta {
            Some(meta) if !meta.is_file() => Some(Refusal::not_a_file(&name)),
            Some(_) if size == 0 => Some(Refusal::empty(&name)),
            Some(_) if size > MAX_FILE => Some(Refusal::too_large(&name, size)),
            _ => None,
        };
        NewUpload {
            origin: self.origin,
            given: path.display().to_string(),
            shown_source: folder_of(path),
            path: Some(to_bytes(path)),
            album: self.options.album.clone(),
            describe: self.options.describe,
            size,
            modified_ns: meta.and_then(modified_ns),
            failure: refusal.map(|refusal| refusal.failure()),
            found: self.found,
            name,
        }
    }

    fn refused(&self, path: &Path, refusal: &Refusal) -> NewUpload {
        NewUpload { failure: Some(refusal.failure()), ..self.file(path, None) }
    }
}

fn web_row(address: String, options: &UploadOptions) -> NewUpload {
    let url = Url::parse(&address).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default().to_owned();
    let name = url.as_ref().and_then(name_in_address).unwrap_or_else(|| host.clone());
    NewUpload {
        origin: Origin::Url,
        given: address,
        name,
        shown_source: host,
        path: None,
        album: options.album.clone(),
        describe: options.describe,
        size: 0,
        modified_ns: None,
        failure: None,
        found: false,
    }
}

/// The file name at the end of an address, if it has one.
pub(in crate::upload) fn name_in_address(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    let name = names::kept(&names::decoded(&percent_decode_str(last).collect::<Vec<u8>>()))?;
    let name: String = name.trim_start_matches('.').chars().take(200).collect();
    (!name.is_empty()).then_some(name)
}

fn refused_address(address: String, options: &UploadOptions) -> NewUpload {
    let refusal = Refusal::last(crate::ErrorKind::InvalidInput, why_not(&address));
    NewUpload { name: address.clone(), failure: Some(refusal.failure()), ..web_row(address, options) }
}

/// Why an address can't be fetched.
fn why_not(address: &str) -> messages::Upload {
    let is_file = address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let address = address.to_owned();
    match host.filter(|_| is_file) {
        Some(host) => messages::Upload::AnotherComputer { address, host },
        None if is_file => messages::Upload::NamesNoFile { address },
        None => messages::Upload::NotWeb { address },
    }
}

fn spool_bytes(name: String, bytes: &[u8], options: &UploadOptions, spool: &Path) -> io::Result<NewUpload> {
    let mut row = NewUpload {
        origin: Origin::Clipboard,
        given: name.clone(),
        shown_source: "clipboard".to_owned(),
        path: None,
        album: options.album.clone(),
        describe: options.describe,
        size: bytes.len() as u64,
        modified_ns: None,
        failure: None,
        found: false,
        name,
    };
    if bytes.is_empty() {
        row.failure = Some(Refusal::empty(&row.name).failure());
        return Ok(row);
    }
    let path = crate::upload::intake::spool::write(spool, bytes)?;
    row.path = Some(to_bytes(&path));
    Ok(row)
}

#[cfg(test)]
mod tests;
