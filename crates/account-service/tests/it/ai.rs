//! Descriptions on the service, by a stand-in that answers as OpenAI documents.

use account_api::{AnalyzeRequest, ErrorCode, Image, ImageResponse, route};
use account_service::config::AiConfig;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use rstest::rstest;
use testkit::ai::{AiStandIn, Behaviour, KEY};

use crate::app::{Answer, Db, TestApp, path, png};

async fn with(ai: &AiStandIn, key: &str, db: Db) -> TestApp {
    let config = AiConfig { key: key.into(), base_url: Some(ai.base_url()), model: "gpt-4.1-mini".to_owned() };
    TestApp::start_with(db, |service| service.ai = Some(config)).await
}

#[rstest]
#[tokio::test]
async fn a_picture_is_described_and_the_description_is_kept(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let ai = AiStandIn::start();
    let app = with(&ai, KEY, db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let analyze = path(route::ANALYZE, &image.id);
    let answer = Answer::of(anna.request(Method::POST, &analyze)).await;
    let response: ImageResponse = answer.ok();
    assert_eq!(response.message, "Image analyzed successfully");
    let described = response.image;
    assert!(described.description.is_some() && described.described_at.is_some());
    assert_eq!(described.described_by.as_deref().map(|by| by.starts_with("gpt-4.1-mini")), Some(true));
    assert!(described.revision > image.revision, "other devices hear of it");
    let kept: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
    assert_eq!((kept.description, kept.tags), (described.description, described.tags));
    let pictures = &ai.requests()[0].pictures;
    assert_eq!(pictures.len(), 1, "the AI was shown one picture");

    let own = AnalyzeRequest { prompt: Some("How many gulls?".to_owned()) };
    let _: ImageResponse = anna.post(&analyze, &own).await.ok();
    assert!(ai.requests()[1].texts.iter().any(|text| text.contains("How many gulls?")));
    let long = AnalyzeRequest { prompt: Some("x".repeat(4001)) };
    assert_eq!(anna.post(&analyze, &long).await.code(), ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_form_can_ask_for_it_at_once() {
    let ai = AiStandIn::start();
    let app = with(&ai, KEY, Db::Sqlite).await;
    let anna = app.register("anna").await;
    let form = Form::new()
        .text("analyze", "true")
        .text("prompt", "In one word.")
        .part("image", Part::bytes(png(1)).file_name("a.png"));
    let answer = Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form)).await;
    assert_eq!(answer.status, 201);
    let response: ImageResponse = answer.ok();
    assert_eq!(response.message, "Image uploaded successfully");
    assert!(response.image.description.is_some());
    assert!(ai.requests()[0].texts.iter().any(|text| text.contains("In one word.")));
}

#[rstest]
#[case(Behaviour::InsufficientQuota, ErrorCode::AiQuota)]
#[case(Behaviour::Refuse, ErrorCode::AiRefused)]
#[case(Behaviour::Disconnect, ErrorCode::AiUnavailable)]
#[tokio::test]
async fn failures_are_told_apart_and_change_nothing(#[case] behaviour: Behaviour, #[case] code: ErrorCode) {
    let ai = AiStandIn::start();
    ai.answer_always(Some(behaviour));
    let app = with(&ai, KEY, Db::Sqlite).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    assert_eq!(anna.post(&path(route::ANALYZE, &image.id), &()).await.code(), code);
    let after: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
    assert_eq!((after.revision, after.description), (image.revision, None));
}

#[tokio::test]
async fn a_wrong_key_is_the_operators_problem_and_is_not_shown() {
    let ai = AiStandIn::start();
    let app = with(&ai, "sk-wrong", Db::Sqlite).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let answer = anna.post(&path(route::ANALYZE, &image.id), &()).await;
    assert_eq!(answer.code(), ErrorCode::AiKeyRejected);
    assert!(!String::from_utf8_lossy(&answer.body).contains("sk-wrong"));
}
