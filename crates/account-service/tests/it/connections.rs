//! Connections that say nothing, or say it very slowly, and those that are merely slow.

use std::time::Duration;

use account_api::{ErrorBody, ErrorCode, MessageResponse, route};
use account_service::config::ConnectionPolicy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{Db, TestApp, png};
use crate::uploads::{announcement, single};

/// As short as tests want it: what happens then has to happen by itself.
const SOON: Duration = Duration::from_millis(50);

async fn with(change: impl FnOnce(&mut ConnectionPolicy)) -> TestApp {
    TestApp::start_with(Db::Sqlite, |config| change(&mut config.limits.connections)).await
}

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.config.listen).await.unwrap()
}

/// What comes until the other side closes the connection, which it does by itself or with a reset.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut all = Vec::new();
    let mut some = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut some).await {
        all.extend_from_slice(&some[..read]);
    }
    String::from_utf8(all).unwrap()
}

#[track_caller]
fn refused(answer: &str, status: u16, code: ErrorCode) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
    assert_eq!(serde_json::from_str::<ErrorBody>(body).unwrap().error.code, code);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connections_that_say_nothing_keep_nobody_out() {
    let app = with(|policy| (policy.most, policy.most_by_address) = (40, None)).await;
    let mut silent = Vec::new();
    for _ in 0..1000 {
        silent.push(connect(&app).await);
    }
    let _: MessageResponse = app.nobody().get(route::READYZ).await.ok();
    app.register("anna").await.upload("a.png", &png(1)).await;
    // The oldest made way.
    assert_eq!(until_closed(silent.swap_remove(0)).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_and_pushes_out_its_own_only() {
    let app = with(|policy| policy.most_by_address = Some(4)).await;
    let first = connect(&app).await;
    let _others = [connect(&app).await, connect(&app).await, connect(&app).await];
    let _: MessageResponse = app.nobody().get(route::READYZ).await.ok();
    assert_eq!(until_closed(first).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_are_at_work_others_are_told_to_come_back() {
    let app = with(|policy| (policy.most, policy.most_by_address) = (2, None)).await;
    let mut at_work = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&app).await;
        stream
            .write_all(b"POST /api/auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n")
            .await
            .unwrap();
        stream.write_all(b"content-length: 2\r\nexpect: 100-continue\r\n\r\n").await.unwrap();
        // It asks for the body: the request is being worked on.
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).await.unwrap();
        assert!(go_on.starts_with(b"HTTP/1.1 100 Continue"));
        at_work.push(stream);
    }
    let answer = until_closed(connect(&app).await).await;
    refused(&answer, 503, ErrorCode::RateLimited);
    assert!(answer.contains("retry-after: "), "{answer}");
    at_work[0].write_all(b"{}").await.unwrap();
    drop(at_work);
    while app.http.get(format!("{}{}", app.base, route::HEALTHZ)).send().await.map(|r| r.status().as_u16()).ok()
        != Some(200)
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let app = with(|policy| policy.head = SOON).await;
    assert_eq!(until_closed(connect(&app).await).await, "", "nothing was asked, so nothing is answered");
    let mut half = connect(&app).await;
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nx-nev").await.unwrap();
    refused(&until_closed(half).await, 408, ErrorCode::TimedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_may_rest_between_requests_for_longer_than_a_head_may_take() {
    let app = with(|policy| policy.head = SOON).await;
    let mut kept = connect(&app).await;
    for _ in 0..2 {
        kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut answer = [0; 15];
        kept.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        let mut rest = vec![0; 4096];
        let read = kept.read(&mut rest).await.unwrap();
        assert!(rest[..read].windows(4).any(|end| end == b"\r\n\r\n"));
        // Another one, opened after it, has been given up by now.
        assert_eq!(until_closed(connect(&app).await).await, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stops_coming_is_answered_and_given_up() {
    let app = with(|policy| policy.body_stall = SOON).await;
    let anna = app.register("anna").await;
    let token = anna.token.clone().unwrap();
    for (path, content_type, begun) in [
        (route::LOGIN, "application/json", r#"{"username":"#),
        (
            route::IMAGES,
            "multipart/form-data; boundary=x",
            "--x\r\ncontent-disposition: form-data; name=\"image\"\r\n\r\nGIF",
        ),
    ] {
        let mut stream = connect(&app).await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\ncontent-type: {content_type}\r\n\
             connection: close\r\ncontent-length: 1000\r\n\r\n{begun}"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        refused(&until_closed(stream).await, 408, ErrorCode::TimedOut);
    }
    // The store that is part of the service, too.
    let grant = anna.grant(announcement("a.png", &png(1))).await;
    let put = single(&grant);
    let url = url::Url::parse(&put.url).unwrap();
    let mut stream = TcpStream::connect(url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
    let mut head = format!("PUT {}?{} HTTP/1.1\r\nhost: {}\r\n", url.path(), url.query().unwrap(), url.authority());
    for (name, value) in &put.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !head.to_ascii_lowercase().contains("content-length") {
        head.push_str(&format!("content-length: {}\r\n", png(1).len()));
    }
    stream.write_all(format!("{head}\r\nonly this").as_bytes()).await.unwrap();
    let answer = until_closed(stream).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("RequestTimeout"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_takes_no_answers_is_given_up() {
    let app = with(|policy| policy.write_stall = SOON).await;
    let mut stream = connect(&app).await;
    // Answers fill the system's buffers, requests do after that: until it is closed from the other side.
    while stream.write_all(format!("GET {} HTTP/1.1\r\nhost: a\r\n\r\n", route::OPENAPI).as_bytes()).await.is_ok() {}
    let _: MessageResponse = app.nobody().get(route::READYZ).await.ok();
}
