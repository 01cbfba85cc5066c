//! Whatever goes wrong, the answer has the one documented shape.

use account_api::{ErrorCode, MessageResponse, route};
use reqwest::Method;
use rstest::rstest;

use crate::app::{Answer, Db, TestApp};

#[tokio::test]
async fn every_refusal_has_the_same_shape() {
    let app = TestApp::start_with(Db::Sqlite, |config| config.limits.json_body = 1000).await;
    let nobody = app.nobody();
    assert_eq!(nobody.get("/nowhere").await.code(), ErrorCode::NotFound);
    assert_eq!(nobody.get("/api/nowhere").await.code(), ErrorCode::NotFound);
    let wrong_method = nobody.delete(route::LOGIN).await;
    assert_eq!(wrong_method.code(), ErrorCode::MethodNotAllowed);
    assert_eq!(wrong_method.headers["allow"], "POST");
    let login = |body: &'static str, content_type: &str| {
        Answer::of(nobody.request(Method::POST, route::LOGIN).header("content-type", content_type).body(body))
    };
    assert_eq!(login("{", "application/json").await.code(), ErrorCode::InvalidRequest);
    assert_eq!(login("{}", "application/json").await.code(), ErrorCode::InvalidRequest);
    assert_eq!(login("{}", "text/plain").await.code(), ErrorCode::UnsupportedBody);
    let long = nobody.request(Method::POST, route::LOGIN).header("content-type", "application/json");
    let long = Answer::of(long.body(format!("{{\"username\":\"{}\"}}", "x".repeat(2000)))).await;
    assert_eq!(long.code(), ErrorCode::TooLarge);
    let anna = app.register("anna").await;
    assert_eq!(anna.get("/api/images/not-an-id").await.code(), ErrorCode::NotFound);
    for query in ["changes?after=x", "changes?limit=0", "images?limit=1001", "images?trash=maybe", "images?cursor=x"] {
        assert_eq!(anna.get(&format!("/api/{query}")).await.code(), ErrorCode::InvalidRequest, "{query}");
    }
    assert_eq!(nobody.get("/i/nothing").await.code(), ErrorCode::NotFound);
}

#[rstest]
#[tokio::test]
async fn it_says_that_it_is_alive_and_ready(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    for path in [route::HEALTHZ, route::READYZ] {
        let answer = app.nobody().get(path).await;
        let _: MessageResponse = answer.ok();
        assert!(answer.headers.contains_key("x-request-id"));
    }
}
