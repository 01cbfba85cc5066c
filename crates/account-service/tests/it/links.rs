//! Links that people give to others.

use account_api::{ErrorCode, ImageResponse, LinksRequest, LinksResponse, MessageResponse, NewPicture, route};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::uploads::{announcement, put, single, verified};

impl Person<'_> {
    async fn link(&self, id: &str) -> String {
        let request = LinksRequest { image_ids: vec![id.to_owned()] };
        let response: LinksResponse = self.post(route::LINKS, &request).await.ok();
        assert_eq!(response.links[0].expires_at, None);
        response.links[0].url.clone()
    }
}

#[rstest]
#[tokio::test]
async fn a_link_stays_the_same_and_opens_without_signing_in(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("Möwe.png", &png(1)).await;
    let link = anna.link(&image.id).await;
    assert_eq!(anna.link(&image.id).await, link);
    assert!(link.starts_with(&format!("{}/i/", app.base)), "{link}");
    assert!(link.rsplit('/').next().unwrap().len() >= 22, "128 bits");

    let answer = Answer::of(app.http.get(&link)).await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let bytes = Answer::of(app.http.get(answer.headers["location"].to_str().unwrap())).await;
    assert_eq!(bytes.body, png(1));
    assert_eq!(bytes.headers["content-type"], "image/png");
    assert_eq!(bytes.headers["x-content-type-options"], "nosniff");
    assert!(bytes.headers["content-disposition"].to_str().unwrap().starts_with("inline"));
}

#[tokio::test]
async fn a_picture_that_could_run_scripts_is_downloaded() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let grant = anna.grant(NewPicture { format: "svg".to_owned(), ..announcement("a.svg", svg) }).await;
    put(&anna, single(&grant), svg).await;
    let image = verified(anna.finish(&grant.upload_id).await);
    let answer = Answer::of(app.http.get(anna.link(&image.id).await)).await;
    let bytes = Answer::of(app.http.get(answer.headers["location"].to_str().unwrap())).await;
    assert_eq!(bytes.headers["content-type"], "application/octet-stream");
    assert!(bytes.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
}

#[rstest]
#[tokio::test]
async fn a_link_sleeps_while_its_picture_is_in_the_trash(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let link = anna.link(&image.id).await;
    let follow = || Answer::of(app.http.get(&link));
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &image.id)).await.ok();
    assert_eq!(follow().await.code(), ErrorCode::NotFound);
    let _: ImageResponse = anna.post(&path(route::RESTORE, &image.id), &()).await.ok();
    assert_eq!(follow().await.status, 302, "restoring brings the same link back");
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &image.id))).await.ok();
    assert_eq!(follow().await.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_link_begins_with_the_public_address_when_there_is_one() {
    let app = TestApp::start_with(Db::Sqlite, |config| {
        config.public_url = Some("https://pictures.example.com/".parse().unwrap());
    })
    .await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    assert!(anna.link(&image.id).await.starts_with("https://pictures.example.com/i/"));
}
