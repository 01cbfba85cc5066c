//! Reading and changing pictures, and what others see of them: nothing.

use account_api::{
    Description, DescriptionPatch, ErrorCode, Image, ImagePatch, ImageResponse, ImagesPage, LinksRequest,
    LinksResponse, ThumbnailsRequest, ThumbnailsResponse, route,
};
use reqwest::Method;
use rstest::rstest;

use crate::app::{Answer, Db, TestApp, path, png};
use crate::uploads::{announcement, failed};

#[rstest]
#[tokio::test]
async fn pages_are_newest_first_and_miss_nothing(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let mut uploaded = Vec::new();
    for n in 0..7 {
        uploaded.push(anna.upload(&format!("{n}.png"), &png(n)).await.id);
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page: ImagesPage = anna.get(&format!("{}?limit=3{cursor}", route::IMAGES)).await.ok();
        assert!(page.images.iter().all(|image| image.url.is_some()));
        seen.extend(page.images.iter().map(|image| (image.created_at.clone(), image.id.clone())));
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(seen.windows(2).all(|pair| pair[0].0 >= pair[1].0), "newest first: {seen:?}");
    let mut seen: Vec<_> = seen.into_iter().map(|(_, id)| id).collect();
    seen.sort();
    uploaded.sort();
    assert_eq!(seen, uploaded);
    let answer = anna.get(&format!("{}?cursor=nonsense", route::IMAGES)).await;
    assert_eq!(answer.code(), ErrorCode::InvalidRequest);
}

#[rstest]
#[tokio::test]
async fn what_people_say_of_a_picture_is_kept(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let patch = ImagePatch {
        name: Some("Am Meer".to_owned()),
        favourite: Some(true),
        description: Some(
            Description {
                description: "Eine Möwe.".to_owned(),
                alt_text: "Möwe".to_owned(),
                tags: vec!["möwe".to_owned(), " ".to_owned(), "meer".to_owned()],
                text_in_image: String::new(),
                described_by: String::new(),
            }
            .into(),
        ),
    };
    let response: ImageResponse = anna.patch(&path(route::IMAGE, &image.id), &patch).await.ok();
    let changed = response.image;
    assert_eq!((&*changed.name, changed.favourite), ("Am Meer", true));
    assert_eq!(changed.description.as_deref(), Some("Eine Möwe."));
    assert_eq!(changed.tags, ["möwe", "meer"]);
    assert_eq!((changed.text_in_image, changed.described_by.as_deref()), (None, Some("person")));
    assert!(changed.revision > image.revision && changed.described_at.is_some());

    let only_name = ImagePatch { name: Some("B".to_owned()), ..ImagePatch::default() };
    let response: ImageResponse = anna.patch(&path(route::IMAGE, &image.id), &only_name).await.ok();
    assert_eq!(response.image.description.as_deref(), Some("Eine Möwe."), "what is absent stays");
    let of = |description| ImagePatch { description: Some(description), ..ImagePatch::default() };
    let alt = DescriptionPatch { alt_text: Some("Silbermöwe".to_owned()), ..Default::default() };
    let response: ImageResponse = anna.patch(&path(route::IMAGE, &image.id), &of(alt)).await.ok();
    assert_eq!(response.image.description.as_deref(), Some("Eine Möwe."), "and so do the other texts");
    let tags = DescriptionPatch {
        add_tags: vec!["Himmel".to_owned(), "MEER".to_owned()],
        remove_tags: vec!["Möwe".to_owned()],
        ..Default::default()
    };
    let response: ImageResponse = anna.patch(&path(route::IMAGE, &image.id), &of(tags)).await.ok();
    assert_eq!(response.image.tags, ["meer", "Himmel"]);
    let models = Description {
        description: "A bird.".to_owned(),
        alt_text: "Bird".to_owned(),
        tags: vec!["bird".to_owned()],
        text_in_image: "KIOSK".to_owned(),
        described_by: "gpt-5-mini".to_owned(),
    };
    let response: ImageResponse = anna.patch(&path(route::IMAGE, &image.id), &of(models.into())).await.ok();
    let image_now = response.image;
    assert_eq!(image_now.description.as_deref(), Some("Eine Möwe."), "a person’s word is never replaced by a model’s");
    assert_eq!(image_now.tags, ["meer", "Himmel", "bird"]);
    assert_eq!(
        (image_now.text_in_image.as_deref(), image_now.described_by.as_deref()),
        (Some("KIOSK"), Some("person"))
    );
    let nothing = ImagePatch { description: Some(Description::default().into()), ..ImagePatch::default() };
    let response: ImageResponse = anna.patch(&path(route::IMAGE, &image.id), &nothing).await.ok();
    let image_now = response.image;
    assert_eq!((image_now.own_description, image_now.own_alt_text, image_now.tags.len()), (None, None, 0));
    assert_eq!(image_now.description.as_deref(), Some("A bird."), "the model’s is shown again");
    let response: ImageResponse = anna.patch(&path(route::IMAGE, &image.id), &nothing).await.ok();
    assert_eq!((response.image.description, response.image.described_by), (None, None), "who takes that away means it");

    for bad in ["", "x\ny", &"x".repeat(256)] {
        let bad = ImagePatch { name: Some(bad.to_owned()), ..ImagePatch::default() };
        let answer = anna.patch(&path(route::IMAGE, &image.id), &bad).await;
        assert_eq!(answer.code(), ErrorCode::InvalidRequest);
    }
}

/// Every route with somebody else's identifier answers as if there were nothing.
#[rstest]
#[tokio::test]
async fn one_person_never_learns_of_anothers_pictures(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (anna, bert) = (app.register("anna").await, app.register("bert").await);
    let image = anna.upload("a.png", &png(1)).await;
    let open = anna.grant(announcement("open.png", &png(2))).await;
    let missing = "00000000-0000-4000-8000-000000000000";

    for (method, route, id, body) in [
        (Method::GET, route::IMAGE, &image.id, None),
        (Method::PATCH, route::IMAGE, &image.id, Some(serde_json::json!({"favourite": true}))),
        (Method::DELETE, route::IMAGE, &image.id, None),
        (Method::POST, route::RESTORE, &image.id, None),
        (Method::POST, route::ANALYZE, &image.id, None),
        (Method::DELETE, route::UPLOAD, &open.upload_id, None),
        (Method::GET, route::UPLOAD_STORED, &open.upload_id, None),
        (
            Method::POST,
            route::UPLOAD_PARTS,
            &open.upload_id,
            Some(serde_json::json!({"parts": [{"number": 1, "content_md5": "XUFAKrxLKna5cZ2REBfFkg=="}]})),
        ),
    ] {
        let request = |id: &str| {
            let request = bert.request(method.clone(), &path(route, id));
            Answer::of(match &body {
                Some(body) => request.json(body),
                None => request,
            })
        };
        let (theirs, nowhere) = (request(id).await, request(missing).await);
        assert!(theirs.status.is_client_error(), "{method} {route}: {theirs:?}");
        assert_eq!((theirs.status, theirs.body), (nowhere.status, nowhere.body), "{method} {route}");
    }
    let answer = bert.delete(&format!("{}?permanent=true", path(route::IMAGE, &image.id))).await;
    assert_eq!(answer.code(), ErrorCode::NotFound);
    assert_eq!(failed(bert.finish(&open.upload_id).await), ErrorCode::UploadGone);
    assert!(bert.images().await.is_empty());
    let links: LinksResponse = bert.post(route::LINKS, &LinksRequest { image_ids: vec![image.id.clone()] }).await.ok();
    assert!(links.links.is_empty());
    let thumbnails: ThumbnailsResponse =
        bert.post(route::THUMBNAILS, &ThumbnailsRequest { image_ids: vec![image.id.clone()] }).await.ok();
    assert!(thumbnails.confirmed.is_empty());

    // The same bytes are no duplicate for someone else: that would tell that somebody has them.
    let theirs = bert.upload("b.png", &png(1)).await;
    assert_ne!(theirs.id, image.id);
    let mine: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
    assert_eq!(mine.revision, image.revision, "nothing of anna’s has changed");
}

#[tokio::test]
async fn every_route_but_a_few_wants_a_person() {
    let app = TestApp::start(Db::Sqlite).await;
    let id = "00000000-0000-4000-8000-000000000000";
    for (method, route) in [
        (Method::GET, route::ME),
        (Method::POST, route::LOGOUT),
        (Method::GET, route::IMAGES),
        (Method::POST, route::IMAGES),
        (Method::GET, route::IMAGE),
        (Method::PATCH, route::IMAGE),
        (Method::DELETE, route::IMAGE),
        (Method::POST, route::ANALYZE),
        (Method::POST, route::RESTORE),
        (Method::POST, route::UPLOADS),
        (Method::POST, route::UPLOAD_PARTS),
        (Method::GET, route::UPLOAD_STORED),
        (Method::POST, route::COMPLETE),
        (Method::POST, route::THUMBNAILS),
        (Method::DELETE, route::UPLOAD),
        (Method::GET, route::CHANGES),
        (Method::GET, route::CHANGES_STREAM),
        (Method::POST, route::LINKS),
        (Method::POST, route::EDITS),
    ] {
        let answer = Answer::of(app.nobody().request(method.clone(), &path(route, id))).await;
        assert_eq!(answer.code(), ErrorCode::Unauthorized, "{method} {route}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
}
