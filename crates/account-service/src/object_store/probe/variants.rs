//! When a bucket's settings are refused: whether the same works with path style or the region changed.

use std::time::Duration;

use url::Url;

use super::super::bucket::BucketConfig;
use super::explain::{ProbeCode, Problem, Refusal, problem};
use super::steps::{self, Attempt};

/// What the key has to be allowed.
const STORING: &str = "store objects";

/// The refusal in words, unless the same works with path style turned the other way, or with another region: then that.
pub(super) async fn why_not(bucket: &BucketConfig, refusal: Refusal, patience: Duration) -> Problem {
    let mut nearest: Option<(BucketConfig, Refusal)> = None;
    for variant in variants(bucket, &refusal) {
        match works(&variant, patience).await {
            Ok(()) => return turned(bucket, &variant, "It works"),
            // Nothing answered before, and with this something does: that is the way, and there is more to mend on it.
            Err(other) if refusal.status == 0 && other.status != 0 && !other.code.is_empty() && nearest.is_none() => {
                nearest = Some((variant, other));
            }
            Err(_) => {}
        }
    }
    match nearest {
        Some((variant, other)) => {
            let mut told = turned(bucket, &variant, "The store answers");
            told.message.push_str(&format!(" Then: {}", other.explain(&variant, STORING).message));
            told
        }
        None => refusal.explain(bucket, STORING),
    }
}

async fn works(variant: &BucketConfig, patience: Duration) -> Result<(), Refusal> {
    let attempt = Attempt::new(variant, patience);
    let stored = steps::put(&attempt).await;
    let _ = attempt.store.delete(&attempt.key).await;
    stored
}

/// What could have been meant, likeliest first.
fn variants(bucket: &BucketConfig, refusal: &Refusal) -> Vec<BucketConfig> {
    let turned = BucketConfig { path_style: !bucket.path_style, ..bucket.clone() };
    let mut variants = Vec::new();
    let regions = if refusal.may_be_region() { regions(bucket, refusal) } else { Vec::new() };
    variants.extend(regions.iter().map(|region| BucketConfig { region: region.clone(), ..bucket.clone() }));
    if refusal.may_be_path_style() {
        variants.push(turned.clone());
        variants.extend(regions.into_iter().map(|region| BucketConfig { region, ..turned.clone() }));
    }
    variants
}

/// Regions that are worth a try: the one that the store names; else one that stands in its address, and those that
/// stores without regions go by.
fn regions(bucket: &BucketConfig, refusal: &Refusal) -> Vec<String> {
    let mut regions: Vec<String> = match refusal.right_region() {
        Some(named) => vec![named],
        None => in_address(bucket.endpoint.as_deref())
            .into_iter()
            .chain(["us-east-1", "auto", "garage"].map(str::to_owned))
            .collect(),
    };
    regions.retain(|region| *region != bucket.region);
    regions.dedup();
    regions
}

/// `eu-central-003` of `s3.eu-central-003.backblazeb2.com`, `nyc3` of `nyc3.digitaloceanspaces.com`.
fn in_address(endpoint: Option<&str>) -> Option<String> {
    let url = Url::parse(endpoint?).ok()?;
    let host = url.domain()?.to_owned();
    let labels: Vec<&str> = host.split('.').collect();
    let place = match *labels {
        ["s3", region, _, ..] if labels.len() > 3 => region,
        [region, "digitaloceanspaces", _] => region,
        _ => return None,
    };
    Some(place.to_owned())
}

/// What to change, as found by trying.
fn turned(bucket: &BucketConfig, variant: &BucketConfig, it: &str) -> Problem {
    let style = if variant.path_style { "on" } else { "off" };
    let region = &variant.region;
    match (bucket.region != variant.region, bucket.path_style != variant.path_style) {
        (true, true) => problem(
            ProbeCode::WrongRegion,
            format!("{it} with the region {region} and path style {style}. Use {region}, and turn path style {style}."),
        ),
        (true, false) => problem(
            ProbeCode::WrongRegion,
            format!("{it} with the region {region}, not with {}. Use {region}.", bucket.region),
        ),
        (false, _) => {
            problem(ProbeCode::WrongPathStyle, format!("{it} with path style {style}. Turn path style {style}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_name_its_region() {
        let named = |address| in_address(Some(address));
        assert_eq!(named("https://s3.eu-central-003.backblazeb2.com").as_deref(), Some("eu-central-003"));
        assert_eq!(named("https://s3.fr-par.scw.cloud").as_deref(), Some("fr-par"));
        assert_eq!(named("https://nyc3.digitaloceanspaces.com").as_deref(), Some("nyc3"));
        assert_eq!(named("https://s3.example.com"), None);
        assert_eq!(named("http://127.0.0.1:3900"), None);
    }
}
