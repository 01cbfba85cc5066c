//! What goes over the pipes: a head in JSON, and the bytes that belong to it.

use std::io::{self, Read, Write};

use account_api::Facts;
use pictures::{Format, Likeness, Picture, PictureError, Remark, Rendition, Thumbnail};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The longest head, in bytes: facts are a few texts.
const LONGEST_HEAD: u32 = 1 << 20;

/// The most bytes of one body: a picture that is looked at is far smaller.
const LONGEST_BODY: u64 = 1 << 30;

/// What is wanted. The picture's bytes are the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Facts and a thumbnail.
    Examine,
    /// The same of a picture whose format only its name tells.
    ExamineAs { format: Format },
    /// Facts of a picture on which decoding broke off.
    ExamineUndecoded { format: Format },
    /// A JPEG of a page, of at most so many pixels a side.
    Rendition { page: u32, max_side: u32 },
    /// A thumbnail of at most so many pixels a side.
    Thumbnail { side: u32 },
    /// What a picture is compared by.
    Likeness,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The thumbnail's bytes are the body.
    Picture(Box<Examined>),
    /// The JPEG is the body.
    Rendition { width: u32, height: u32 },
    /// The thumbnail's bytes are the body.
    Thumbnail(Small),
    /// What there is of it.
    Likeness(Option<Compared>),
    /// There is no answer.
    Failed(PictureError),
    /// A decoder panicked.
    Panicked,
}

/// A picture without the bytes of its thumbnail.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Examined {
    format: Format,
    width: Option<u32>,
    height: Option<u32>,
    taken_at: Option<String>,
    camera: Option<String>,
    facts: Facts,
    thumbhash: Option<Vec<u8>>,
    thumbnail: Option<Small>,
    remark: Option<Remark>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Small {
    is_png: bool,
    width: u32,
    height: u32,
    likeness: Option<Compared>,
}

/// A [`Likeness`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Compared {
    hashes: [u64; 8],
    grey: Vec<u8>,
}

/// `Thumbnail::mime` where it has no transparency, and where it has.
const MIMES: [&str; 2] = ["image/jpeg", "image/png"];

impl Answer {
    /// What was decoded, taken apart into head and body.
    pub(crate) fn of_picture(picture: Picture) -> (Self, Vec<u8>) {
        let Picture { format, width, height, taken_at, camera, facts, thumbhash, thumbnail, remark } = picture;
        let small = thumbnail.as_ref().map(Small::of);
        let head = Examined { format, width, height, taken_at, camera, facts, thumbhash, thumbnail: small, remark };
        (Self::Picture(Box::new(head)), thumbnail.map(|made| made.bytes).unwrap_or_default())
    }

    /// The same of a rendition.
    pub(crate) fn of_rendition(made: Rendition) -> (Self, Vec<u8>) {
        (Self::Rendition { width: made.width, height: made.height }, made.bytes)
    }

    /// The same of a thumbnail.
    pub(crate) fn of_thumbnail(made: Thumbnail) -> (Self, Vec<u8>) {
        (Self::Thumbnail(Small::of(&made)), made.bytes)
    }
}

impl Small {
    fn of(made: &Thumbnail) -> Self {
        let likeness = made.likeness.map(Compared::of);
        Self { is_png: made.mime == MIMES[1], width: made.width, height: made.height, likeness }
    }

    /// Put together again.
    pub(crate) fn with(self, bytes: Vec<u8>) -> Thumbnail {
        let likeness = self.likeness.and_then(Compared::together);
        Thumbnail { bytes, mime: MIMES[usize::from(self.is_png)], width: self.width, height: self.height, likeness }
    }
}

impl Compared {
    /// Taken apart.
    pub(crate) fn of(likeness: Likeness) -> Self {
        Self { hashes: likeness.hashes, grey: likeness.grey.to_vec() }
    }

    /// Put together again.
    pub(crate) fn together(self) -> Option<Likeness> {
        Some(Likeness { hashes: self.hashes, grey: self.grey.try_into().ok()? })
    }
}

impl Examined {
    /// Put together again.
    pub(crate) fn with(self, body: Vec<u8>) -> Picture {
        let Self { format, width, height, taken_at, camera, facts, thumbhash, thumbnail, remark } = self;
        let thumbnail = thumbnail.map(|small| small.with(body));
        Picture { format, width, height, taken_at, camera, facts, thumbhash, thumbnail, remark }
    }
}

/// Writes a head and its body.
pub(crate) fn write(to: &mut impl Write, head: &impl Serialize, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    let length = u32::try_from(head.len()).ok().filter(|length| *length <= LONGEST_HEAD).ok_or_else(too_long)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&(body.len() as u64).to_le_bytes())?;
    to.write_all(&head)?;
    to.write_all(body)?;
    to.flush()
}

/// Reads a head and its body; nothing at the end of the stream.
pub(crate) fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut length = [0; 4];
    match from.read(&mut length[..1])? {
        0 => return Ok(None),
        _ => from.read_exact(&mut length[1..])?,
    }
    let mut size = [0; 8];
    from.read_exact(&mut size)?;
    let (length, size) = (u32::from_le_bytes(length), u64::from_le_bytes(size));
    if length > LONGEST_HEAD || size > LONGEST_BODY {
        return Err(too_long());
    }
    let mut head = vec![0; length as usize];
    from.read_exact(&mut head)?;
    // Room that isn't filled with zeros first: pictures have megabytes.
    let mut body = Vec::with_capacity(usize::try_from(size).map_err(|_| too_long())?);
    if from.take(size).read_to_end(&mut body)? as u64 != size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((serde_json::from_slice(&head)?, body)))
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a frame is longer than any that is sent")
}
