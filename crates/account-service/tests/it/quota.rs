//! What an account may hold.

use account_api::{
    ErrorCode, GrantOutcome, GrantRequest, GrantResponse, ImageResponse, MessageResponse, Usage, User, route,
};
use account_service::config::Quotas;
use futures::future::join_all;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::uploads::{announcement, put, single, verified};

async fn with(db: Db, bytes: Option<u64>, pictures: Option<u64>) -> TestApp {
    TestApp::start_with(db, |config| config.quotas = Quotas { bytes, pictures }).await
}

impl Person<'_> {
    async fn usage(&self) -> Usage {
        self.get(route::ME).await.ok::<User>().usage.unwrap()
    }
}

#[track_caller]
fn refused(outcome: GrantOutcome) -> ErrorCode {
    match outcome {
        GrantOutcome::Refused { error } => error.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[rstest]
#[tokio::test]
async fn a_grant_takes_room_and_what_goes_gives_it_back(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(2)).await;
    let anna = app.register("anna").await;
    let empty = Usage { bytes: 0, pictures: 0, quota_bytes: None, quota_pictures: Some(2) };
    assert_eq!(anna.usage().await, empty);

    let one = anna.upload("1.png", &png(1)).await;
    let two = anna.grant(announcement("2.png", &png(2))).await;
    assert_eq!(anna.grant(announcement("2.png", &png(2))).await.upload_id, two.upload_id, "the same room");
    let sum = (png(1).len() + png(2).len()) as u64;
    assert_eq!(anna.usage().await, Usage { bytes: sum, pictures: 2, ..empty.clone() });

    assert_eq!(refused(anna.announce(announcement("3.png", &png(3))).await), ErrorCode::QuotaExceeded);
    assert!(matches!(anna.announce(announcement("1.png", &png(1))).await, GrantOutcome::Duplicate { .. }));
    assert!(anna.delete(&path(route::UPLOAD, &two.upload_id)).await.status.is_success());
    assert_eq!(anna.usage().await.pictures, 1, "an aborted upload gives its room back");

    let three = anna.upload("3.png", &png(3)).await;
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &three.id)).await.ok();
    assert_eq!(refused(anna.announce(announcement("4.png", &png(4))).await), ErrorCode::QuotaExceeded, "trash counts");
    for id in [&one.id, &three.id] {
        let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, id))).await.ok();
    }
    assert_eq!(anna.usage().await, empty);
}

#[rstest]
#[tokio::test]
async fn bytes_are_counted_to_the_last(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let size = png(1).len() as u64;
    let app = with(db, Some(size * 2), None).await;
    let anna = app.register("anna").await;
    anna.upload("1.png", &png(1)).await;
    let mut larger = announcement("2.png", &png(2));
    larger.size = size + 1;
    match anna.announce(larger).await {
        GrantOutcome::Refused { error } => {
            assert_eq!(error.code, ErrorCode::QuotaExceeded);
            assert!(error.message.contains("Nothing was sent"), "{}", error.message);
        }
        other => panic!("{other:?}"),
    }
    let mut exact = announcement("3.png", &png(3));
    exact.size = size;
    anna.grant(exact).await;
    // Somebody else's room is their own.
    app.register("bert").await.upload("1.png", &png(1)).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn grants_that_are_asked_for_at_once_do_not_overshoot(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(7)).await;
    let anna = app.register("anna").await;
    let batches = (0..6).map(|batch| {
        let files = (0..4).map(|n| announcement(&format!("{batch}-{n}.png"), &png(batch * 4 + n))).collect();
        let anna = anna.clone();
        async move { anna.post(route::UPLOADS, &GrantRequest { files }).await.ok::<GrantResponse>().results }
    });
    let outcomes: Vec<_> = join_all(batches).await.into_iter().flatten().collect();
    let granted = outcomes.iter().filter(|result| matches!(result.outcome, GrantOutcome::Granted { .. })).count();
    assert_eq!(granted, 7);
    assert_eq!(anna.usage().await.pictures, 7);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_asked_for_at_once_take_room_once(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(3)).await;
    let anna = app.register("anna").await;
    let grants = join_all((0..8).map(|_| anna.grant(announcement("a.png", &png(1))))).await;
    assert!(grants.iter().all(|grant| grant.upload_id == grants[0].upload_id));
    assert_eq!(anna.usage().await.pictures, 1);
    put(&anna, single(&grants[0]), &png(1)).await;
    verified(anna.finish(&grants[0].upload_id).await);
    assert_eq!(anna.usage().await, Usage { bytes: png(1).len() as u64, ..anna.usage().await });
}

#[rstest]
#[tokio::test]
async fn an_upload_through_the_service_is_refused_as_well(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(1)).await;
    let anna = app.register("anna").await;
    let send = |seed: u32| {
        let form = Form::new().part("image", Part::bytes(png(seed)).file_name("a.png"));
        Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form))
    };
    let _: ImageResponse = send(1).await.ok();
    assert_eq!(send(2).await.code(), ErrorCode::QuotaExceeded);
    assert_eq!(anna.usage().await.pictures, 1);
    let transit = std::fs::read_dir(app.dir.path().join("transit")).unwrap().count();
    assert_eq!(transit, 0, "nothing is left in transit");
}

/// The refusal comes on the headers alone: a client that waits for leave to send (RFC 9110, 10.1.1) sends nothing.
#[tokio::test]
async fn a_body_that_has_no_chance_is_not_asked_for() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let app = TestApp::start_with(Db::Sqlite, |config| {
        config.quotas.bytes = Some(3_000_000);
        config.limits.file_size = 10_000_000;
    })
    .await;
    let anna = app.register("anna").await;
    for (size, status) in [(5_000_000, "403"), (50_000_000, "413")] {
        let mut connection = tokio::net::TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nexpect: 100-continue\r\n\
             content-type: multipart/form-data; boundary=x\r\ncontent-length: {size}\r\n\r\n",
            route::IMAGES,
            anna.token.clone().unwrap()
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"));
    }
}
