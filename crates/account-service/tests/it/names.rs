//! Names of pictures, in all the ways in which programs send them.

use account_api::{
    EditStatus, EditsResponse, ErrorCode, GrantOutcome, Image, ImagePatch, LinksRequest, LinksResponse, UploadResponse,
    route,
};
use reqwest::Method;
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::uploads::announcement;

/// What no picture can be called.
const NO_NAMES: [&str; 11] = [
    "a/b.png",
    "../a.png",
    "a\nb.png",
    "..",
    " . ",
    "\u{202e}",
    "\u{200b}\u{200d}",
    "\u{2800}",
    "\u{3164}",
    "\u{a0}",
    "a\\b.png",
];

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
    let cases: [(&[u8], &str); 14] = [
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
        (b"filename*=utf-8''%E2%A0%80", "picture.png"),
        (b"filename*=utf-8''%E3%85%A4%E2%80%8B", "picture.png"),
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

#[rstest]
#[tokio::test]
async fn a_name_never_carries_a_folder_and_can_be_seen(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let uploaded: UploadResponse = send(&anna, b"filename=\"a.png\"", 1).await.ok();
    for name in NO_NAMES {
        let patch = ImagePatch { name: Some(name.to_owned()), ..ImagePatch::default() };
        let answer = anna.patch(&path(route::IMAGE, &uploaded.image.id), &patch).await;
        assert_eq!(answer.code(), ErrorCode::InvalidRequest, "{name:?}");
        let edit = serde_json::json!({"operations": [{
            "id": uuid::Uuid::new_v4(), "clock": "019ad3f1c8000000", "device": uuid::Uuid::new_v4(), "kind": "set_name",
            "image_id": uploaded.image.id, "name": name,
        }]});
        let answered: EditsResponse = anna.post(route::EDITS, &edit).await.ok();
        assert_eq!(answered.results[0].status, EditStatus::Invalid, "{name:?}: {answered:?}");
        let grant = anna.announce(announcement(name, &png(9))).await;
        assert!(matches!(grant, GrantOutcome::Refused { .. }), "{name:?}: {grant:?}");
    }
    let stored: Image = anna.get(&path(route::IMAGE, &uploaded.image.id)).await.ok();
    assert_eq!(stored.name, "a.png");
}

#[tokio::test]
async fn a_name_of_an_earlier_version_saves_nothing_as_a_folder() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let uploaded: UploadResponse = send(&anna, b"filename=\"a.png\"", 1).await.ok();
    for name in [".", "..", "\u{202e}", "\u{2800}"] {
        app.execute(&format!("UPDATE images SET name = '{name}'")).await;
        let request = LinksRequest { image_ids: vec![uploaded.image.id.clone()] };
        let links: LinksResponse = anna.post(route::LINKS, &request).await.ok();
        let mut answer = Answer::of(app.http.get(&links.links[0].url)).await;
        if let Some(to) = answer.headers.get("location") {
            answer = Answer::of(app.http.get(to.to_str().unwrap())).await;
        }
        let disposition = answer.headers[CONTENT_DISPOSITION].to_str().unwrap();
        assert!(disposition.contains("filename=\"picture.png\""), "{name:?}: {disposition}");
    }
}
