//! The form of a segment: NDJSON in which every line can be checked by itself.
//!
//! ```text
//! {"sum":"<32 hex digits>","segment":{"format":2,"user_id":…,"username":…,"covers":[[1,20]],"entries":…,"sha256":…}}
//! {"sum":"<32 hex digits>","entry":{"revision":…,"image_id":…,"operation":"upsert","image":{…},"stored":{…},"said":{…}}}
//! {"sum":"<32 hex digits>","album":{"revision":…,"album_id":…,"name":…,"stamps":{…}}}
//! {"sum":"<32 hex digits>","link":{"revision":…,"token":…,"link":{"image_id":…,"created_at":…}}}
//! …
//! ```
//!
//! `sum` is the beginning of the SHA-256 of what follows the second colon, to the last brace but one. `sha256` is that of
//! all lines after the first, each with its line feed. The first form had neither albums nor links, nor what was `said` when.

use account_api::LinkChange;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::coverage::Coverage;
use super::entry::Entry;
use super::key::SegmentKey;
use super::said::AlbumEntry;

/// The version of the form.
const FORMAT: u32 = 2;

/// When a segment is full, in bytes. One entry more may be in it, of at most some MB.
pub const FULL: usize = 4 * 1024 * 1024;

/// How much of a line's SHA-256 stands in it, in hex digits: enough that no damage passes for whole.
const SUM: usize = 32;

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the form.
    pub format: u32,
    /// Whose.
    pub user_id: Uuid,
    /// What they call themselves, so that people can tell the libraries of a bucket apart.
    pub username: String,
    /// The revisions whose changes are in it, unless later ones have taken their place.
    pub covers: Coverage,
    /// The number of lines after this one.
    pub entries: usize,
    /// Of all lines after this one; lower-case hex.
    pub sha256: String,
}

/// The kinds of lines after the first.
const PICTURE: &str = "entry";
const ALBUM: &str = "album";
const LINK: &str = "link";

/// A line after the first.
#[derive(Debug, Clone)]
pub enum Line {
    /// Of a picture.
    Picture(Box<Entry>),
    /// Of an album.
    Album(AlbumEntry),
    /// Of a link.
    Link(LinkChange),
}

impl Line {
    /// The account's revision of the change.
    pub fn revision(&self) -> i64 {
        match self {
            Self::Picture(entry) => entry.change.revision,
            Self::Album(entry) => entry.revision,
            Self::Link(entry) => entry.revision,
        }
    }

    fn read(line: &[u8]) -> Option<Self> {
        fn json<T: for<'a> Deserialize<'a>>(kind: &str, line: &[u8]) -> Option<T> {
            opened(kind, line).and_then(|json| serde_json::from_slice(json).ok())
        }
        json(PICTURE, line)
            .map(|entry| Self::Picture(Box::new(entry)))
            .or_else(|| json(ALBUM, line).map(Self::Album))
            .or_else(|| json(LINK, line).map(Self::Link))
    }
}

/// A segment that is being made.
#[derive(Default)]
pub struct Draft {
    lines: Vec<u8>,
    entries: usize,
    last: i64,
}

impl Draft {
    /// Adds a line.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn add(&mut self, line: &Line) -> serde_json::Result<()> {
        let text = match line {
            Line::Picture(entry) => sealed(PICTURE, &serde_json::to_string(entry)?),
            Line::Album(entry) => sealed(ALBUM, &serde_json::to_string(entry)?),
            Line::Link(entry) => sealed(LINK, &serde_json::to_string(entry)?),
        };
        self.lines.extend_from_slice(text.as_bytes());
        self.entries += 1;
        self.last = self.last.max(line.revision());
        Ok(())
    }

    /// Whether it is large enough.
    pub fn is_full(&self) -> bool {
        self.lines.len() >= FULL
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// The last revision in it.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// The segment and its key; none when it covers nothing.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn finish(
        self,
        user_id: Uuid,
        username: &str,
        covers: Coverage,
    ) -> serde_json::Result<Option<(SegmentKey, Vec<u8>)>> {
        let Some((first, last)) = covers.ends() else { return Ok(None) };
        let header = Header {
            format: FORMAT,
            user_id,
            username: username.to_owned(),
            covers,
            entries: self.entries,
            sha256: hex::encode(Sha256::digest(&self.lines)),
        };
        let mut bytes = sealed("segment", &serde_json::to_string(&header)?).into_bytes();
        bytes.extend_from_slice(&self.lines);
        Ok(Some((SegmentKey { user_id, first, last }, bytes)))
    }
}

/// A segment as it was found.
#[derive(Debug, Default)]
pub struct Segment {
    /// The first line, when it is whole.
    pub header: Option<Header>,
    /// The entries of pictures that are whole, in their order.
    pub entries: Vec<Entry>,
    /// Those of albums.
    pub albums: Vec<AlbumEntry>,
    /// Those of links.
    pub links: Vec<LinkChange>,
    /// How many lines are damaged, missing, or of a form that this version doesn't know.
    pub lost: usize,
}

impl Segment {
    /// Whether it is as it was written.
    pub fn is_whole(&self) -> bool {
        self.header.is_some() && self.lost == 0
    }
}

/// Reads a segment, or what is left of it.
pub fn read(bytes: &[u8]) -> Segment {
    let mut segment = Segment::default();
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut damaged = 0;
    let first = lines.clone().next().unwrap_or_default();
    if let Some(header) = opened("segment", first).and_then(|json| serde_json::from_slice::<Header>(json).ok()) {
        segment.header = Some(header);
        lines.next();
    }
    let rest: usize = lines.clone().map(<[u8]>::len).sum();
    for line in lines {
        match Line::read(line) {
            Some(Line::Picture(entry)) => segment.entries.push(*entry),
            Some(Line::Album(entry)) => segment.albums.push(entry),
            Some(Line::Link(entry)) => segment.links.push(entry),
            None => damaged += 1,
        }
    }
    let missing = match &segment.header {
        Some(header) => {
            let read = segment.entries.len() + segment.albums.len() + segment.links.len();
            let short = header.entries.saturating_sub(read);
            let same = header.sha256 == hex::encode(Sha256::digest(&bytes[bytes.len() - rest..]));
            // Damage that leaves every line whole: lines were taken out and others put in.
            if short == 0 && damaged == 0 && !same { 1 } else { short }
        }
        None => 0,
    };
    segment.lost = damaged.max(missing);
    segment
}

fn sealed(kind: &str, json: &str) -> String {
    format!("{{\"sum\":\"{}\",\"{kind}\":{json}}}\n", sum(json.as_bytes()))
}

/// What a line holds, when it is of this kind and whole, its line feed included.
fn opened<'a>(kind: &str, line: &'a [u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(b"{\"sum\":\"")?;
    let (said, rest) = rest.split_at_checked(SUM)?;
    let json = rest.strip_prefix(format!("\",\"{kind}\":").as_bytes())?.strip_suffix(b"}\n")?;
    (said == sum(json).as_bytes()).then_some(json)
}

fn sum(json: &[u8]) -> String {
    let mut hex = hex::encode(Sha256::digest(json));
    hex.truncate(SUM);
    hex
}

#[cfg(test)]
mod tests {
    use account_api::{Change, Operation};

    use super::*;

    fn removal(revision: i64) -> Entry {
        let change = Change { revision, image_id: Uuid::new_v4().to_string(), operation: Operation::Remove };
        Entry { change, stored: None, said: None }
    }

    fn segment(entries: usize) -> Vec<u8> {
        let mut draft = Draft::default();
        for revision in 1..=entries {
            draft.add(&Line::Picture(Box::new(removal(revision as i64)))).unwrap();
        }
        draft.finish(Uuid::new_v4(), "Zoë", Coverage::of(1, entries as i64)).unwrap().unwrap().1
    }

    fn revisions(segment: &Segment) -> Vec<i64> {
        segment.entries.iter().map(|entry| entry.change.revision).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = segment(3);
        let segment = read(&bytes);
        assert!(segment.is_whole());
        assert_eq!(revisions(&segment), [1, 2, 3]);
        let header = segment.header.unwrap();
        assert_eq!((header.covers.ends(), header.entries, &*header.username), (Some((1, 3)), 3, "Zoë"));
        for line in std::str::from_utf8(&bytes).unwrap().lines() {
            serde_json::from_str::<serde_json::Value>(line).expect("every line is JSON");
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_costs_at_most_the_lines_it_touches_and_is_noticed() {
        let bytes = segment(4);
        for at in 0..bytes.len() {
            for bit in [0, 3, 7] {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                let segment = read(&damaged);
                assert!(!segment.is_whole(), "byte {at}, bit {bit}");
                // A damaged line feed joins two lines.
                assert!(segment.entries.len() >= 2, "byte {at}, bit {bit}: {}", segment.entries.len());
            }
        }
    }

    #[test]
    fn a_cut_off_end_costs_what_was_there_and_is_noticed() {
        let bytes = segment(4);
        let ends: Vec<usize> =
            bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
        for cut in 0..bytes.len() {
            let segment = read(&bytes[..cut]);
            assert!(!segment.is_whole(), "cut at {cut}");
            let whole_lines = ends.iter().filter(|end| **end <= cut).count();
            assert_eq!(segment.entries.len(), whole_lines.saturating_sub(1), "cut at {cut}");
        }
    }

    #[test]
    fn lines_that_were_exchanged_are_noticed() {
        let (one, other) = (segment(2), segment(2));
        let line = |bytes: &[u8], n: usize| bytes.split_inclusive(|b| *b == b'\n').nth(n).unwrap().to_vec();
        let mixed = [line(&one, 0), line(&one, 1), line(&other, 2)].concat();
        assert!(!read(&mixed).is_whole());
    }

    #[test]
    fn anything_else_is_lost_but_no_harm() {
        for bytes in [&b""[..], b"\n\n", b"hello", &[0xff; 300]] {
            let segment = read(bytes);
            assert!(!segment.is_whole() && segment.entries.is_empty());
        }
    }
}
