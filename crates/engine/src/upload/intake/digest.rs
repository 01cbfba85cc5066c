//! All checksums of a file in one pass over its bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha2::{Digest, Sha256};

/// MD5 of some bytes in base64, as `Content-MD5` wants it (RFC 1864).
pub(crate) fn content_md5(bytes: &[u8]) -> String {
    STANDARD.encode(Md5::digest(bytes))
}

/// The checksums of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) struct Digests {
    /// Number of bytes hashed.
    pub(in crate::upload) size: u64,
    /// SHA-256, 64 lower-case hex digits.
    pub(in crate::upload) sha256: String,
    /// MD5 in base64.
    pub(in crate::upload) md5: String,
    /// MD5 of every part, when a part size was given.
    pub(in crate::upload) parts: Option<PartDigests>,
}

/// The checksums of a file's parts: with these signed into each part's URL, the store has the very bytes whose SHA-256 was
/// announced, although it never sees the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) struct PartDigests {
    /// Size of every part but the last, in bytes.
    pub(in crate::upload) part_size: u64,
    /// MD5 of each part in base64; part 1 first.
    pub(in crate::upload) md5: Vec<String>,
}

/// Hashes bytes as they come.
pub(in crate::upload) struct Digester {
    size: u64,
    sha256: Sha256,
    md5: Md5,
    parts: Option<Parts>,
}

struct Parts {
    part_size: u64,
    filled: u64,
    current: Md5,
    done: Vec<String>,
}

impl Digester {
    /// Starts at the first byte. With a part size (above 0), parts are hashed, too.
    pub(in crate::upload) fn new(part_size: Option<u64>) -> Self {
        let parts = part_size.filter(|size| *size > 0).map(|part_size| Parts {
            part_size,
            filled: 0,
            current: Md5::new(),
            done: Vec::new(),
        });
        Self { size: 0, sha256: Sha256::new(), md5: Md5::new(), parts }
    }

    /// Takes the next bytes.
    pub(in crate::upload) fn update(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.sha256.update(bytes);
        self.md5.update(bytes);
        if let Some(parts) = &mut self.parts {
            parts.update(bytes);
        }
    }

    /// Number of bytes taken so far.
    pub(in crate::upload) fn size(&self) -> u64 {
        self.size
    }

    /// The checksums.
    pub(in crate::upload) fn finish(self) -> Digests {
        Digests {
            size: self.size,
            sha256: hex::encode(self.sha256.finalize()),
            md5: STANDARD.encode(self.md5.finalize()),
            parts: self.parts.map(Parts::finish),
        }
    }
}

impl Parts {
    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = usize::try_from(self.part_size - self.filled).unwrap_or(usize::MAX).min(bytes.len());
            let (now, later) = bytes.split_at(room);
            self.current.update(now);
            self.filled += now.len() as u64;
            bytes = later;
            if self.filled == self.part_size {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        self.done.push(STANDARD.encode(self.current.finalize_reset()));
        self.filled = 0;
    }

    fn finish(mut self) -> PartDigests {
        if self.filled > 0 || self.done.is_empty() {
            self.close();
        }
        PartDigests { part_size: self.part_size, md5: self.done }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // RFC 1321, A.5, and FIPS 180-2, B.1.
        let mut digester = Digester::new(None);
        digester.update(b"ab");
        digester.update(b"c");
        let digests = digester.finish();
        assert_eq!(digests.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digests.md5, "kAFQmDzST7DWlj99KOF/cg==");
        assert_eq!(digests.parts, None);
    }

    #[test]
    fn parts_are_hashed_whatever_the_reads_are_cut_into() {
        let bytes: Vec<u8> = (0..1000u32).map(|i| (i * 7 % 251) as u8).collect();
        let expected: Vec<String> = bytes.chunks(64).map(content_md5).collect();
        for read in [1, 63, 64, 65, 500, 1000] {
            let mut digester = Digester::new(Some(64));
            bytes.chunks(read).for_each(|chunk| digester.update(chunk));
            assert_eq!(digester.size(), 1000);
            let parts = digester.finish().parts.unwrap();
            assert_eq!(parts.md5, expected, "reads of {read} bytes");
        }
    }

    #[test]
    fn a_file_that_fills_its_last_part_has_no_empty_one() {
        let mut digester = Digester::new(Some(4));
        digester.update(b"12345678");
        assert_eq!(digester.finish().parts.unwrap().md5, [content_md5(b"1234"), content_md5(b"5678")]);
    }
}
