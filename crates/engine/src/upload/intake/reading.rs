//! Reading a file once: checksums, format, facts and thumbnail in one pass, or a sentence why not.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use account_api::{DateSource, Facts, NewPicture, Remark, ThumbnailSpec};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use pictures::{Format, Likeness};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::OwnedSemaphorePermit;

use crate::upload::intake::digest::{Digester, Digests, content_md5};
use crate::upload::intake::refusal::{MAX_FILE, Refusal};
use crate::upload::intake::scan::modified_ns;

/// Files of up to this many bytes are looked at as pictures; of larger ones only the format is recognised.
pub(crate) const EXAMINED_UP_TO: u64 = 128 << 20;

/// Files of up to this many bytes are kept in memory until they are sent, when there is room.
pub(in crate::upload) const KEPT_UP_TO: u64 = 4 << 20;

/// How much is read at a time.
const CHUNK: usize = 1 << 20;

/// How much of a file tells its format.
const HEAD: usize = 64 << 10;

/// The service sends larger files in parts of this size (it says so with each grant; when it says something else, parts
/// are hashed again).
const LIKELY_PART: u64 = 8 << 20;

/// Smaller files go up in one piece.
const LIKELY_SINGLE: u64 = 16 << 20;

/// What tells that a file is still the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::upload) struct Identity {
    /// Size in bytes.
    pub(in crate::upload) size: u64,
    /// When it was last modified, in nanoseconds since 1970.
    pub(in crate::upload) modified_ns: Option<i64>,
}

impl Identity {
    fn of(meta: &Metadata) -> Self {
        Self { size: meta.len(), modified_ns: modified_ns(meta) }
    }

    /// Whether the file at this path still looks the same.
    pub(in crate::upload) fn still_holds(&self, path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|meta| Self::of(&meta) == *self)
    }
}

/// A thumbnail that was made of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) struct MadeThumbnail {
    /// The encoded file.
    pub(in crate::upload) bytes: Bytes,
    /// `image/jpeg` or `image/png`.
    pub(in crate::upload) content_type: &'static str,
    /// MD5 in base64.
    pub(in crate::upload) content_md5: String,
    /// What the picture is compared by; absent for one that is flat.
    pub(in crate::upload) likeness: Option<Likeness>,
}

/// Everything that reading a file gave.
#[derive(Debug)]
pub(in crate::upload) struct Reading {
    /// What tells that it is still this file.
    pub(in crate::upload) identity: Identity,
    /// Checksums.
    pub(in crate::upload) digests: Digests,
    /// The format found in the bytes.
    pub(in crate::upload) format: Format,
    /// The thumbnail, where the format has one.
    pub(in crate::upload) thumbnail: Option<MadeThumbnail>,
    /// All bytes, of a small file.
    pub(in crate::upload) bytes: Option<Bytes>,
    /// Room in memory that these bytes take.
    room: Option<OwnedSemaphorePermit>,
    width: Option<u32>,
    height: Option<u32>,
    taken_at: Option<String>,
    /// Whether it was pasted or fetched: its file is the app's, and its times say nothing.
    pub(in crate::upload) spooled: bool,
    camera: Option<String>,
    facts: Facts,
    thumbhash: Option<String>,
    /// What is wrong with the file.
    pub(in crate::upload) remark: Option<Remark>,
}

impl Reading {
    /// Keeps the bytes in memory if there is room for them.
    pub(in crate::upload) fn keep(&mut self, bytes: Bytes, room: Option<OwnedSemaphorePermit>) {
        self.bytes = room.is_some().then_some(bytes);
        self.room = room;
    }

    /// Whether the file is damaged.
    pub(in crate::upload) fn is_damaged(&self) -> bool {
        self.remark.as_ref().is_some_and(Remark::is_damage)
    }

    /// When the file was last modified, of a picture that doesn't say itself when it was taken. Nothing that is read from the
    /// spool has a time of its own.
    fn file_date(&self) -> Option<String> {
        if self.taken_at.is_some() || self.spooled {
            return None;
        }
        let modified = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.identity.modified_ns?)).ok()?;
        // Some days ahead may be a clock; more is nonsense.
        let believed =
            modified.unix_timestamp() > EARLIEST && modified < OffsetDateTime::now_utc() + time::Duration::days(2);
        let whole_seconds = modified.replace_nanosecond(0).ok()?;
        whole_seconds.format(&Rfc3339).ok().filter(|_| believed)
    }

    /// The announcement to the service.
    pub(in crate::upload) fn announcement(&self, reference: String, name: &str) -> NewPicture {
        let file_date = self.file_date();
        let by_file = Facts { date_source: file_date.as_ref().map(|_| DateSource::File), ..Facts::default() };
        NewPicture {
            reference,
            name: sendable_name(name, self.format),
            format: self.format.name().to_owned(),
            size: self.digests.size,
            sha256: self.digests.sha256.clone(),
            content_md5: self.digests.md5.clone(),
            width: self.width,
            height: self.height,
            taken_at: self.taken_at.clone(),
            file_modified_at: file_date,
            camera: self.camera.clone(),
            facts: self.facts.clone().or(by_file),
            thumbhash: self.thumbhash.clone(),
            remark: self.remark.clone(),
            thumbnail: self.thumbnail.as_ref().map(|thumbnail| ThumbnailSpec {
                content_type: thumbnail.content_type.to_owned(),
                size: thumbnail.bytes.len() as u64,
                content_md5: thumbnail.content_md5.clone(),
            }),
        }
    }
}

/// The earliest time that a file is believed to be of: what is older is a clock that was never set, and archives write
/// 1980-01-01 for "unknown".
const EARLIEST: i64 = 315_619_200;

/// A name as the service takes it ([`names::picture_name`]): no control characters, no folders, not too long. A file's name is
/// one whole, whatever would be a folder in it elsewhere.
fn sendable_name(name: &str, format: Format) -> String {
    let unfit = |c: char| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c };
    let whole: String = name.chars().map(unfit).collect();
    names::kept(&whole).unwrap_or_else(|| format!("picture.{}", format.extension()))
}

/// Why a file couldn't be read.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::upload) enum ReadFault {
    /// Something writes to it; reading it again may do.
    Changed,
    /// Its bytes are no picture's.
    NotAPicture,
    /// It is refused.
    Refused(Refusal),
}

impl From<Refusal> for ReadFault {
    fn from(refusal: Refusal) -> Self {
        ReadFault::Refused(refusal)
    }
}

/// Reads a file. Blocks, and uses a processor: run it where that is allowed. `name` is for sentences.
///
/// # Errors
/// See [`ReadFault`].
pub(in crate::upload) fn read(path: &Path, name: &str) -> Result<Reading, ReadFault> {
    let unreadable = |error: io::Error| ReadFault::Refused(Refusal::unreadable(name, &error));
    // Before opening: that of a named pipe would wait for a writer.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Refusal::not_a_file(name).into());
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let before = Identity::of(&file.metadata().map_err(unreadable)?);
    if before.size == 0 {
        return Err(Refusal::empty(name).into());
    }
    if before.size > MAX_FILE {
        return Err(Refusal::too_large(name, before.size).into());
    }
    let (digests, bytes, head_format) = hash(&mut file, before.size, name)?;
    let after = Identity::of(&file.metadata().map_err(unreadable)?);
    if before != after {
        return Err(ReadFault::Changed);
    }
    let mut reading = Reading {
        identity: before,
        digests,
        format: head_format,
        thumbnail: None,
        bytes: None,
        room: None,
        width: None,
        height: None,
        taken_at: None,
        spooled: false,
        camera: None,
        facts: Facts::default(),
        thumbhash: None,
        remark: None,
    };
    if let Some(bytes) = bytes {
        let picture = decoding::examine_named(&bytes, name).map_err(|error| Refusal::picture(name, &error))?;
        reading.format = picture.format;
        (reading.width, reading.height) = (picture.width, picture.height);
        (reading.taken_at, reading.camera, reading.facts) = (picture.taken_at, picture.camera, picture.facts);
        reading.remark =
            picture.remark.map(|remark| Remark { code: remark.code().to_owned(), message: remark.to_string() });
        reading.thumbhash = picture.thumbhash.map(|hash| STANDARD.encode(hash));
        reading.thumbnail = picture.thumbnail.map(|thumbnail| MadeThumbnail {
            content_md5: content_md5(&thumbnail.bytes),
            bytes: thumbnail.bytes.into(),
            content_type: thumbnail.mime,
            likeness: thumbnail.likeness,
        });
        reading.bytes = (before.size <= KEPT_UP_TO).then(|| bytes.into());
    }
    Ok(reading)
}

/// Reads to the end, hashing; gives the bytes, too, unless the file is too large to be looked at as a picture. A file whose end
/// comes sooner or later than its size says is one that something writes to.
fn hash(file: &mut impl Read, size: u64, name: &str) -> Result<(Digests, Option<Vec<u8>>, Format), ReadFault> {
    let keep = size <= EXAMINED_UP_TO;
    let capacity = usize::try_from(size).unwrap_or(usize::MAX);
    let mut digester = Digester::new((size > LIKELY_SINGLE).then_some(LIKELY_PART));
    let mut all = Vec::with_capacity(if keep { capacity } else { 0 });
    let mut buffer = vec![0; CHUNK.min(capacity.saturating_add(1))];
    let mut format = None;
    loop {
        let filled = fill(file, &mut buffer).map_err(|error| Refusal::unreadable(name, &error))?;
        let chunk = &buffer[..filled];
        if chunk.is_empty() && digester.size() < size {
            return Err(ReadFault::Changed);
        }
        if format.is_none() {
            // A film of many gigabytes is refused by its first bytes.
            let head = &chunk[..chunk.len().min(HEAD)];
            format = Some(pictures::sniff_named(head, name).ok_or(ReadFault::NotAPicture)?);
        }
        digester.update(chunk);
        if digester.size() > size {
            return Err(ReadFault::Changed);
        }
        if keep {
            all.extend_from_slice(chunk);
        }
        if filled < buffer.len() {
            break;
        }
    }
    if digester.size() != size {
        return Err(ReadFault::Changed);
    }
    let format = format.ok_or(ReadFault::NotAPicture)?;
    Ok((digester.finish(), keep.then_some(all), format))
}

/// Fills the buffer unless the file ends.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests;
