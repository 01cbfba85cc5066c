//! What a store keeps beside an object's bytes: some gateways drop it. That costs something, and not the pictures.

use std::collections::HashMap;

use super::super::facts::Facts;
use super::explain::{ProbeCode, problem};
use super::step::ProbeStep;

/// What is written beside the object: as long, and of the same characters, as what is written beside pictures.
pub(super) fn written() -> HashMap<String, String> {
    let facts = Facts {
        name: "Grüße vom Zeltplatz – 写真 von Änne & Björn, 100 % Sonne (IMG_2041).JPG",
        sha256: "3b1f0c2d4e5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
        taken_at: Some("2026-03-01T12:00:00+01:00"),
        file_modified_at: Some("2026-03-01T12:00:00Z"),
        width: Some(6048),
        height: Some(4024),
        camera: Some("NIKON CORPORATION Z 9"),
        thumbhash: Some("1QcSHQRnh493V4dIh4eXh1h4kJUI+oeXh1h4kJUI"),
        remark: None,
    };
    facts.metadata()
}

/// Whether the metadata came back.
pub(super) fn metadata(given: Option<&HashMap<String, String>>) -> ProbeStep {
    let given: HashMap<String, &String> =
        given.into_iter().flatten().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    let written = written();
    let lost = |what: &str| {
        ProbeStep::lacking(
            "metadata",
            problem(
                ProbeCode::MetadataLost,
                format!(
                    "The store {what} what is written beside an object (x-amz-meta-…). Pictures are safe there. But their \
                     names, dates and SHA-256 then stand in the journal in the bucket alone: should that be lost, too, a \
                     library rebuilt from the bucket knows of a picture what its bytes say."
                ),
            ),
        )
    };
    if written.iter().all(|(name, value)| given.get(name) == Some(&value)) {
        return ProbeStep::ok("metadata", "What is written beside an object comes back as it was.");
    }
    lost(if written.keys().any(|name| given.contains_key(name)) { "changes" } else { "drops" })
}

/// Whether the store names the object's version, and each time by the same name.
pub(super) fn etag(stored: Option<&str>, given: Option<&str>) -> ProbeStep {
    let stored = stored.filter(|etag| !etag.trim_matches('"').is_empty());
    let given = given.filter(|etag| !etag.trim_matches('"').is_empty());
    let message = match (stored, given) {
        (Some(stored), Some(given)) if stored.trim_matches('"') == given.trim_matches('"') => {
            return ProbeStep::ok("etag", "An object has an ETag, and keeps it.");
        }
        (Some(_), Some(_)) => "The store gives another ETag when it is asked about an object than when it took it.",
        (Some(_), None) => "The store gives an ETag when it takes an object, and none when it is asked about it.",
        (None, _) => "The store gives no ETag when it takes an object.",
    };
    ProbeStep::lacking(
        "etag",
        problem(
            ProbeCode::EtagLost,
            format!(
                "{message} That an object is still the one that was stored can’t be told by its ETag then, but only by \
                 reading it: `verify --deep` does."
            ),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_told_and_what_is_kept_is_fine() {
        let all = |change: fn(&str) -> String| -> HashMap<String, String> {
            written().into_iter().map(|(name, value)| (name.to_ascii_uppercase(), change(&value))).collect()
        };
        assert_eq!(metadata(Some(&all(str::to_owned))).code, None);
        for change in [
            |value: &str| value.chars().take(20).collect::<String>(),
            |value: &str| value.to_lowercase(),
            |value: &str| value.replace('%', "%25"),
            |value: &str| value.replace('+', " "),
        ] {
            let step = metadata(Some(&all(change)));
            assert_eq!((step.ok, step.code), (true, Some(ProbeCode::MetadataLost)));
            assert!(step.message.contains("The store changes what"), "{}", step.message);
        }
        for given in [None, Some(&HashMap::new())] {
            let step = metadata(given);
            assert_eq!((step.ok, step.code), (true, Some(ProbeCode::MetadataLost)));
            assert!(step.message.contains("The store drops what"), "{}", step.message);
        }
        assert_eq!(etag(Some("\"a\""), Some("a")).code, None);
        for (stored, given) in [(None, None), (Some("a"), None), (Some("a"), Some("b")), (Some("\"\""), Some("a"))] {
            let step = etag(stored, given);
            assert_eq!((step.ok, step.code), (true, Some(ProbeCode::EtagLost)));
        }
    }
}
