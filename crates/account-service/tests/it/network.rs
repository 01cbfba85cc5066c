//! The service in a network with a proxy, and with certificates that only this network trusts.

use account_api::{ErrorCode, GrantOutcome, GrantRequest, GrantResponse, ImageResponse, MessageResponse, route};
use account_service::config::{BucketConfig, StoreConfig};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use rstest::rstest;
use secrecy::ExposeSecret;
use testkit::ai::{AiStandIn, KEY};
use testkit::forward::ForwardProxy;
use testkit::proxy::FaultProxy;
use testkit::tls::TlsFront;

use crate::app::{Answer, Db, Person, TestApp, png};
use crate::process::Setup;
use crate::store::Store;
use crate::uploads::announcement;

/// The program on a bucket.
async fn at(db: Db, bucket: &BucketConfig) -> Setup {
    let mut setup = Setup::on(db, None).await;
    setup.set("S3_BUCKET", &bucket.bucket);
    setup.set("S3_REGION", &bucket.region);
    setup.set("S3_ENDPOINT", bucket.endpoint.as_deref().unwrap());
    setup.set("AWS_ACCESS_KEY", &bucket.key_id);
    setup.set("AWS_SECRET_KEY", bucket.secret.expose_secret());
    setup
}

async fn upload(anna: &Person<'_>) -> ImageResponse {
    let form = Form::new().text("analyze", "true").part("image", Part::bytes(png(1)).file_name("a.png"));
    Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form)).await.ok()
}

#[rstest]
#[case::http(ForwardProxy::http(), "HTTP_PROXY")]
#[case::socks(ForwardProxy::socks(), "all_proxy")]
#[tokio::test(flavor = "multi_thread")]
async fn everything_that_goes_out_goes_through_the_proxy(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
    #[case] proxy: ForwardProxy,
    #[case] variable: &str,
) {
    let (store, ai) = (Store::start().await, AiStandIn::start());
    let proxy = proxy.leading("store.test", store.endpoint()).leading("ai.test", ai.base_url().as_str());
    let mut setup = at(db, &store.bucket).await;
    setup.set("S3_ENDPOINT", "http://store.test:9000");
    setup.set("OPENAI_BASE_URL", "http://ai.test/v1");
    setup.set("OPENAI_MODEL", "gpt-4.1-mini");
    setup.set("OPENAI_API_KEY", KEY);
    setup.set(variable, proxy.url());
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let image = upload(&anna).await.image;
    assert!(image.description.is_some());
    assert!(image.url.unwrap().starts_with(&format!("http://store.test:9000/{}/pictures/", store.bucket.bucket)));
    assert_eq!(proxy.hosts(), ["ai.test", "store.test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_its_own_and_hosts_that_are_excepted_are_reached_directly() {
    let proxy = ForwardProxy::http();
    let mut setup = Setup::on(Db::Sqlite, None).await;
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        setup.set(name, proxy.url());
    }
    let service = setup.serve().await;
    let _ = upload(&service.register("anna").await).await;
    assert_eq!(proxy.passages(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_proxy_names_it_and_no_types_of_ours() {
    let store = Store::start().await;
    let proxy = ForwardProxy::http().leading("store.test", store.endpoint());
    let mut setup = at(Db::Sqlite, &store.bucket).await;
    setup.set("S3_ENDPOINT", "http://store.test:9000");
    setup.set("HTTP_PROXY", proxy.url());
    setup.run(&["migrate"]).ok();
    for status in [407, 502, 503] {
        proxy.answer_with(Some(status));
        let ran = setup.run(&["check"]);
        let named = format!("the proxy at {} (HTTP_PROXY)", proxy.address());
        assert!(ran.code != Some(0) && ran.err.contains(&named), "{ran:?}");
        assert!(ran.err.contains(&status.to_string()) && !ran.err.contains("Failure"), "{ran:?}");
    }
    proxy.answer_with(None);
    assert_eq!(setup.run(&["check"]).code, Some(0));
    setup.set("HTTP_PROXY", format!("http://127.0.0.1:{}", testkit::process::free_port()));
    let ran = setup.run(&["check"]);
    assert!(ran.err.contains("(HTTP_PROXY) can’t be reached: nothing listens there"), "{ran:?}");
    assert!(!ran.err.contains("DispatchFailure") && !ran.err.contains("os error"), "{ran:?}");
}

#[rstest]
#[case::of_an_authority(TlsFront::start)]
#[case::of_its_own(TlsFront::self_signed)]
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_the_system_trusts_is_trusted(#[case] front: fn(&str) -> TlsFront) {
    let store = Store::start().await;
    let front = front(store.endpoint());
    let mut setup = at(Db::Sqlite, &store.bucket).await;
    setup.set("S3_ENDPOINT", front.url());
    setup.run(&["migrate"]).ok();
    let ran = setup.run(&["check"]);
    assert!(ran.err.contains("this computer doesn’t trust its certificate"), "{ran:?}");
    setup.set("SSL_CERT_FILE", front.authority().to_str().unwrap());
    let service = setup.serve().await;
    let _: MessageResponse = service.nobody().get(route::READYZ).await.ok();
    let anna = service.register("anna").await;
    let form = Form::new().part("image", Part::bytes(png(1)).file_name("a.png"));
    let _: ImageResponse = Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_to_the_store_is_lost_on_a_connection_that_it_closes_as_it_is_used_again() {
    let store = Store::start().await;
    let proxy = FaultProxy::start(store.endpoint());
    proxy.close_on_reuse();
    let bucket = store.at(proxy.endpoint());
    let app = TestApp::start_with(Db::Sqlite, |config| config.store = StoreConfig::Bucket(bucket)).await;
    let anna = app.register("anna").await;
    for seed in 1..=3 {
        let form = Form::new().part("image", Part::bytes(png(seed)).file_name("a.png"));
        let _: ImageResponse = Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form)).await.ok();
        let mut large = announcement("large.png", &png(10 + seed));
        large.size = 40 * 1024 * 1024;
        let granted: GrantResponse = anna.post(route::UPLOADS, &GrantRequest { files: vec![large] }).await.ok();
        assert!(matches!(granted.results[0].outcome, GrantOutcome::Granted { .. }), "{granted:?}");
    }
    assert!(proxy.lost() > 0, "connections were used again");
}

#[tokio::test]
async fn without_parts_larger_files_are_refused_and_smaller_ones_taken() {
    let store = Store::start().await;
    let app = TestApp::start_with(Db::Sqlite, |config| {
        config.store = StoreConfig::Bucket(BucketConfig { without_parts: true, ..store.bucket.clone() });
    })
    .await;
    let anna = app.register("anna").await;
    let mut large = announcement("large.png", &png(1));
    large.size = 16 * 1024 * 1024 + 1;
    let answer: GrantResponse = anna.post(route::UPLOADS, &GrantRequest { files: vec![large] }).await.ok();
    let GrantOutcome::Refused { error } = &answer.results[0].outcome else { panic!("{answer:?}") };
    assert_eq!(error.code, ErrorCode::TooLarge);
    assert!(error.message.contains("16 MiB") && error.message.contains("stays where it is"), "{}", error.message);
    anna.upload("small.png", &png(1)).await;
}
