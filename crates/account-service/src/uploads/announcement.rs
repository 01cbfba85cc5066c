//! What a client announces, checked, and how its bytes will travel.

use account_api::{ErrorCode, Examination, NewPicture, Remark, ThumbnailSpec};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::config::Limits;
use crate::error::{Error, Result};
use crate::media::{self, Media};
use crate::object_store::{Facts, PutSpec};
use crate::size;
use crate::storage::entity::upload;
use crate::uploads::THUMBNAILS;

/// Up to here a picture is one PUT; above, losing the connection should not cost all of it.
pub const SINGLE_PUT: u64 = 16 * 1024 * 1024;
/// The size of a part, unless there would be too many.
const PART: u64 = 8 * 1024 * 1024;
/// S3: at most so many parts.
const MOST_PARTS: u64 = 10_000;
/// S3: a part is at most so large.
const LARGEST_PART: u64 = 5 * 1024 * 1024 * 1024;
/// The largest thumbnail.
const THUMBNAIL: u64 = 1024 * 1024;

/// Checks an announcement.
///
/// # Errors
/// What is wrong with it, in a sentence; it concerns this file only.
pub fn check(file: &NewPicture, limits: &Limits) -> Result<Media> {
    let largest = limits.file_size;
    let media = media::by_name(&file.format).ok_or_else(|| {
        Error::new(ErrorCode::UnsupportedMedia, format!("“{}” is not a picture format of this service.", file.format))
    })?;
    if file.size == 0 {
        return Err(Error::invalid("size: the file is empty."));
    }
    if file.size > largest.min(MOST_PARTS * LARGEST_PART) {
        return Err(too_large(largest));
    }
    if limits.without_parts && part_size(file.size).is_some() {
        return Err(needs_parts());
    }
    if file.sha256.len() != 64 || !file.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(Error::invalid("sha256: 64 lower-case hex digits."));
    }
    check_md5("content_md5", &file.content_md5)?;
    names::picture_name(&file.name).map_err(|fault| Error::invalid(format!("name: {fault}")))?;
    Read {
        texts: [
            ("taken_at", file.taken_at.as_deref(), 40),
            ("file_modified_at", file.file_modified_at.as_deref(), 40),
            ("camera", file.camera.as_deref(), 200),
            ("thumbhash", file.thumbhash.as_deref(), 60),
        ],
        sides: [file.width, file.height],
        remark: file.remark.as_ref(),
        thumbnail: file.thumbnail.as_ref(),
    }
    .check()?;
    Ok(media)
}

/// What was read from a file.
struct Read<'a> {
    /// Names, values, and how many characters they have at most.
    texts: [(&'static str, Option<&'a str>, usize); 4],
    sides: [Option<u32>; 2],
    remark: Option<&'a Remark>,
    thumbnail: Option<&'a ThumbnailSpec>,
}

impl Read<'_> {
    fn check(&self) -> Result<()> {
        for (field, text, most) in self.texts {
            if text.is_some_and(|text| text.chars().count() > most || text.chars().any(char::is_control)) {
                return Err(Error::invalid(format!("{field}: at most {most} characters.")));
            }
        }
        if self.remark.is_some_and(|remark| !remark.is_valid()) {
            return Err(Error::invalid("remark: a code of a to z and _, and a sentence of at most 300 characters."));
        }
        if self.sides.into_iter().flatten().any(|side| side == 0 || i32::try_from(side).is_err()) {
            return Err(Error::invalid("width, height: in pixels, at least 1."));
        }
        if let Some(thumbnail) = self.thumbnail {
            check_md5("thumbnail.content_md5", &thumbnail.content_md5)?;
            if media::thumbnail_extension(&thumbnail.content_type).is_none() {
                return Err(Error::invalid("thumbnail.content_type: image/jpeg, image/png or image/webp."));
            }
            if !(1..=THUMBNAIL).contains(&thumbnail.size) {
                return Err(Error::invalid("thumbnail.size: 1 byte to 1 MiB."));
            }
        }
        Ok(())
    }
}

/// Checks what a later look at a picture's bytes gave.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub fn check_examination(found: &Examination) -> Result<()> {
    Read {
        texts: [
            ("taken_at", found.taken_at.as_deref(), 40),
            ("camera", found.camera.as_deref(), 200),
            ("thumbhash", found.thumbhash.as_deref(), 60),
            ("image_id", Some(&found.image_id), 40),
        ],
        sides: [found.width, found.height],
        remark: found.remark.as_ref(),
        thumbnail: found.thumbnail.as_ref(),
    }
    .check()
}

/// The refusal of a picture that is larger than `largest` bytes.
pub fn too_large(largest: u64) -> Error {
    let mebibytes = largest / (1024 * 1024);
    let most = if mebibytes > 0 { format!("{mebibytes} MiB") } else { size::in_words(largest) };
    Error::new(ErrorCode::TooLarge, format!("This service takes pictures of up to {most}."))
}

/// The refusal of a picture that would travel in parts, where the store can't put parts together.
fn needs_parts() -> Error {
    let most = SINGLE_PUT / (1024 * 1024);
    Error::new(
        ErrorCode::TooLarge,
        format!(
            "The store can’t put large files together, so it takes files of up to {most} MiB, as was agreed when it was \
             chosen. The file stays where it is; a store that takes files in parts takes it."
        ),
    )
}

fn check_md5(field: &'static str, md5: &str) -> Result<()> {
    match BASE64_STANDARD.decode(md5) {
        Ok(bytes) if bytes.len() == 16 => Ok(()),
        _ => Err(Error::invalid(format!("{field}: the MD5 in base64."))),
    }
}

/// The size of the parts that a file of this size travels in; none for a single PUT.
pub fn part_size(size: u64) -> Option<u64> {
    if size <= SINGLE_PUT {
        return None;
    }
    let mut part = PART;
    while size.div_ceil(part) > MOST_PARTS {
        part *= 2;
    }
    Some(part.min(LARGEST_PART))
}

/// An upload as it stands in the ledger, with its announcement read.
pub struct Announced {
    /// The row.
    pub row: upload::Model,
    /// What the client said.
    pub file: NewPicture,
    /// Its format.
    pub media: Media,
    /// Whether it was begun by an earlier request, which may have been cut short anywhere.
    pub is_taken_up: bool,
}

impl Announced {
    /// Reads the announcement of a row that an earlier request wrote.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn taken_up(row: upload::Model) -> Result<Self> {
        Ok(Self { is_taken_up: true, ..Self::of(row)? })
    }

    /// Reads the announcement of a row.
    ///
    /// # Errors
    /// When the row was written by another version in another form.
    pub fn of(row: upload::Model) -> Result<Self> {
        let file: NewPicture = serde_json::from_str(&row.announced).map_err(Error::internal)?;
        let media = media::by_name(&file.format)
            .ok_or_else(|| Error::internal(format!("upload {} has an unknown format", row.id)))?;
        Ok(Self { row, file, media, is_taken_up: false })
    }

    /// Whether this file can go on with it: the same bytes are sent in the same way.
    pub fn is_of(&self, file: &NewPicture) -> bool {
        self.file.size == file.size && self.file.content_md5 == file.content_md5
    }

    /// Parts: their size and number; none for a single PUT.
    pub fn parts(&self) -> Option<(u64, u32)> {
        let part = u64::try_from(self.row.part_size?).ok().filter(|part| *part > 0)?;
        Some((part, u32::try_from(self.file.size.div_ceil(part)).ok()?))
    }

    /// The size of one part; none when there is no part of this number.
    pub fn size_of_part(&self, number: u32) -> Option<u64> {
        let (part, count) = self.parts()?;
        match number {
            0 => None,
            last if last == count => Some(self.file.size - part * u64::from(count - 1)),
            number if number < count => Some(part),
            _ => None,
        }
    }

    /// What goes to the store.
    pub fn object(&self) -> PutSpec<'_> {
        PutSpec {
            key: &self.row.object_key,
            content_type: self.media.content_type,
            size: self.file.size,
            content_md5: &self.file.content_md5,
            facts: Some(Facts {
                name: self.file.name.trim(),
                sha256: &self.file.sha256,
                taken_at: self.file.taken_at.as_deref(),
                file_modified_at: self.file.file_modified_at.as_deref(),
                width: self.file.width,
                height: self.file.height,
                camera: self.file.camera.as_deref(),
                thumbhash: self.file.thumbhash.as_deref(),
                remark: self.file.remark.as_ref(),
            }),
        }
    }

    /// Where the thumbnail goes: beside the pictures, under the same name.
    pub fn thumbnail_key(&self) -> Option<String> {
        let spec = self.file.thumbnail.as_ref()?;
        let extension = media::thumbnail_extension(&spec.content_type)?;
        Some(format!("{THUMBNAILS}{}/{}.{extension}", self.row.user_id, self.row.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_when_there_would_be_too_many() {
        const MIB: u64 = 1024 * 1024;
        assert_eq!(part_size(16 * MIB), None);
        assert_eq!(part_size(16 * MIB + 1), Some(8 * MIB));
        assert_eq!(part_size(80_000 * MIB), Some(8 * MIB));
        assert_eq!(part_size(80_000 * MIB + 1), Some(16 * MIB));
        let largest = MOST_PARTS * LARGEST_PART;
        let part = part_size(largest).unwrap();
        assert!(part <= LARGEST_PART && largest.div_ceil(part) <= MOST_PARTS);
    }
}
