//! Names of pictures, in all the ways in which programs send them.

use account_api::{ErrorCode, Image, ImagePatch, LinksRequest, LinksResponse, UploadResponse, route};
use reqwest::Method;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};

/// A form with one part, whose head is given byte for byte.
async fn send(person: &Person<'_>, disposition: &[u8], seed: u32) -> Answer {
    let mut body = b"--B\r\nContent-Disposition: form-data; name=\"image\"; ".to_vec();
    body.extend_from_slice(disposition);
    body.extend_from_slice(b"\r\nContent-Type: image/png\r\n\r\n");
    body.extend_from_slice(&png(seed));
    body.extend_from_slice(b"\r\n--B--\r\n");
    let request = person.request(Method::POST, route::IMAGES).header(CONTENT_TYPE, "multipart/form-data; boundary=B");
    Answer::of(request.body(body)).await
}

#[rstest]
#[tokio::test]
async fn a_form_names_its_picture_in_many_ways(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let cases: [(&[u8], &str); 12] = [
        (b"filename*=utf-8''Stra%C3%9Fe%20in%20K%C3%B6ln.png", "Straße in Köln.png"),
        (b"filename=\"x.png\"; filename*=UTF-8'de'%E2%82%AC.png", "€.png"),
        (b"filename*=UTF-8''a.png; filename=\"b.png\"", "a.png"),
        ("filename=\"Straße.png\"".as_bytes(), "Straße.png"),
        (b"filename=\"Stra\xdfe.png\"", "Straße.png"),
        (b"filename=\"=?utf-8?B?U3RyYcOfZS5wbmc=?=\"", "Straße.png"),
        (b"filename=\"say %22hi%22.png\"", "say \"hi\".png"),
        (b"filename=\"a%20b.png\"", "a%20b.png"),
        (b"filename=\"C:\\Users\\anna\\a.png\"", "a.png"),
        (b"filename*=utf-8''..%2F..%2Fetc%2Fa%00b.png", "ab.png"),
        ("filename=\"photo\u{202e}gnp.exe\"".as_bytes(), "photognp.exe"),
        (b"filename*=utf-8''..", "picture.png"),
    ];
    for (seed, (disposition, wanted)) in (0..).zip(cases) {
        let answer: UploadResponse = send(&anna, disposition, seed).await.ok();
        assert_eq!(answer.image.name, wanted, "{}", String::from_utf8_lossy(disposition));
        let stored: Image = anna.get(&path(route::IMAGE, &answer.image.id)).await.ok();
        assert_eq!(stored.name, wanted);
    }
}

#[tokio::test]
async fn what_is_saved_from_a_link_shows_its_real_end() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let uploaded: UploadResponse = send(&anna, b"filename=\"a.png\"", 1).await.ok();
    let id = uploaded.image.id;
    let name = Some("photo\u{202e}gnp.\u{200b}exe".to_owned());
    let patched = anna.patch(&path(route::IMAGE, &id), &ImagePatch { name, ..ImagePatch::default() }).await;
    assert!(patched.status.is_success());
    let links: LinksResponse = anna.post(route::LINKS, &LinksRequest { image_ids: vec![id] }).await.ok();
    let mut answer = Answer::of(app.http.get(&links.links[0].url)).await;
    if let Some(to) = answer.headers.get("location") {
        answer = Answer::of(app.http.get(to.to_str().unwrap())).await;
    }
    let disposition = answer.headers[CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.contains("filename=\"photognp.exe\"; filename*=UTF-8''photognp%2Eexe"), "{disposition}");
}

#[tokio::test]
async fn a_name_never_carries_a_folder() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let uploaded: UploadResponse = send(&anna, b"filename=\"a.png\"", 1).await.ok();
    for name in ["a/b.png", "../a.png", "a\nb.png"] {
        let patch = ImagePatch { name: Some(name.to_owned()), ..ImagePatch::default() };
        let answer = anna.patch(&path(route::IMAGE, &uploaded.image.id), &patch).await;
        assert_eq!(answer.code(), ErrorCode::InvalidRequest, "{name}");
    }
}
