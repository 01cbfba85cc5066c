//! The service inside another program.

use account_api::{ChangesPage, ErrorCode, LinksRequest, LinksResponse, RegisterRequest, TrashRule, User, route};
use account_service::embedded::{Embedded, EmbeddedConfig, EmbeddedStorage, start};

use crate::app::png;
use crate::uploads::announcement;

async fn on(dir: &std::path::Path, preferred_port: Option<u16>) -> Embedded {
    let config = EmbeddedConfig {
        data_dir: dir.to_owned(),
        reserve_in: None,
        storage: EmbeddedStorage::ThisComputer,
        preferred_port,
        expects_pictures: false,
    };
    start(config).await.unwrap()
}

/// A client of an embedded service, signed in as the local person.
struct Local {
    base: String,
    token: String,
    http: reqwest::Client,
}

impl Local {
    async fn of(service: &Embedded) -> Self {
        let session = service.local_session().await.unwrap();
        Self {
            base: service.base_url().as_str().trim_end_matches('/').to_owned(),
            token: session.access_token,
            http: reqwest::Client::new(),
        }
    }

    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    async fn upload(&self, seed: u32) -> account_api::Image {
        let part = reqwest::multipart::Part::bytes(png(seed)).file_name("a.png");
        let form = reqwest::multipart::Form::new().part("image", part);
        let response = self.request(reqwest::Method::POST, route::IMAGES).multipart(form).send().await.unwrap();
        assert_eq!(response.status(), 201);
        response.json::<account_api::ImageResponse>().await.unwrap().image
    }
}

#[tokio::test]
async fn the_local_person_needs_no_password_and_stays_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let service = on(dir.path(), None).await;
    let first = service.local_session().await.unwrap();
    let local = Local::of(&service).await;
    let me: User = local.request(reqwest::Method::GET, route::ME).send().await.unwrap().json().await.unwrap();
    assert_eq!(me.id, first.user.id);
    service.shutdown().await;

    let service = on(dir.path(), None).await;
    assert_eq!(service.local_session().await.unwrap().user.id, first.user.id);
    service.shutdown().await;
}

#[tokio::test]
async fn nobody_else_of_this_computer_can_have_an_account() {
    let dir = tempfile::tempdir().unwrap();
    let service = on(dir.path(), None).await;
    let local = Local::of(&service).await;
    let request = RegisterRequest {
        username: "mallory".to_owned(),
        email: "m@example.com".to_owned(),
        password: "a long enough password".to_owned(),
        device_name: None,
        ..RegisterRequest::default()
    };
    let response = local.request(reqwest::Method::POST, route::REGISTER).json(&request).send().await.unwrap();
    let body: account_api::ErrorBody = response.json().await.unwrap();
    assert_eq!(body.error.code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn the_preferred_port_is_taken_when_it_is_free() {
    let dir = tempfile::tempdir().unwrap();
    let service = on(dir.path(), None).await;
    let port = service.base_url().port().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let other = on(elsewhere.path(), Some(port)).await;
    assert_ne!(other.base_url().port(), Some(port), "it is taken, so another one is used");
    service.shutdown().await;
    let again = on(dir.path(), Some(port)).await;
    assert_eq!(again.base_url().port(), Some(port));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_can_run_on_one_folder() {
    let dir = tempfile::tempdir().unwrap();
    let (window, terminal) = tokio::join!(on(dir.path(), None), on(dir.path(), None));
    let (window_side, terminal_side) = tokio::join!(Local::of(&window), Local::of(&terminal));
    let (a, b): (Vec<_>, Vec<_>) = tokio::join!(
        futures::future::join_all((0..12).map(|n| window_side.upload(n))),
        futures::future::join_all((100..112).map(|n| terminal_side.upload(n)))
    );
    // Each sees the pictures of the other, and the bytes are the right ones.
    for (side, images, seeds) in [(&terminal_side, a, 0..12), (&window_side, b, 100..112)] {
        for (image, seed) in images.iter().zip(seeds) {
            let path = route::IMAGE.replace("{id}", &image.id);
            let seen: account_api::Image =
                side.request(reqwest::Method::GET, &path).send().await.unwrap().json().await.unwrap();
            let bytes = side.http.get(seen.url.unwrap()).send().await.unwrap().bytes().await.unwrap();
            assert!(bytes == png(seed), "picture {seed}");
            assert_eq!(seen.sha256, announcement("", &png(seed)).sha256);
        }
    }
    tokio::join!(window.shutdown(), terminal.shutdown());
}

#[tokio::test]
async fn the_person_says_how_long_the_trash_is_kept_for_every_process() {
    let dir = tempfile::tempdir().unwrap();
    let (window, terminal) = (on(dir.path(), None).await, on(dir.path(), None).await);
    let rule = async |service: &Embedded| {
        let local = Local::of(service).await;
        let changes = local.request(reqwest::Method::GET, &format!("{}?after=0", route::CHANGES)).send().await.unwrap();
        changes.json::<ChangesPage>().await.unwrap().trash.unwrap()
    };
    assert_eq!(rule(&window).await.days, None, "for ever, until somebody says otherwise");
    terminal.keep_trash(Some(7)).await.unwrap();
    assert_eq!(rule(&window).await.days, Some(7));
    assert_eq!(window.keep_trash(Some(0)).await.unwrap_err().code, ErrorCode::InvalidRequest);
    tokio::join!(window.shutdown(), terminal.shutdown());
    // A start says nothing new.
    let again = on(dir.path(), None).await;
    assert_eq!(rule(&again).await.days, Some(7));
    again.keep_trash(None).await.unwrap();
    assert_eq!(rule(&again).await, TrashRule { days: None, since: None });
}

#[cfg(unix)]
#[tokio::test]
async fn what_it_keeps_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("not/there yet");
    let service = on(&data, None).await;
    service.shutdown().await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let keys = std::fs::read_dir(&data).unwrap().flatten().filter(|e| e.path().extension().is_some_and(|e| e == "key"));
    let modes: Vec<u32> = keys.map(|entry| mode(&entry.path())).collect();
    assert_eq!(modes, [0o600; 4]);
}

#[tokio::test]
async fn a_link_of_this_computer_is_the_services_own() {
    let dir = tempfile::tempdir().unwrap();
    let service = on(dir.path(), None).await;
    let local = Local::of(&service).await;
    let image = local.upload(1).await;
    let request = LinksRequest { image_ids: vec![image.id] };
    let response = local.request(reqwest::Method::POST, route::LINKS).json(&request).send().await.unwrap();
    let links: LinksResponse = response.json().await.unwrap();
    assert!(links.links[0].url.starts_with(&format!("{}/i/", local.base)));
    assert!(local.http.get(&links.links[0].url).send().await.unwrap().bytes().await.unwrap() == png(1));
}
