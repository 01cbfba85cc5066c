//! What a store keeps beside an object's bytes: some gateways drop it. That costs something, and not the pictures.

use std::collections::HashMap;

use super::ProbeStep;
use super::explain::{ProbeCode, problem};

/// What is written beside the object.
pub(super) const NAME: &str = "image-manager-check";
pub(super) const VALUE: &str = "kept as it is";

/// Whether the metadata came back.
pub(super) fn metadata(given: Option<&HashMap<String, String>>) -> ProbeStep {
    let given = given.and_then(|all| all.iter().find(|(name, _)| name.eq_ignore_ascii_case(NAME)));
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
    match given {
        Some((_, value)) if value == VALUE => {
            ProbeStep::ok("metadata", "What is written beside an object comes back as it was.")
        }
        Some(_) => lost("changes"),
        None => lost("drops"),
    }
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
                "{message} That an object is still the one that was stored can't be told by its ETag then, but only by \
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
        let all = |value: &str| HashMap::from([(NAME.to_ascii_uppercase(), value.to_owned())]);
        assert_eq!(metadata(Some(&all(VALUE))).code, None);
        for given in [None, Some(&HashMap::new()), Some(&all("kept%20as%20it%20is"))] {
            let step = metadata(given);
            assert_eq!((step.ok, step.code), (true, Some(ProbeCode::MetadataLost)));
        }
        assert_eq!(etag(Some("\"a\""), Some("a")).code, None);
        for (stored, given) in [(None, None), (Some("a"), None), (Some("a"), Some("b")), (Some("\"\""), Some("a"))] {
            let step = etag(stored, given);
            assert_eq!((step.ok, step.code), (true, Some(ProbeCode::EtagLost)));
        }
    }
}
