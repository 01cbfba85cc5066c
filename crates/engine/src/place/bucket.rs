//! *My bucket*: the embedded service, with the person's own bucket.

use secrecy::SecretString;

use super::embedded::{self, BucketConfig};
use crate::doctor::StepSink;
use crate::secrets::SecretName;
use crate::settings::SavedPlace;
use crate::view::{DoctorStep, StepStatus};
use crate::{EngineError, ErrorKind, Result};

/// What the settings keep of a bucket.
pub(super) fn saved(bucket: &BucketConfig) -> SavedPlace {
    SavedPlace::Bucket {
        endpoint: bucket.endpoint.clone(),
        region: bucket.region.clone(),
        bucket: bucket.bucket.clone(),
        key_id: bucket.key_id.clone(),
        path_style: bucket.path_style,
        without_parts: bucket.without_parts,
    }
}

/// The bucket that the settings and the vault describe; `None` when the settings describe another kind of place.
pub(super) fn configuration(saved: &SavedPlace, secret: SecretString) -> Option<BucketConfig> {
    let SavedPlace::Bucket { endpoint, region, bucket, key_id, path_style, without_parts } = saved.clone() else {
        return None;
    };
    Some(BucketConfig { endpoint, region, bucket, key_id, secret, path_style, without_parts, as_typed: false })
}

/// The address for people.
pub(super) fn location(endpoint: Option<&str>, region: &str) -> String {
    endpoint.map_or_else(|| format!("https://s3.{region}.amazonaws.com"), str::to_owned)
}

/// The name of a bucket's secret in the vault.
pub(super) fn secret_name(place_id: &str) -> SecretName {
    SecretName::BucketSecret { place: place_id.to_owned() }
}

/// Tries a bucket, tells each step, and gives what failed first.
///
/// # Errors
/// `BucketUnusable` with the failing step's sentence.
pub(super) async fn must_work(bucket: &BucketConfig, tell: &mut (dyn FnMut(&DoctorStep) + Send)) -> Result<()> {
    let mut steps = StepSink::new(tell);
    embedded::probe(bucket, &mut steps).await;
    let report = steps.report();
    match report.steps.into_iter().find(|step| step.status == StepStatus::Failed) {
        Some(failed) => {
            Err(EngineError::new(ErrorKind::BucketUnusable, messages::Bucket::StepFailed { why: failed.message }))
        }
        None if report.ok => Ok(()),
        None => Err(EngineError::new(ErrorKind::BucketUnusable, messages::Bucket::Untried)),
    }
}
