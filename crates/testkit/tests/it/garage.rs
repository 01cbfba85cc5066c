//! Garage: separate buckets, rights, limits, and a restart.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, RequestChecksumCalculation};
use aws_sdk_s3::primitives::ByteStream;
use testkit::garage::{self, Garage, GarageServer};

pub fn client(garage: &Garage, endpoint: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new(garage.region.clone()))
        .credentials_provider(Credentials::new(&garage.key_id, &garage.secret, None, None, "test"))
        .force_path_style(garage.path_style)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

pub async fn put(garage: &Garage, endpoint: &str, key: &str, bytes: Vec<u8>) -> Result<(), Option<u16>> {
    let request = client(garage, endpoint).put_object().bucket(&garage.bucket).key(key);
    let sent = request.body(ByteStream::from(bytes)).send().await;
    sent.map(|_| ()).map_err(|error| error.raw_response().map(|answer| answer.status().as_u16()))
}

pub async fn get(garage: &Garage, endpoint: &str, key: &str) -> Option<Vec<u8>> {
    let answer = client(garage, endpoint).get_object().bucket(&garage.bucket).key(key).send().await.ok()?;
    Some(answer.body.collect().await.ok()?.to_vec())
}

#[tokio::test]
async fn what_is_put_can_be_got_with_the_right_key_only() {
    let (mine, other) = tokio::join!(garage::bucket(), garage::bucket());
    assert_ne!(mine.bucket, other.bucket);
    put(&mine, &mine.endpoint, "a/b.txt", b"hello".to_vec()).await.expect("the key may write");
    assert_eq!(get(&mine, &mine.endpoint, "a/b.txt").await.as_deref(), Some(&b"hello"[..]));

    let mut intruder = mine.clone();
    (intruder.key_id, intruder.secret) = (other.key_id.clone(), other.secret.clone());
    assert_eq!(get(&intruder, &mine.endpoint, "a/b.txt").await, None);
    let mut wrong = mine.clone();
    wrong.secret = other.secret.clone();
    assert_eq!(put(&wrong, &mine.endpoint, "c", b"x".to_vec()).await, Err(Some(403)));
}

#[tokio::test]
async fn rights_and_room_can_be_taken_away() {
    let garage = garage::bucket().await;
    let endpoint = garage.endpoint.clone();
    garage.allow(true, false).await;
    assert_eq!(put(&garage, &endpoint, "k", b"x".to_vec()).await, Err(Some(403)));
    garage.allow(true, true).await;
    put(&garage, &endpoint, "k", b"x".to_vec()).await.expect("the right is back");

    garage.limit(Some(1000)).await;
    put(&garage, &endpoint, "large", vec![7; 5000]).await.expect_err("there is no room for it");
    garage.limit(None).await;
    put(&garage, &endpoint, "large", vec![7; 5000]).await.expect("there is room again");

    garage.revoke_key().await;
    assert_eq!(get(&garage, &endpoint, "k").await, None);
}

#[tokio::test]
async fn a_server_keeps_its_objects_over_a_crash() {
    let server = GarageServer::start().await;
    let garage = server.bucket().await;
    put(&garage, &garage.endpoint, "kept", vec![9; 300_000]).await.expect("it takes an object");
    server.stop();
    assert_eq!(put(&garage, &garage.endpoint, "lost", b"x".to_vec()).await, Err(None), "nothing listens");
    server.restart().await;
    assert_eq!(get(&garage, &garage.endpoint, "kept").await.map(|bytes| bytes.len()), Some(300_000));
}

#[tokio::test]
async fn a_frozen_server_answers_when_it_is_thawed() {
    let server = GarageServer::start().await;
    let garage = server.bucket().await;
    server.freeze();
    let mut upload = Box::pin(put(&garage, &garage.endpoint, "k", b"x".to_vec()));
    assert!(futures::poll!(&mut upload).is_pending());
    server.thaw();
    upload.await.expect("it went on");
}
