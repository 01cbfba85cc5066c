//! `POST /api/images`: pictures through the service itself.

use account_api::{ChangesPage, ErrorCode, Image, ImageResponse, VerifiedBy, route};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::uploads::announcement;

fn form(name: &str, bytes: Vec<u8>) -> Form {
    Form::new().part("image", Part::bytes(bytes).file_name(name.to_owned()))
}

impl Person<'_> {
    async fn send(&self, form: Form) -> Answer {
        Answer::of(self.request(Method::POST, route::IMAGES).multipart(form)).await
    }
}

#[rstest]
#[tokio::test]
async fn a_picture_sent_as_a_form_is_like_any_other(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let answer = anna.send(form("C:\\Bilder\\Möwe.png", png(1))).await;
    assert_eq!(answer.status, 201);
    let response: ImageResponse = answer.ok();
    assert_eq!(response.message, "Image uploaded successfully");
    let image = response.image;
    assert_eq!((&*image.name, &*image.format), ("Möwe.png", "png"));
    assert_eq!((image.width, image.height), (Some(64), Some(48)));
    assert_eq!(image.receipt.verified_by, VerifiedBy::ContentMd5);
    assert_eq!(Answer::of(app.http.get(image.url.unwrap())).await.body, png(1));
    assert!(image.has_thumbnail && image.thumbhash.is_some());
    let thumbnail = Answer::of(app.http.get(image.thumbnail_url.unwrap())).await;
    assert!(image::load_from_memory(&thumbnail.body).is_ok(), "the thumbnail is a picture");
    let changes: ChangesPage = anna.get(&format!("{}?after=0", route::CHANGES)).await.ok();
    assert_eq!(changes.changes.len(), 1);

    let again: ImageResponse = anna.send(form("other.png", png(1))).await.ok();
    assert_eq!(again.image.id, image.id, "the same bytes are the same picture");
    assert!(matches!(anna.announce(announcement("x.png", &png(1))).await, account_api::GrantOutcome::Duplicate { .. }));
    let transit = std::fs::read_dir(app.dir.path().join("transit")).unwrap().count();
    assert_eq!(transit, 0, "nothing is left in transit");
}

#[tokio::test]
async fn a_large_picture_goes_to_the_store_in_parts() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    // Noise doesn't compress: 2500 × 2500 pixels are more than 16 MiB.
    let mut state = 1_u32;
    let noise = image::RgbImage::from_fn(2500, 2500, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    noise.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let bytes = bytes.into_inner();
    assert!(bytes.len() > 16 * 1024 * 1024);
    let response: ImageResponse = anna.send(form("noise.png", bytes.clone())).await.ok();
    assert_eq!(response.image.receipt.verified_by, VerifiedBy::PartMd5);
    assert!(Answer::of(app.http.get(response.image.url.unwrap())).await.body == bytes);
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let app = TestApp::start_with(Db::Sqlite, |config| config.limits.file_size = 100_000).await;
    let anna = app.register("anna").await;
    let text = anna.send(form("picture.png", b"Dear diary".to_vec())).await;
    assert_eq!(text.code(), ErrorCode::UnsupportedMedia);
    assert_eq!(anna.send(form("empty.png", Vec::new())).await.code(), ErrorCode::UnsupportedMedia);
    assert_eq!(anna.send(form("huge.png", vec![0; 100_001])).await.code(), ErrorCode::TooLarge);
    assert_eq!(anna.send(Form::new().text("analyze", "true")).await.code(), ErrorCode::InvalidRequest);
    let json = anna.post(route::IMAGES, &serde_json::json!({"image": "x"})).await;
    assert_eq!(json.code(), ErrorCode::UnsupportedBody);
    assert!(anna.images().await.is_empty());
}

#[tokio::test]
async fn a_damaged_picture_is_kept_and_its_damage_told() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let mut half = png(1);
    half.truncate(half.len() / 2);
    let kept: ImageResponse = anna.send(form("half.png", half.clone())).await.ok();
    assert_eq!(kept.image.size, half.len() as u64);
    assert_eq!(kept.image.remark.unwrap().code, "truncated");
}

#[tokio::test]
async fn without_an_ai_the_picture_is_safe_all_the_same() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let answer = anna.send(form("a.png", png(1)).text("analyze", "true")).await;
    assert_eq!(answer.status, 201);
    let body: serde_json::Value = answer.ok();
    assert_eq!(body["analyze_error"]["code"], "ai_not_configured");
    let id = body["image"]["id"].as_str().unwrap();
    let _: Image = anna.get(&path(route::IMAGE, id)).await.ok();
    assert_eq!(anna.post(&path(route::ANALYZE, id), &()).await.code(), ErrorCode::AiNotConfigured);
}
