//! The check of a bucket: everything works, or a sentence says what doesn't.

use account_service::config::BucketConfig;
use account_service::object_store::probe::{PATIENCE, ProbeCode, ProbeStep};
use axum::Router;
use axum::http::header::{CONTENT_TYPE, DATE, LOCATION};
use axum::response::Html;
use axum::routing::get;
use reqwest::StatusCode;
use rstest::rstest;
use testkit::proxy::{CannedAnswer, Fault, FaultProxy, When};

use crate::garage::bucket_of;
use crate::store::Store;

async fn good() -> (testkit::garage::Garage, BucketConfig) {
    let garage = testkit::garage::bucket().await;
    let bucket = bucket_of(&garage);
    (garage, bucket)
}

async fn probe_bucket(bucket: &BucketConfig) -> Vec<ProbeStep> {
    let mut steps = Vec::new();
    account_service::object_store::probe::probe_bucket(bucket, PATIENCE, &mut |step| steps.push(step)).await;
    steps
}

fn names(steps: &[ProbeStep]) -> Vec<&str> {
    steps.iter().map(|step| step.name).collect()
}

/// The one step that failed.
#[track_caller]
fn failure(steps: &[ProbeStep]) -> &ProbeStep {
    let failed: Vec<_> = steps.iter().filter(|step| !step.ok).collect();
    assert_eq!(failed.len(), 1, "{steps:#?}");
    failed[0]
}

async fn diagnosed(bucket: BucketConfig) -> (ProbeCode, String) {
    let steps = probe_bucket(&bucket).await;
    let failed = failure(&steps);
    (failed.code.unwrap(), failed.message.clone())
}

#[tokio::test]
async fn a_good_bucket_passes_every_step_and_is_left_empty() {
    let (_garage, bucket) = good().await;
    let steps = probe_bucket(&bucket).await;
    assert!(steps.iter().all(|step| step.ok && step.code.is_none()), "{steps:#?}");
    assert_eq!(
        names(&steps),
        [
            "address",
            "connect",
            "clock",
            "put",
            "head",
            "list",
            "metadata",
            "etag",
            "range",
            "presigned",
            "checksum",
            "multipart",
            "abort",
            "delete"
        ]
    );
}

#[tokio::test]
async fn what_people_add_by_accident_does_no_harm() {
    let (_garage, bucket) = good().await;
    let untidy = BucketConfig {
        endpoint: Some(format!(" {}// ", bucket.endpoint.unwrap().replace("http://", ""))),
        bucket: format!("{} ", bucket.bucket),
        key_id: format!(" {}", bucket.key_id),
        ..bucket
    };
    let steps = probe_bucket(&untidy).await;
    assert!(steps.iter().all(|step| step.ok), "{steps:#?}");
    assert!(steps[0].message.contains("http:// was put before it"), "{}", steps[0].message);
}

#[tokio::test]
async fn a_wrong_key_secret_bucket_and_region_are_told_apart() {
    let (_garage, bucket) = good().await;
    let wrong_key = BucketConfig { key_id: "GK000000000000000000000000".to_owned(), ..bucket.clone() };
    assert_eq!(diagnosed(wrong_key).await.0, ProbeCode::WrongKeyId);
    let wrong_secret = BucketConfig { secret: "0".repeat(64).into(), ..bucket.clone() };
    assert_eq!(diagnosed(wrong_secret).await.0, ProbeCode::WrongSecret);
    let wrong_bucket = BucketConfig { bucket: "there-is-none".to_owned(), ..bucket.clone() };
    assert_eq!(diagnosed(wrong_bucket).await.0, ProbeCode::NoSuchBucket);
    let wrong_region = BucketConfig { region: "eu-west-1".to_owned(), ..bucket.clone() };
    let (code, message) = diagnosed(wrong_region).await;
    assert_eq!(code, ProbeCode::WrongRegion);
    assert!(message.contains("garage"), "the right one is named: {message}");
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let (garage, bucket) = good().await;
    garage.allow(true, false).await;
    let (code, message) = diagnosed(bucket.clone()).await;
    assert_eq!(code, ProbeCode::MissingRight);
    assert!(message.contains("may not store objects"), "{message}");
    garage.allow(false, true).await;
    let steps = probe_bucket(&bucket).await;
    let failed: Vec<_> = steps.iter().filter(|step| !step.ok).map(|step| (step.name, step.code)).collect();
    let missing = Some(ProbeCode::MissingRight);
    assert_eq!(failed[..3], [("head", missing), ("range", missing), ("presigned", missing)], "{steps:#?}");
    assert!(steps.last().unwrap().ok, "what it stored, it removed");
}

#[tokio::test]
async fn the_wrong_scheme_is_noticed() {
    let (_garage, bucket) = good().await;
    let https = BucketConfig { endpoint: bucket.endpoint.map(|url| url.replace("http://", "https://")), ..bucket };
    let (code, message) = diagnosed(https).await;
    assert_eq!(code, ProbeCode::WrongScheme);
    assert!(message.contains("http://"), "{message}");
}

#[tokio::test]
async fn an_address_where_nothing_is_says_so() {
    let (_garage, bucket) = good().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nothing = BucketConfig { endpoint: Some(format!("http://127.0.0.1:{port}")), ..bucket.clone() };
    let (code, message) = diagnosed(nothing).await;
    assert_eq!(code, ProbeCode::Unreachable);
    assert!(message.contains("nothing listens"), "{message}");
    let nonsense = BucketConfig { endpoint: Some("ftp://example.com".to_owned()), ..bucket };
    assert_eq!(diagnosed(nonsense).await.0, ProbeCode::InvalidAddress);
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn a_web_page_is_not_a_store() {
    let (_garage, bucket) = good().await;
    let console = serve(Router::new().fallback(get(|| async { Html("<html>Sign in to the console</html>") }))).await;
    let page = BucketConfig { endpoint: Some(console), ..bucket.clone() };
    assert_eq!(diagnosed(page).await.0, ProbeCode::NotS3);
    // Something that answers everything, but not as S3 does.
    let other = serve(Router::new().fallback(|| async { (StatusCode::BAD_REQUEST, "what?") })).await;
    let other = BucketConfig { endpoint: Some(other), ..bucket };
    assert_eq!(diagnosed(other).await.0, ProbeCode::NotS3);
}

#[rstest]
#[case(StatusCode::MOVED_PERMANENTLY)]
#[case(StatusCode::TEMPORARY_REDIRECT)]
#[tokio::test]
async fn a_host_that_sends_requests_on_is_said_to_do_so(#[case] status: StatusCode) {
    let (_garage, bucket) = good().await;
    let moved = serve(
        Router::new().fallback(move || async move { (status, [(LOCATION, "http://s3.other.invalid/elsewhere")], "") }),
    )
    .await;
    let (code, message) = diagnosed(BucketConfig { endpoint: Some(moved), ..bucket }).await;
    assert_eq!(code, ProbeCode::NotS3);
    let says = format!("sends every request on to another address (HTTP status {})", status.as_u16());
    assert!(message.contains(&says), "{message}");
}

#[tokio::test]
async fn a_wrong_clock_is_noticed_before_anything_is_signed() {
    let (_garage, bucket) = good().await;
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + std::time::Duration::from_secs(3600));
    let ahead = serve(Router::new().fallback(move || async move {
        (StatusCode::FORBIDDEN, [(DATE, date), (CONTENT_TYPE, "application/xml".to_owned())], "<Error/>")
    }))
    .await;
    let (code, message) = diagnosed(BucketConfig { endpoint: Some(ahead), ..bucket }).await;
    assert_eq!(code, ProbeCode::ClockSkew);
    assert!(message.contains("behind"), "{message}");
}

/// The store behind a front that does something to what passes.
async fn behind() -> (Store, FaultProxy, BucketConfig) {
    let store = Store::start().await;
    let proxy = FaultProxy::start(store.endpoint());
    let bucket = store.at(proxy.endpoint());
    (store, proxy, bucket)
}

/// What is lacking and can be done without.
fn lacking(steps: &[ProbeStep]) -> Vec<(&str, ProbeCode)> {
    steps.iter().filter(|step| step.ok).filter_map(|step| Some((step.name, step.code?))).collect()
}

#[tokio::test]
async fn a_store_that_drops_metadata_can_be_used_and_what_is_lost_is_said() {
    let (_store, proxy, bucket) = behind().await;
    proxy.always(When::any(), Fault::DropHeaders { beginnings: &["x-amz-meta-"] });
    let steps = probe_bucket(&bucket).await;
    assert!(steps.iter().all(|step| step.ok), "{steps:#?}");
    assert_eq!(lacking(&steps), [("metadata", ProbeCode::MetadataLost)]);
}

#[tokio::test]
async fn a_page_beside_the_bucket_does_no_harm() {
    let (_store, proxy, bucket) = behind().await;
    let page = CannedAnswer {
        status: 404,
        headers: Vec::new(),
        content_type: "text/html".to_owned(),
        body: "<html>There is no such page.</html>".to_owned(),
    };
    // What stands before the store knows its bucket and nothing else.
    proxy.always(When::method("GET").lacking(&bucket.bucket), Fault::Answer(page));
    let steps = probe_bucket(&bucket).await;
    assert!(steps.iter().all(|step| step.ok), "{steps:#?}");
}

#[tokio::test]
async fn a_store_without_etags_is_a_store_and_has_no_parts() {
    let (_store, proxy, bucket) = behind().await;
    proxy.always(When::any(), Fault::DropHeaders { beginnings: &["etag:"] });
    let steps = probe_bucket(&bucket).await;
    let failed = failure(&steps);
    assert_eq!((failed.name, failed.code), ("multipart", Some(ProbeCode::NoParts)));
    assert!(failed.message.contains("no ETag for a part"), "{}", failed.message);
    assert_eq!(lacking(&steps), [("etag", ProbeCode::EtagLost)]);
    let agreed = probe_bucket(&BucketConfig { without_parts: true, ..bucket }).await;
    assert!(agreed.iter().all(|step| step.ok), "{agreed:#?}");
    assert_eq!(lacking(&agreed), [("etag", ProbeCode::EtagLost), ("multipart", ProbeCode::NoParts)]);
}

#[tokio::test]
async fn parts_that_are_answered_strangely_are_told_as_that() {
    let (_store, proxy, bucket) = behind().await;
    let odd = |status, body: &str| {
        let headers = Vec::new();
        let content_type = "application/xml".to_owned();
        Fault::Answer(CannedAnswer { status, headers, content_type, body: body.to_owned() })
    };
    let begins = || When::method("POST").containing("uploads");
    for (status, body, says) in [
        (200, "<Odd><UploadId>1</UploadId></Odd>", "in a form that S3 doesn’t have"),
        (405, "", "can’t send large files in parts"),
    ] {
        proxy.clear();
        proxy.always(begins(), odd(status, body));
        let steps = probe_bucket(&bucket).await;
        let failed = failure(&steps);
        assert_eq!((failed.name, failed.code), ("multipart", Some(ProbeCode::NoParts)), "{failed:?}");
        assert!(failed.message.contains(says), "{}", failed.message);
        assert!(!failed.message.contains("not an S3 store") && !failed.message.contains("XML"), "{}", failed.message);
    }
}

#[tokio::test]
async fn a_fault_for_a_part_is_no_word_on_parts() {
    let (_store, proxy, bucket) = behind().await;
    let fault = CannedAnswer {
        status: 500,
        headers: Vec::new(),
        content_type: "application/xml".to_owned(),
        body: "<Error><Code>InternalError</Code><Message>We erred.</Message></Error>".to_owned(),
    };
    proxy.always(When::method("PUT").containing("partNumber"), Fault::Answer(fault));
    let (code, message) = diagnosed(bucket).await;
    assert_eq!(code, ProbeCode::StoreFault);
    assert!(!message.contains("can’t send") && !message.contains("without"), "{message}");
}

#[tokio::test]
async fn a_store_that_takes_changed_bytes_is_refused_for_that() {
    let (_store, proxy, bucket) = behind().await;
    let presigned = || When::method("PUT").containing("X-Amz-Signature");
    proxy.next_when(presigned(), Fault::Slow { bytes_per_second: 1 << 30 });
    proxy.next_when(
        presigned(),
        Fault::Answer(CannedAnswer {
            status: 200,
            headers: Vec::new(),
            content_type: "text/plain".to_owned(),
            body: String::new(),
        }),
    );
    let (code, message) = diagnosed(bucket).await;
    assert_eq!(code, ProbeCode::Corrupted);
    assert!(message.contains("takes bytes that arrive changed"), "{message}");
}

#[rstest]
#[case("")]
#[case("/")]
#[tokio::test]
async fn an_address_may_have_a_path(#[case] end: &str) {
    // The store sees the address's path as the bucket, and the bucket as the beginning of keys: signatures and all.
    let (_store, proxy, bucket) = behind().await;
    let path = bucket.bucket.clone();
    let bucket = BucketConfig {
        as_typed: true,
        endpoint: Some(format!("{}/{path}{end}", proxy.endpoint())),
        bucket: "photos".to_owned(),
        ..bucket
    };
    let steps = probe_bucket(&bucket).await;
    assert!(steps.iter().all(|step| step.ok), "{steps:#?}, {:#?}", proxy.exchanges());
    let begins = format!("/{path}/photos/image-manager-check/");
    let (root, rest): (Vec<_>, Vec<_>) =
        proxy.exchanges().into_iter().map(|exchange| exchange.target).partition(|target| *target == format!("/{path}"));
    assert_eq!(root.len(), 1, "the address itself is asked once whether anything is there");
    // The list asks for what begins with the same.
    let listed = format!("/{path}/photos/?list-type=2&prefix=image-manager-check%2F");
    let inside = |target: &String| target.starts_with(&begins) || target.starts_with(&listed);
    assert!(rest.len() > 10 && rest.iter().all(inside), "{rest:#?}");
}

#[tokio::test]
async fn an_address_that_holds_the_buckets_name_stays_and_a_better_one_is_named() {
    let store = Store::start().await;
    let (code, message) = diagnosed(store.at(format!("{}/{}", store.endpoint(), store.bucket.bucket))).await;
    assert_eq!(code, ProbeCode::InvalidAddress);
    assert!(message.contains(&format!("It works with {}. Use that", store.endpoint())), "{message}");
}

#[tokio::test]
async fn a_key_with_a_line_break_is_an_error_that_says_so() {
    let bucket = Store::start().await.bucket;
    for broken in [
        BucketConfig { key_id: format!("{}\nGK", bucket.key_id), ..bucket.clone() },
        BucketConfig { secret: "a\r\nb".into(), ..bucket.clone() },
        BucketConfig { region: "gar\nage".to_owned(), ..bucket.clone() },
    ] {
        let (code, message) = diagnosed(broken).await;
        assert_eq!(code, ProbeCode::InvalidAddress);
        assert!(message.contains("has a line break in it"), "{message}");
    }
}
