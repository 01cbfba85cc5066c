//! When a bucket's settings are refused: whether the same works with path style or the region changed.

use std::time::Duration;

use super::super::bucket::BucketConfig;
use super::super::endpoint;
use super::attempt::{self, Attempt};
use super::explain::{ProbeCode, Problem, Refusal, STORING, problem};

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
    let stored = attempt::put(&attempt).await.map(drop);
    let _ = attempt.store.delete(&attempt.key).await;
    stored
}

/// What could have been meant, likeliest first.
fn variants(bucket: &BucketConfig, refusal: &Refusal) -> Vec<BucketConfig> {
    let turned = BucketConfig { path_style: !bucket.path_style, ..bucket.clone() };
    let mut variants = Vec::new();
    let regions = if refusal.may_be_region() { regions(bucket, refusal) } else { Vec::new() };
    variants.extend(regions.iter().map(|region| BucketConfig { region: region.clone(), ..bucket.clone() }));
    variants.extend(without_its_name(bucket));
    if refusal.may_be_path_style() {
        variants.push(turned.clone());
        variants.extend(regions.into_iter().map(|region| BucketConfig { region, ..turned.clone() }));
    }
    variants
}

/// The same at the address without the bucket's name, where that stands in it.
fn without_its_name(bucket: &BucketConfig) -> Vec<BucketConfig> {
    let endpoint = bucket.endpoint.as_deref().unwrap_or_default();
    let addresses = endpoint::without_bucket(endpoint, &bucket.bucket).into_iter();
    addresses.map(|address| BucketConfig { endpoint: Some(address), ..bucket.clone() }).collect()
}

/// What was stored at an address that ends in the bucket's name may have gone into the bucket under a longer key: stores
/// with the address before that see `bucket/…` in it. Then listing finds nothing, and does at the shorter address.
pub(super) async fn holds_its_name(attempt: &Attempt<'_>) -> Option<Problem> {
    let bucket = attempt.bucket;
    for variant in without_its_name(bucket) {
        if attempt::is_listed(attempt).await {
            return None;
        }
        if works(&variant, attempt.patience).await.is_ok() {
            return Some(turned(bucket, &variant, "It works"));
        }
    }
    None
}

/// Regions that are worth a try: the one that the store names; else one that stands in its address, and those that
/// stores without regions go by.
fn regions(bucket: &BucketConfig, refusal: &Refusal) -> Vec<String> {
    let mut regions: Vec<String> = match refusal.right_region() {
        Some(named) => vec![named],
        None => bucket
            .endpoint
            .as_deref()
            .and_then(endpoint::region_in)
            .into_iter()
            .chain(["us-east-1", "auto", "garage"].map(str::to_owned))
            .collect(),
    };
    regions.retain(|region| *region != bucket.region);
    regions.dedup();
    regions
}

/// What to change, as found by trying.
fn turned(bucket: &BucketConfig, variant: &BucketConfig, it: &str) -> Problem {
    let style = if variant.path_style { "on" } else { "off" };
    let region = &variant.region;
    if let Some(address) = variant.endpoint.as_deref().filter(|_| bucket.endpoint != variant.endpoint) {
        return problem(
            ProbeCode::InvalidAddress,
            format!("The address holds the bucket’s name, too. {it} with {address}. Use that as the address."),
        );
    }
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
