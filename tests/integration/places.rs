//! The three places a library can live.

use engine::view::{BucketForm, PlaceKind, StepStatus};
use engine::{ErrorKind, Role};
use testkit::photos;

use crate::world::Person;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn this_computer_needs_nothing() {
    let anna = Person::new(Role::CommandLine).await;
    let state = anna.engine.choose_this_computer().await.unwrap();
    assert_eq!(state.place.unwrap().kind, PlaceKind::ThisComputer);
    let bytes = photos::jpeg(300, 200, 1);
    let id = anna.upload_one(&anna.file("a.jpg", &bytes)).await;
    let anna = anna.restart(Role::CommandLine).await;
    assert_eq!(anna.read_back(id).await, bytes);
}

pub async fn garage_form() -> BucketForm {
    let garage = testkit::garage::bucket().await;
    BucketForm {
        endpoint: format!("{}/", garage.endpoint),
        region: garage.region.clone(),
        bucket: garage.bucket.clone(),
        key_id: garage.key_id.clone(),
        secret: garage.secret.clone(),
        path_style: true,
        without_parts: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_of_ones_own_is_tried_and_kept() {
    let anna = Person::new(Role::CommandLine).await;
    let form = garage_form().await;
    let report = anna.engine.test_bucket(form.clone(), |_| {}).await.unwrap();
    assert!(report.ok, "{report:#?}");
    let state = anna.engine.choose_bucket(form.clone()).await.unwrap();
    assert_eq!(state.place.unwrap().kind, PlaceKind::Bucket);
    let bytes = photos::png(90, 60, 1);
    let id = anna.upload_one(&anna.file("a.png", &bytes)).await;
    let anna = anna.restart(Role::CommandLine).await;
    assert_eq!(anna.read_back(id).await, bytes);
    // The secret is sealed: it stands nowhere in the app's folder.
    for entry in walk(&anna.data_dir()) {
        let content = std::fs::read(&entry).unwrap_or_default();
        assert!(!contains(&content, form.secret.as_bytes()), "{} holds the secret", entry.display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_bucket_key_is_explained_in_words_and_nothing_is_chosen() {
    let anna = Person::new(Role::CommandLine).await;
    let mut form = garage_form().await;
    form.secret = "0".repeat(64);
    let report = anna.engine.test_bucket(form.clone(), |_| {}).await.unwrap();
    assert!(!report.ok);
    let failed = report.steps.iter().find(|step| step.status == StepStatus::Failed).expect("a step failed");
    assert!(failed.message.to_lowercase().contains("secret"), "{}", failed.message);
    let error = anna.engine.choose_bucket(form).await.unwrap_err();
    assert_eq!(error.code, ErrorKind::BucketUnusable);
    assert!(anna.engine.state().place.is_none());

    let mut form = garage_form().await;
    form.bucket = "no-such-bucket".to_owned();
    let report = anna.engine.test_bucket(form, |_| {}).await.unwrap();
    let failed = report.steps.iter().find(|step| step.status == StepStatus::Failed).expect("a step failed");
    assert!(failed.message.contains("no-such-bucket"), "{}", failed.message);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
