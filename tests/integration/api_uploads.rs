//! A picture that a program sends through the service's API is the same as one that the app sends to the store.

use engine::Role;
use rstest::rstest;
use serde_json::Value;
use testkit::photos;

use crate::world::{Database, Hosted, Person, Store, password_of};

/// A program that speaks HTTP.
struct Program {
    http: reqwest::Client,
    service: String,
    token: String,
}

impl Program {
    async fn sign_in(hosted: &Hosted, name: &str) -> Self {
        let http = reqwest::Client::new();
        let login = serde_json::json!({"username": name, "password": password_of(name)});
        let answer = http.post(format!("{}/api/auth/login", hosted.url())).json(&login).send().await.unwrap();
        let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        Self { http, service: hosted.url(), token: answer["access_token"].as_str().unwrap().to_owned() }
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.service)).bearer_auth(&self.token);
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    async fn upload(&self, name: &str, bytes: Vec<u8>) {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("image", part);
        let request = self.http.post(format!("{}/api/images", self.service)).bearer_auth(&self.token).multipart(form);
        assert_eq!(request.send().await.unwrap().status(), 201);
    }

    /// The feed's newest state of the account's one picture.
    async fn change(&self) -> Value {
        let page = self.get("/api/changes?after=0").await;
        assert_eq!(page["changes"].as_array().unwrap().len(), 1, "{page}");
        page["changes"][0].clone()
    }

    /// What the store has at an address: its headers that describe the object, and the bytes.
    async fn object(&self, url: &Value) -> (Vec<(String, String)>, Vec<u8>) {
        let response = self.http.get(url.as_str().unwrap()).send().await.unwrap().error_for_status().unwrap();
        let described =
            |name: &str| name.starts_with("x-amz-meta-") || matches!(name, "content-type" | "content-length");
        let mut headers: Vec<_> = response
            .headers()
            .iter()
            .filter(|(name, _)| described(name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        (headers, response.bytes().await.unwrap().to_vec())
    }
}

/// Without what two pictures can't have in common.
fn comparable(mut change: Value) -> Value {
    for pointer in ["", "/image", "/image/receipt"] {
        let fields = change.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        fields.retain(|name, _| {
            !matches!(
                &**name,
                "id" | "image_id" | "created_at" | "updated_at" | "verified_at" | "url" | "thumbnail_url"
            )
        });
    }
    change
}

#[rstest]
#[case::photograph("turned.jpg", photos::jpeg_with_exif(6, None, Some("2024:05:06 07:08:09")))]
#[case::screenshot("Grüße, 100 %.png", photos::png(640, 400, 3))]
#[case::in_parts("large.bmp", photos::bmp(2600, 2600, 4))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_ways_in_give_the_same_picture(
    #[case] name: &str,
    #[case] bytes: Vec<u8>,
    #[values((Database::Sqlite, Store::Embedded), (Database::Postgres, Store::Garage))] on: (Database, Store),
) {
    let hosted = Hosted::start(on.0, on.1).await;
    let anna = hosted.person("anna").await;
    let path = anna.file(name, &bytes);
    // A form says nothing of when its file was modified; neither does a file from before there were any.
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    anna.upload_one(&path).await;
    let bert = Person::new(Role::CommandLine).await;
    bert.register(&hosted, "bert").await;

    let (by_app, by_api) = (Program::sign_in(&hosted, "anna").await, Program::sign_in(&hosted, "bert").await);
    by_api.upload(name, bytes.clone()).await;

    let (app, api) = (by_app.change().await, by_api.change().await);
    assert_eq!(comparable(app.clone()), comparable(api.clone()));
    assert_eq!(api["image"]["has_thumbnail"], true);

    let shown = |change: &Value| format!("/api/images/{}", change["image_id"].as_str().unwrap());
    let (app, api) = (by_app.get(&shown(&app)).await, by_api.get(&shown(&api)).await);
    let stored = by_api.object(&api["url"]).await;
    assert!(stored.1 == bytes);
    assert!(by_app.object(&app["url"]).await == stored, "the objects differ: {:?}", stored.0);
    let thumbnail = by_api.object(&api["thumbnail_url"]).await;
    assert!(by_app.object(&app["thumbnail_url"]).await == thumbnail, "the thumbnails differ: {:?}", thumbnail.0);

    // The other program's picture reaches the app like its own.
    bert.engine.sync().await.unwrap();
    assert_eq!(bert.count().await, 1);
}
