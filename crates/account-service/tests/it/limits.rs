//! Rates, sizes, times and headers: how much anybody may ask for.

use std::time::Duration;

use account_api::{AuthResponse, ErrorCode, User, route};
use account_service::config::{Rate, RatePolicy};
use futures::StreamExt;
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::app::{Answer, Db, TestApp};

fn policy() -> RatePolicy {
    RatePolicy {
        address: Rate { burst: 8, per_minute: 1 },
        account: Rate { burst: 4, per_minute: 1 },
        credentials: Rate { burst: 1000, per_minute: 1000 },
    }
}

async fn with(policy: RatePolicy, proxies: &[&str]) -> TestApp {
    TestApp::start_with(Db::Sqlite, |config| {
        config.limits.rates = Some(policy);
        config.trusted_proxies = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
    })
    .await
}

fn seconds_to_wait(answer: &Answer) -> u64 {
    assert_eq!(answer.code(), ErrorCode::RateLimited);
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_address_may_ask_so_often_and_is_told_when_to_come_back() {
    let app = with(policy(), &[]).await;
    for _ in 0..8 {
        assert!(app.nobody().get(route::HEALTHZ).await.status.is_success());
    }
    let refused = app.nobody().get(route::HEALTHZ).await;
    assert!((1..=60).contains(&seconds_to_wait(&refused)), "{refused:?}");
    assert!(refused.headers.contains_key("x-request-id"));
    // What a client claims about itself counts for nothing.
    let claim = app.nobody().request(Method::GET, route::HEALTHZ).header("x-forwarded-for", "198.51.100.7");
    assert_eq!(Answer::of(claim).await.code(), ErrorCode::RateLimited);
}

#[tokio::test]
async fn behind_a_proxy_that_is_trusted_each_client_counts_for_itself() {
    let app = with(policy(), &["127.0.0.0/8"]).await;
    let from = |address: &'static str| {
        Answer::of(app.nobody().request(Method::GET, route::HEALTHZ).header("x-forwarded-for", address))
    };
    for _ in 0..8 {
        assert!(from("1.2.3.4, 2001:db8:0:1::1").await.status.is_success());
    }
    seconds_to_wait(&from("2001:db8:0:1::1").await);
    seconds_to_wait(&from("2001:db8:0:1:ffff::9").await);
    assert!(from("2001:db8:0:2::1").await.status.is_success(), "another /64");
    assert!(from("198.51.100.7").await.status.is_success());
}

#[tokio::test]
async fn an_account_may_ask_so_often_from_wherever_it_asks() {
    let app = with(RatePolicy { address: Rate::per_minute(1000), ..policy() }, &[]).await;
    let (anna, bert) = (app.register("anna").await, app.register("bert").await);
    for _ in 0..4 {
        let _: User = anna.get(route::ME).await.ok();
    }
    seconds_to_wait(&anna.get(route::ME).await);
    let _: User = bert.get(route::ME).await.ok();
}

#[rstest]
#[tokio::test]
async fn wrong_passwords_are_slowed_down_and_nobody_is_locked_out(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| {
        config.limits.rates = Some(RatePolicy { credentials: Rate::per_minute(1000), ..RatePolicy::default() });
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    app.register("anna").await;
    let sign_in = |password: &str, from: &'static str| {
        let body = json!({"username": "anna", "password": password});
        let request = app.nobody().request(Method::POST, route::LOGIN).header("x-forwarded-for", from);
        Answer::of(request.json(&body))
    };
    let mut refused = None;
    for _ in 0..14 {
        let answer = sign_in("a wrong password", "198.51.100.66").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.code(), ErrorCode::InvalidCredentials);
    }
    let wait = seconds_to_wait(&refused.expect("guessing goes on for ever"));
    assert!((1..=30).contains(&wait), "a wait is no lockout: {wait} s");
    // The owner comes from elsewhere, and gets in at once.
    let auth: AuthResponse = sign_in("a long enough password", "203.0.113.5").await.ok();
    let _: User = app.signed_in(auth).get(route::ME).await.ok();
    // An account that doesn't exist is slowed down all the same: 429 tells nobody which names there are.
    let unknown = |_| {
        let body = json!({"username": "nobody", "password": "a wrong password"});
        let request = app.nobody().request(Method::POST, route::LOGIN).header("x-forwarded-for", "198.51.100.67");
        Answer::of(request.json(&body))
    };
    let mut statuses = Vec::new();
    for n in 0..14 {
        statuses.push(unknown(n).await.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test]
async fn the_service_inside_the_app_does_not_count() {
    use account_service::embedded::{EmbeddedConfig, EmbeddedStorage, start};
    let dir = tempfile::tempdir().unwrap();
    let service = start(EmbeddedConfig {
        data_dir: dir.path().to_owned(),
        reserve_in: None,
        storage: EmbeddedStorage::ThisComputer,
        preferred_port: None,
        expects_pictures: false,
    })
    .await
    .unwrap();
    let token = service.local_session().await.unwrap().access_token;
    let http = reqwest::Client::new();
    let most = RatePolicy::default().account.burst.max(RatePolicy::default().address.burst);
    let url = service.base_url().join(route::HEALTHZ).unwrap();
    let asked = futures::stream::iter(0..most + 500).map(|_| {
        let request = http.get(url.clone()).bearer_auth(&token);
        async move { request.send().await.unwrap().status() }
    });
    let refused = asked.buffer_unordered(64).filter(|status| std::future::ready(!status.is_success())).count().await;
    assert_eq!(refused, 0);
    service.shutdown().await;
}

#[tokio::test]
async fn every_answer_tells_browsers_to_keep_their_hands_off() {
    let app = TestApp::start_with(Db::Sqlite, |config| {
        config.public_url = Some("https://pictures.example.com".parse().unwrap());
    })
    .await;
    for path in [route::HEALTHZ, route::ME, "/nowhere"] {
        let answer = app.nobody().get(path).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.headers.get(name).and_then(|value| value.to_str().ok()), Some(value), "{path}: {name}");
        }
    }
}

/// What a connection is answered that sends a request's head and the beginning of its body, and then nothing.
async fn answer_to_half(app: &TestApp, head: String) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut connection = tokio::net::TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_picture_that_stops_arriving_is_given_up() {
    let app = TestApp::start_with(Db::Sqlite, |config| config.limits.stall = Duration::from_millis(100)).await;
    let token = app.register("anna").await.token.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: multipart/form-data; boundary=x\r\ncontent-length: 10000\r\n\r\n--x\r\n",
        route::IMAGES
    );
    assert_eq!(answer_to_half(&app, head).await, "HTTP/1.1 408");
}

#[tokio::test]
async fn a_request_that_stops_arriving_is_given_up() {
    let app = TestApp::start_with(Db::Sqlite, |config| config.limits.request = Duration::from_millis(100)).await;
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{{",
        route::LOGIN
    );
    assert_eq!(answer_to_half(&app, head).await, "HTTP/1.1 408");
}
