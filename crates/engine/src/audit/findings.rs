//! What was found of some pictures, as the service answers it.

use account_api::{CheckedBy, Image, VerifyOutcome, VerifyRequest, VerifyResult};
use catalogue::table::audit::{Look, Outcome};
use catalogue::table::picture::Picture;

use crate::ErrorKind;
use crate::connection::Access;
use crate::library::Library;

/// By download, as it stands in the catalogue beside the wire's names.
pub(super) const DOWNLOADED: &str = "downloaded";

/// What was found of some pictures, and records that changed by looking.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) looks: Vec<Look>,
    pub(super) images: Vec<Image>,
}

impl Findings {
    /// Why, when none of several pictures could be asked about.
    pub(super) fn outage(&self) -> Option<String> {
        let all_failed = !self.looks.is_empty() && self.looks.iter().all(|look| look.outcome == Outcome::Failed);
        all_failed.then(|| self.looks[0].message.clone().unwrap_or_default())
    }
}

/// How thoroughly pictures are looked at. What isn't proven yet is read back by the service in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The service asks the store for size and entity tag.
    Look,
    /// The same for somebody who is about to give up a file of their own: a tag has to be the store's word for the bytes of
    /// today, or else the service reads them.
    Proof,
    /// The bytes are downloaded to this computer and hashed.
    Bytes,
}

/// Asks about these pictures.
pub(super) fn request(pictures: &[Picture], read_back: bool, depth: Depth) -> VerifyRequest {
    let image_ids = pictures.iter().map(|picture| picture.image.id.clone()).collect();
    VerifyRequest { image_ids, read_back, proof: depth == Depth::Proof }
}

/// Takes in what the service said.
pub(super) fn take(library: &Library, findings: &mut Findings, picture: &Picture, result: VerifyResult) {
    findings.images.extend(result.image.map(|image| *image));
    let (outcome, checked_by, message) = match result.outcome {
        VerifyOutcome::Confirmed { checked_by } => {
            library.way.store_works(Access::Read);
            (Outcome::Confirmed, Some(by_text(checked_by).to_owned()), None)
        }
        VerifyOutcome::Missing => (Outcome::Missing, None, Some(messages::Audit::Missing.to_string())),
        VerifyOutcome::Changed { message } => (Outcome::Changed, None, Some(message)),
        VerifyOutcome::Failed { error } => {
            let error = library.client.explain(&error);
            if error.code == ErrorKind::StoreUnreachable {
                library.way.store_unreadable(error.message.clone());
            }
            (Outcome::Failed, None, Some(error.message))
        }
        VerifyOutcome::Unknown => return,
    };
    findings.looks.retain(|look| look.picture != picture.id);
    findings.looks.push(Look { picture: picture.id, checked_at: now(), outcome, checked_by, message });
}

fn by_text(by: CheckedBy) -> &'static str {
    match by {
        CheckedBy::SizeAndTag => "size_and_tag",
        CheckedBy::ReadBack => "read_back",
    }
}

/// RFC 3339 in UTC, as the service writes it.
pub(super) fn now() -> String {
    let format = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    time::OffsetDateTime::now_utc().format(format).unwrap_or_default()
}
