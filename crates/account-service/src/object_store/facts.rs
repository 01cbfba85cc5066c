//! What an object says of itself for ever, as user metadata, so that a bucket can be understood without this service.
//!
//! Header values are ASCII (RFC 9110), so texts are percent-encoded; a name that would become too long that way stands
//! there in base64. S3 allows 2 KiB of user metadata in all, and what is written here always fits.

use std::collections::HashMap;

use account_api::Remark;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What an object says of itself: what never changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// The file's name, at most 255 characters.
    pub name: &'a str,
    /// Of the bytes; 64 lower-case hex digits.
    pub sha256: &'a str,
    /// As the camera's clock said.
    pub taken_at: Option<&'a str>,
    /// When its file was last modified, at most 40 characters.
    pub file_modified_at: Option<&'a str>,
    /// In pixels, after orientation.
    pub width: Option<u32>,
    /// In pixels, after orientation.
    pub height: Option<u32>,
    /// Make and model.
    pub camera: Option<&'a str>,
    /// Base64.
    pub thumbhash: Option<&'a str>,
    /// What is wrong with the file.
    pub remark: Option<&'a Remark>,
}

/// Percent itself is encoded, too, so that decoding gives the same text back.
const NOT_IN_HEADERS: &AsciiSet = &CONTROLS.add(b'%').add(b' ').add(b'"');

/// Longest name that is percent-encoded, in bytes after that: the longest in base64 is 1,360 bytes.
const LONGEST_NAME: usize = 1360;

/// Longest of the other texts, in bytes after encoding. A longer one is left to the journal.
const LONGEST_TEXT: usize = 256;

impl Facts<'_> {
    /// The hash's name among the metadata.
    pub(crate) const SHA256: &'static str = "sha256";

    /// As user metadata, without the prefix `x-amz-meta-`.
    pub(crate) fn metadata(&self) -> HashMap<String, String> {
        let mut metadata = HashMap::from([(Self::SHA256.to_owned(), self.sha256.to_owned())]);
        let mut add = |key: &str, value: String| metadata.insert(key.to_owned(), value);
        match encoded(self.name) {
            name if name.len() <= LONGEST_NAME => add("name", name),
            _ => add("name64", BASE64_STANDARD.encode(self.name)),
        };
        let texts = [
            ("taken", self.taken_at),
            ("modified", self.file_modified_at),
            ("camera", self.camera),
            ("thumbhash", self.thumbhash),
        ];
        for (key, text) in texts {
            if let Some(text) = text.map(encoded).filter(|text| text.len() <= LONGEST_TEXT) {
                add(key, text);
            }
        }
        for (key, side) in [("width", self.width), ("height", self.height)] {
            if let Some(side) = side {
                add(key, side.to_string());
            }
        }
        // The last, where a very long name has left room for it.
        if let Some(Remark { code, message }) = self.remark {
            let remark = encoded(&format!("{code} {message}"));
            if remark.len() <= LONGEST_REMARK && size(&metadata) + remark.len() + PREFIX + "remark".len() <= MOST {
                metadata.insert("remark".to_owned(), remark);
            }
        }
        metadata
    }
}

/// Longest remark in bytes after encoding.
const LONGEST_REMARK: usize = 512;

/// What S3 allows in all, in bytes.
const MOST: usize = 2048;

/// Length of `x-amz-meta-`, which counts.
const PREFIX: usize = 11;

fn size(metadata: &HashMap<String, String>) -> usize {
    metadata.iter().map(|(key, value)| PREFIX + key.len() + value.len()).sum()
}

/// What an object was found to say of itself. A store that drops metadata leaves nothing of it, one that mangles it a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// As of [`Facts`].
    pub name: Option<String>,
    /// As of [`Facts`].
    pub sha256: Option<String>,
    /// As of [`Facts`].
    pub taken_at: Option<String>,
    /// As of [`Facts`].
    pub file_modified_at: Option<String>,
    /// As of [`Facts`].
    pub width: Option<u32>,
    /// As of [`Facts`].
    pub height: Option<u32>,
    /// As of [`Facts`].
    pub camera: Option<String>,
    /// As of [`Facts`].
    pub thumbhash: Option<String>,
    /// As of [`Facts`].
    pub remark: Option<Remark>,
}

impl Said {
    /// Reads user metadata. What can't be read is left out.
    pub(super) fn read(metadata: &HashMap<String, String>) -> Self {
        let text = |key: &str| metadata.get(key).and_then(|text| decoded(text));
        let side = |key: &str| metadata.get(key).and_then(|side| side.parse().ok()).filter(|side| *side > 0);
        let long = || String::from_utf8(BASE64_STANDARD.decode(metadata.get("name64")?).ok()?).ok();
        Self {
            name: text("name").or_else(long).and_then(|name| names::kept(&name)),
            sha256: metadata.get(Facts::SHA256).filter(|hex| is_sha256(hex)).cloned(),
            taken_at: text("taken"),
            file_modified_at: text("modified"),
            width: side("width"),
            height: side("height"),
            camera: text("camera"),
            thumbhash: text("thumbhash"),
            remark: text("remark").as_deref().and_then(remark),
        }
    }
}

/// The code and the sentence behind it.
fn remark(text: &str) -> Option<Remark> {
    let (code, message) = text.split_once(' ')?;
    Some(Remark { code: code.to_owned(), message: message.to_owned() }).filter(Remark::is_valid)
}

fn is_sha256(hex: &str) -> bool {
    hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_HEADERS).to_string()
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts<'a>(name: &'a str, camera: &'a str) -> Facts<'a> {
        Facts {
            name,
            sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            taken_at: Some("2026-03-01T12:00:00+01:00"),
            file_modified_at: Some("2026-03-01T12:00:00Z"),
            width: Some(u32::MAX),
            height: Some(u32::MAX),
            camera: Some(camera),
            thumbhash: Some("1QcSHQRnh493V4dIh4eXh1h4kJUI+oeXh1h4kJUI+oeXh1h4kJUI+oeXh1h4"),
            remark: None,
        }
    }

    fn missing() -> Remark {
        let message = "The last 100 % are missing, as after an interrupted copy or download.".to_owned();
        Remark { code: "truncated".to_owned(), message }
    }

    #[test]
    fn a_remark_comes_back() {
        let remark = missing();
        let metadata = Facts { remark: Some(&remark), ..facts("IMG_2041.jpg", "Canon EOS 5D") }.metadata();
        assert!(metadata["remark"].bytes().all(|b| b.is_ascii_graphic()));
        assert_eq!(Said::read(&metadata).remark, Some(remark));
    }

    #[test]
    fn names_of_any_kind_come_back_and_always_fit() {
        let long = ["a".repeat(255), "%".repeat(255), "ü".repeat(255), "写".repeat(255), "🦀".repeat(255)];
        let short = ["Grüße 100% \"wow\".jpg", "写真 🦀.png", " leading", "tab\tand + plus.jpg", "e\u{301}.jpg"];
        for name in long.iter().map(String::as_str).chain(short) {
            for camera in ["Nikon Corporation Z 9", &"写".repeat(200)] {
                let metadata = Facts { remark: Some(&missing()), ..facts(name, camera) }.metadata();
                assert!(size(&metadata) <= 2048, "{name}: {}", size(&metadata));
                assert!(metadata.values().all(|value| value.bytes().all(|b| b.is_ascii_graphic())), "{metadata:?}");
                let read = Said::read(&metadata);
                assert_eq!((read.name, read.width), (names::kept(name), Some(u32::MAX)));
                assert_eq!(read.taken_at.as_deref(), Some("2026-03-01T12:00:00+01:00"));
                assert_eq!(read.file_modified_at.as_deref(), Some("2026-03-01T12:00:00Z"));
                assert!(read.camera.is_none_or(|read| read == camera));
            }
        }
    }

    #[test]
    fn what_is_missing_or_not_ours_is_left_out() {
        let read = |pairs: &[(&str, &str)]| {
            Said::read(&pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect())
        };
        let sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        assert_eq!(read(&[]), Said::default());
        assert_eq!(
            read(&[("name", " "), ("sha256", "no"), ("width", "-1"), ("taken", "%ff"), ("remark", "Bad")]),
            Said::default()
        );
        let mangled = read(&[("sha256", sha256), ("name", "%ff"), ("camera", "Z%209")]);
        assert_eq!((mangled.name, mangled.camera.as_deref()), (None, Some("Z 9")));
        assert_eq!(mangled.sha256.as_deref(), Some(sha256));
    }
}
