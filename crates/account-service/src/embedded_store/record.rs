//! What is known of objects beside their bytes, and how far it can be believed.
//!
//! A record is a file of its own, so it can be damaged or lost while its object is whole. That costs what it says and nothing
//! else: the object is listed, served and removed all the same, and whoever reads its bytes can write the record anew
//! (`Folder::mend`).

use std::collections::HashMap;
use std::fs::Metadata;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What is known of an object beside its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRecord {
    /// The media type.
    pub content_type: Option<String>,
    /// `x-amz-meta-…`, without the prefix.
    pub metadata: HashMap<String, String>,
    /// MD5 in hex; for a multipart upload the MD5 of the parts' MD5s, a hyphen and their number, as S3 does.
    pub etag: String,
}

/// What may be said of an object: nothing, when its record is damaged or lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Believed {
    /// The media type.
    pub content_type: Option<String>,
    /// `x-amz-meta-…`, without the prefix.
    pub metadata: HashMap<String, String>,
    /// Absent also when the bytes were written later than the record: then it was made of other ones, for all that is known.
    pub etag: Option<String>,
}

impl Believed {
    /// Reads an object's record.
    pub fn read(record: &Path, object: &Metadata) -> Self {
        let read = std::fs::metadata(record).and_then(|meta| Ok((meta, read(record)?)));
        let (meta, ObjectRecord { content_type, metadata, etag }) = match read {
            Ok(read) => read,
            Err(error) => {
                let record = names::visible_name(&record.to_string_lossy());
                tracing::warn!(record, why = machine::why(&error), "an object’s record can’t be read");
                return Self::default();
            }
        };
        // A record is made after its object's last byte was written.
        let is_newer = object.modified().ok().zip(meta.modified().ok()).is_some_and(|(object, record)| object > record);
        Self { content_type, metadata, etag: (!is_newer && !etag.is_empty()).then_some(etag) }
    }
}

/// Reads a record as it was written.
pub fn read(path: &Path) -> io::Result<ObjectRecord> {
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn believed(record: &[u8], bytes_are_newer: bool) -> Believed {
        let dir = tempfile::tempdir().unwrap();
        let (object, facts) = (dir.path().join("object"), dir.path().join("facts"));
        std::fs::write(&object, b"bytes").unwrap();
        std::fs::write(&facts, record).unwrap();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let file = std::fs::File::options().write(true).open(&object).unwrap();
        file.set_modified(at(if bytes_are_newer { 3_000_000_000 } else { 1_000_000_000 })).unwrap();
        Believed::read(&facts, &std::fs::metadata(&object).unwrap())
    }

    #[test]
    fn a_damaged_record_says_nothing_and_one_of_other_bytes_gives_no_tag() {
        let whole = ObjectRecord {
            content_type: Some("image/png".to_owned()),
            metadata: HashMap::from([("name".to_owned(), "a.png".to_owned())]),
            etag: "0123456789abcdef0123456789abcdef".to_owned(),
        };
        let json = serde_json::to_vec(&whole).unwrap();
        let read = believed(&json, false);
        assert_eq!((read.etag.as_ref(), &read.metadata), (Some(&whole.etag), &whole.metadata));
        let read = believed(&json, true);
        assert_eq!((read.etag, read.metadata), (None, whole.metadata));
        for damaged in [&b""[..], b"{", b"null", &json[..json.len() / 2], &[0; 64], b"\xff\xfe"] {
            assert_eq!(believed(damaged, false), Believed::default(), "{damaged:?}");
        }
    }
}
