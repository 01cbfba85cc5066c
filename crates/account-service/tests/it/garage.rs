//! The same on a bucket of a store that somebody else wrote.

use account_api::{
    CompleteOutcome, ErrorCode, Image, LinksRequest, LinksResponse, MessageResponse, PartSpec, PartsRequest,
    PartsResponse, Transfer, VerifyOutcome, VerifyRequest, VerifyResponse, route,
};
use account_service::config::{BucketConfig, StoreConfig};
use account_service::embedded::{Embedded, EmbeddedConfig, EmbeddedStorage, start};
use testkit::garage::Garage;

use crate::app::{Answer, Db, TestApp, path, png};
use crate::uploads::{announcement, failed, md5_of, put, single, verified};

pub fn bucket_of(garage: &Garage) -> BucketConfig {
    BucketConfig {
        endpoint: Some(garage.endpoint.clone()),
        region: garage.region.clone(),
        bucket: garage.bucket.clone(),
        key_id: garage.key_id.clone(),
        secret: garage.secret.clone().into(),
        path_style: garage.path_style,
        without_parts: false,
        as_typed: true,
    }
}

async fn on(garage: &Garage, db: Db) -> TestApp {
    TestApp::start_with(db, |config| config.store = StoreConfig::Bucket(bucket_of(garage))).await
}

#[tokio::test]
async fn a_picture_gets_in_comes_back_and_goes() {
    let garage = testkit::garage::bucket().await;
    let app = on(&garage, Db::Postgres).await;
    let _: MessageResponse = app.nobody().get(route::READYZ).await.ok();
    let anna = app.register("anna").await;
    let image = anna.upload("Möwe 1.png", &png(1)).await;
    assert_eq!(image.receipt.stored_size, png(1).len() as u64);
    let url = image.url.clone().unwrap();
    let answer = Answer::of(app.http.get(&url)).await;
    assert_eq!(answer.body, png(1));
    assert_eq!(answer.headers["x-amz-meta-sha256"], image.sha256);
    assert_eq!(answer.headers["content-type"], "image/png");
    assert!(answer.headers["content-disposition"].to_str().unwrap().starts_with("inline"));
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &image.id))).await.ok();
    assert_eq!(Answer::of(app.http.get(&url)).await.status, 404);
}

#[tokio::test]
async fn a_corrupt_body_never_becomes_a_picture() {
    let garage = testkit::garage::bucket().await;
    let app = on(&garage, Db::Sqlite).await;
    let anna = app.register("anna").await;
    let bytes = png(1);
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    let mut corrupt = bytes.clone();
    corrupt[100] ^= 1;
    assert_eq!(put(&anna, single(&grant), &corrupt).await.status, 400);
    assert_eq!(failed(anna.finish(&grant.upload_id).await), ErrorCode::UploadIncomplete);
    let mut longer = single(&grant).clone();
    longer.headers.insert("content-length".to_owned(), (bytes.len() + 1).to_string());
    assert_eq!(put(&anna, &longer, &[&bytes[..], b"x"].concat()).await.status, 403);
    assert_eq!(put(&anna, single(&grant), &bytes).await.status, 200);
    verified(anna.finish(&grant.upload_id).await);
}

#[tokio::test]
async fn a_large_picture_travels_in_parts() {
    let garage = testkit::garage::bucket().await;
    let app = on(&garage, Db::Sqlite).await;
    let anna = app.register("anna").await;
    let bytes: Vec<u8> = (0..18 * 1024 * 1024_u32).map(|n| (n ^ (n >> 8)) as u8).collect();
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    let Transfer::Multipart { part_size, .. } = grant.transfer else { panic!("a single PUT") };
    for (index, part) in bytes.chunks(part_size as usize).enumerate() {
        let request = PartsRequest { parts: vec![PartSpec { number: index as u32 + 1, content_md5: md5_of(part) }] };
        let response: PartsResponse = anna.post(&path(route::UPLOAD_PARTS, &grant.upload_id), &request).await.ok();
        let mut corrupt = part.to_vec();
        corrupt[7] ^= 1;
        assert_eq!(put(&anna, &response.parts[0].put, &corrupt).await.status, 400);
        assert_eq!(put(&anna, &response.parts[0].put, part).await.status, 200);
    }
    let image = verified(anna.finish(&grant.upload_id).await);
    let image = anna.picture(&image.id).await;
    assert!(Answer::of(app.http.get(image.url.unwrap())).await.body == bytes);
    verified(anna.finish(&grant.upload_id).await);
}

#[tokio::test]
async fn a_store_that_refuses_the_key_is_unavailable_and_nothing_is_half_done() {
    let garage = testkit::garage::bucket().await;
    let app = on(&garage, Db::Sqlite).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("a.png", &png(1))).await;
    put(&anna, single(&grant), &png(1)).await;
    let image = anna.upload("b.png", &png(2)).await;
    garage.allow(false, false).await;
    assert_eq!(failed(anna.finish(&grant.upload_id).await), ErrorCode::StorageUnavailable);
    assert_eq!(app.nobody().get(route::READYZ).await.code(), ErrorCode::StorageUnavailable);
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &image.id))).await.ok();
    garage.allow(true, true).await;
    verified(anna.finish(&grant.upload_id).await);
    assert_eq!(Answer::of(app.http.get(image.url.as_deref().unwrap())).await.status, 200, "its bytes are still there");
    app.housekeeping.once().await;
    assert_eq!(Answer::of(app.http.get(image.url.unwrap())).await.status, 404, "what could not be removed goes later");
}

/// A service inside another program, on somebody's own bucket, with one picture.
struct Own {
    _dir: tempfile::TempDir,
    service: Embedded,
    token: String,
    http: reqwest::Client,
    image: Image,
}

impl Own {
    async fn on(garage: &Garage) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let service = start(EmbeddedConfig {
            data_dir: dir.path().to_owned(),
            reserve_in: None,
            storage: EmbeddedStorage::Bucket(bucket_of(garage)),
            preferred_port: None,
            expects_pictures: false,
        })
        .await
        .unwrap();
        let token = service.local_session().await.unwrap().access_token;
        let http = reqwest::Client::new();
        let part = reqwest::multipart::Part::bytes(png(1)).file_name("a.png");
        let form = reqwest::multipart::Form::new().part("image", part);
        let to = service.base_url().join(route::IMAGES).unwrap();
        let sent = http.post(to).bearer_auth(&token).multipart(form).send().await.unwrap();
        let image = sent.json::<account_api::ImageResponse>().await.unwrap().image;
        Self { _dir: dir, service, token, http, image }
    }

    async fn post<A: serde::de::DeserializeOwned>(&self, route: &str, request: &impl serde::Serialize) -> A {
        let to = self.service.base_url().join(route).unwrap();
        let answer = self.http.post(to).bearer_auth(&self.token).json(request).send().await.unwrap();
        answer.json().await.unwrap()
    }
}

#[tokio::test]
async fn links_of_ones_own_bucket_are_presigned_for_a_week() {
    let garage = testkit::garage::bucket().await;
    let own = Own::on(&garage).await;
    let links: LinksResponse = own.post(route::LINKS, &LinksRequest { image_ids: vec![own.image.id.clone()] }).await;
    let link = &links.links[0];
    assert!(link.expires_at.is_some() && link.url.starts_with(&garage.endpoint), "{link:?}");
    assert!(own.http.get(&link.url).send().await.unwrap().bytes().await.unwrap() == png(1));
    own.service.shutdown().await;
}

#[tokio::test]
async fn a_store_that_is_away_comes_back() {
    let server = testkit::garage::GarageServer::start().await;
    let garage = server.bucket().await;
    let app = on(&garage, Db::Sqlite).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("a.png", &png(1))).await;
    put(&anna, single(&grant), &png(1)).await;
    server.stop();
    let CompleteOutcome::Failed { error } = anna.finish(&grant.upload_id).await else { panic!("verified nothing") };
    assert_eq!(error.code, ErrorCode::StorageUnavailable);
    let said = "The picture store can’t be used right now. Nothing was lost; try again later.";
    assert_eq!(error.message, said, "how a service reaches its store is nobody else’s business");
    server.restart().await;
    verified(anna.finish(&grant.upload_id).await);
}

#[tokio::test]
async fn why_a_store_is_away_is_told_on_ones_own_computer() {
    let server = testkit::garage::GarageServer::start().await;
    let garage = server.bucket().await;
    let own = Own::on(&garage).await;
    server.stop();
    let request = VerifyRequest { image_ids: vec![own.image.id.clone()], read_back: false, proof: false };
    let mut answer: VerifyResponse = own.post(route::VERIFY, &request).await;
    let VerifyOutcome::Failed { error } = answer.results.remove(0).outcome else { panic!("{answer:?}") };
    assert!(error.message.starts_with("The picture store can’t be used right now: "), "{}", error.message);
    own.service.shutdown().await;
}
