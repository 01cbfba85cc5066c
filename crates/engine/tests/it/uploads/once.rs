//! What must hold when the queue is empty, whatever happened before: each picture once, everywhere.

use std::collections::BTreeSet;

use account_api::{ImagesPage, route};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::stage::{Computer, Stage, until_async};

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Each of these files is there once in the catalogue, in the service's list, and in the bucket with the same bytes; there
/// is nothing else, and nothing is left to do.
pub async fn assert_each_once(stage: &Stage, computer: &Computer, files: &[&[u8]]) {
    let mut wanted: Vec<String> = files.iter().map(|bytes| sha256(bytes)).collect();
    wanted.sort();

    let summary = computer.snapshot().await.summary;
    assert!(!summary.active, "the queue is not empty: {summary:#?}");

    let mut shown = Vec::new();
    for picture in computer.pictures().await {
        shown.push(computer.engine.picture(picture).await.unwrap().sha256);
    }
    shown.sort();
    assert_eq!(shown, wanted, "in the catalogue");
    assert_eq!(listed(stage).await, wanted, "in the service's list");

    // What came to nothing is removed by the app's cleaning and the service's chores.
    let tidy = async || {
        stage.chores.once().await;
        let objects = stage.bucket.objects().await;
        let pictures = objects.keys().filter(|key| key.starts_with("pictures/")).count();
        pictures == wanted.len() && stage.bucket.unfinished().await.is_empty()
    };
    if !until_async(tidy).await {
        let objects: Vec<_> = stage.bucket.objects().await.into_keys().collect();
        panic!("left in the bucket: {objects:#?}, and unfinished {:?}", stage.bucket.unfinished().await);
    }
    let objects = stage.bucket.objects().await;
    let mut stored: Vec<String> =
        objects.iter().filter(|(key, _)| key.starts_with("pictures/")).map(|(_, bytes)| sha256(bytes)).collect();
    stored.sort();
    assert_eq!(stored, wanted, "in the bucket");
    let stems = |folder: &str| -> BTreeSet<String> {
        let keys = objects.keys().filter_map(|key| key.strip_prefix(folder));
        keys.map(|key| key.split('.').next().unwrap_or_default().to_owned()).collect()
    };
    assert!(stems("thumbnails/").is_subset(&stems("pictures/")), "thumbnails without a picture: {:?}", objects.keys());
}

/// The SHA-256 of every picture that the service has of Anna's, sorted.
async fn listed(stage: &Stage) -> Vec<String> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let address = stage.service.endpoint();
    let form = json!({ "username": "anna", "password": "a long enough password" });
    let answer = http.post(format!("{address}{}", route::LOGIN)).json(&form).send().await.unwrap();
    let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    let mut sums = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let query: Vec<_> = cursor.iter().map(|cursor| ("cursor", cursor.as_str())).collect();
        let request = http.get(format!("{address}{}", route::IMAGES)).query(&query).bearer_auth(token);
        let page: ImagesPage = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        sums.extend(page.images.into_iter().map(|image| image.sha256));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    sums.sort();
    sums
}
