//! The one write path: grant, PUT, complete.

use account_api::{
    CompleteItem, CompleteOutcome, CompleteRequest, CompleteResponse, ErrorCode, Examination, ExaminationsRequest,
    ExaminationsResponse, Examined, Facts, Grant, GrantOutcome, GrantRequest, GrantResponse, Image, ImagesPage,
    MAX_BATCH, NewPicture, PresignedPut, Remark, ThumbnailSpec, ThumbnailUrlsRequest, ThumbnailUrlsResponse,
    ThumbnailsRequest, ThumbnailsResponse, Transfer, VerifiedBy, route,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::Md5;
use rstest::rstest;
use sha2::{Digest, Sha256};

use crate::app::{Answer, Db, Person, TestApp, path, png};

pub fn md5_of(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Md5::digest(bytes))
}

/// What is wrong with every picture of these tests.
pub fn missing() -> Remark {
    let message = "The last 4 % are missing, as after an interrupted copy or download.".to_owned();
    Remark { code: "truncated".to_owned(), message }
}

/// As the engine would read them; one isn't as documented, and is left out.
pub fn facts() -> Facts {
    Facts {
        lens: Some("XF23mmF2 R WR".to_owned()),
        exposure_seconds: Some(0.00833333),
        latitude: Some(50.94129),
        longitude: Some(6.95824),
        orientation: Some(9),
        ..Facts::default()
    }
}

/// What the engine would announce.
pub fn announcement(name: &str, bytes: &[u8]) -> NewPicture {
    NewPicture {
        reference: name.to_owned(),
        name: name.to_owned(),
        format: "png".to_owned(),
        size: bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(bytes)),
        content_md5: md5_of(bytes),
        width: Some(64),
        height: Some(48),
        taken_at: Some("2026-03-01T12:00:00".to_owned()),
        file_modified_at: Some("2026-03-02T12:00:00Z".to_owned()),
        facts: facts(),
        remark: Some(missing()),
        ..NewPicture::default()
    }
}

pub async fn put(person: &Person<'_>, put: &PresignedPut, bytes: &[u8]) -> Answer {
    let mut request = person.app.http.put(&put.url).body(bytes.to_vec());
    for (name, value) in &put.headers {
        request = request.header(name, value);
    }
    Answer::of(request).await
}

impl Person<'_> {
    pub async fn announce(&self, file: NewPicture) -> GrantOutcome {
        let response: GrantResponse = self.post(route::UPLOADS, &GrantRequest { files: vec![file] }).await.ok();
        assert_eq!(response.results.len(), 1);
        response.results.into_iter().next().unwrap().outcome
    }

    pub async fn grant(&self, file: NewPicture) -> Grant {
        match self.announce(file).await {
            GrantOutcome::Granted { grant } => grant,
            other => panic!("not granted: {other:?}"),
        }
    }

    pub async fn complete(&self, item: CompleteItem) -> CompleteOutcome {
        let request = CompleteRequest { uploads: vec![item] };
        let response: CompleteResponse = self.post(route::COMPLETE, &request).await.ok();
        response.results.into_iter().next().unwrap().outcome
    }

    pub async fn finish(&self, upload_id: &str) -> CompleteOutcome {
        self.complete(CompleteItem { upload_id: upload_id.to_owned(), parts: Vec::new() }).await
    }

    /// The whole way of a small picture.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Image {
        let grant = self.grant(announcement(name, bytes)).await;
        let answer = put(self, single(&grant), bytes).await;
        assert!(answer.status.is_success(), "{answer:?}");
        let image = verified(self.finish(&grant.upload_id).await);
        assert_eq!((image.url, image.thumbnail_url), (None, None), "whoever sent it has its bytes");
        self.picture(&image.id).await
    }

    pub async fn images(&self) -> Vec<Image> {
        self.get(route::IMAGES).await.ok::<ImagesPage>().images
    }
}

pub fn single(grant: &Grant) -> &PresignedPut {
    match &grant.transfer {
        Transfer::Single { put } => put,
        other @ Transfer::Multipart { .. } => panic!("not a single PUT: {other:?}"),
    }
}

#[track_caller]
pub fn verified(outcome: CompleteOutcome) -> Image {
    match outcome {
        CompleteOutcome::Verified { image, .. } => *image,
        other => panic!("not verified: {other:?}"),
    }
}

#[track_caller]
pub fn failed(outcome: CompleteOutcome) -> ErrorCode {
    match outcome {
        CompleteOutcome::Failed { error } => error.code,
        other => panic!("not failed: {other:?}"),
    }
}

#[rstest]
#[tokio::test]
async fn a_picture_gets_in_and_its_bytes_come_back(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let bytes = png(1);
    let grant = anna.grant(announcement("Grüße vom Meer.png", &bytes)).await;
    assert!(anna.images().await.is_empty(), "a grant is not a picture");
    // Where it was taken goes to nobody who may read the object's head, or follows a link.
    let said = format!("{:?}", single(&grant).headers) + &single(&grant).url;
    assert!(said.contains("x-amz-meta-taken") && !said.contains("50.94") && !said.contains("XF23"), "{said}");
    assert_eq!(put(&anna, single(&grant), &bytes).await.status, 200);
    assert!(anna.images().await.is_empty(), "stored is not verified");

    let image = verified(anna.finish(&grant.upload_id).await);
    assert_eq!((image.size, image.width, image.height), (bytes.len() as u64, Some(64), Some(48)));
    assert_eq!((&*image.name, &*image.content_type), ("Grüße vom Meer.png", "image/png"));
    assert_eq!(image.remark, Some(missing()));
    assert_eq!(image.facts, facts().sound());
    assert_eq!(image.receipt.sha256, hex::encode(Sha256::digest(&bytes)));
    assert_eq!(image.receipt.stored_size, bytes.len() as u64);
    assert_eq!(image.receipt.verified_by, VerifiedBy::ContentMd5);
    assert_eq!(image.receipt.etag.as_deref(), Some(&*hex::encode(Md5::digest(&bytes))));

    let image: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
    let answer = Answer::of(app.http.get(image.url.unwrap())).await;
    assert_eq!((answer.status.as_u16(), &answer.body), (200, &bytes));
    assert_eq!(answer.headers["content-type"], "image/png");
    assert_eq!(answer.headers["x-amz-meta-sha256"], image.sha256);
    assert_eq!(answer.headers["x-amz-meta-name"], "Gr%C3%BC%C3%9Fe%20vom%20Meer.png");
    assert_eq!(answer.headers["x-amz-meta-taken"], "2026-03-01T12:00:00");
}

#[rstest]
#[tokio::test]
async fn completing_twice_gives_the_same_picture(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("a.png", &png(1))).await;
    put(&anna, single(&grant), &png(1)).await;
    let first = verified(anna.finish(&grant.upload_id).await);
    let second = verified(anna.finish(&grant.upload_id).await);
    assert_eq!((first.id, first.revision), (second.id, second.revision));
    assert_eq!(anna.images().await.len(), 1);
}

#[tokio::test]
async fn a_body_that_is_not_what_was_announced_is_refused_by_the_store() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let bytes = png(1);
    let grant = anna.grant(announcement("a.png", &bytes)).await;

    let mut corrupt = bytes.clone();
    corrupt[100] ^= 1;
    let answer = put(&anna, single(&grant), &corrupt).await;
    assert_eq!(answer.status, 400);
    assert!(String::from_utf8_lossy(&answer.body).contains("BadDigest"), "{answer:?}");
    assert_eq!(failed(anna.finish(&grant.upload_id).await), ErrorCode::UploadIncomplete, "nothing of it was kept");

    let mut longer = single(&grant).clone();
    longer.headers.insert("content-length".to_owned(), (bytes.len() + 1).to_string());
    let answer = put(&anna, &longer, &[&bytes[..], b"x"].concat()).await;
    assert_eq!(answer.status, 403, "the length is signed: {answer:?}");

    let mut other_type = single(&grant).clone();
    other_type.headers.insert("content-type".to_owned(), "text/html".to_owned());
    assert_eq!(put(&anna, &other_type, &bytes).await.status, 403, "the type is signed");

    assert_eq!(put(&anna, single(&grant), &bytes).await.status, 200, "the right bytes still get in");
    verified(anna.finish(&grant.upload_id).await);
}

#[rstest]
#[tokio::test]
async fn completing_before_sending_is_not_the_end(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("a.png", &png(1))).await;
    assert_eq!(failed(anna.finish(&grant.upload_id).await), ErrorCode::UploadIncomplete);
    put(&anna, single(&grant), &png(1)).await;
    verified(anna.finish(&grant.upload_id).await);
}

#[rstest]
#[tokio::test]
async fn the_same_bytes_are_a_duplicate(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    match anna.announce(announcement("another name.png", &png(1))).await {
        GrantOutcome::Duplicate { image: found } => {
            assert_eq!((found.id, &*found.name), (image.id, "a.png"));
        }
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[tokio::test]
async fn an_open_upload_is_gone_on_with(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let first = anna.grant(announcement("a.png", &png(1))).await;
    let second = anna.grant(announcement("a.png", &png(1))).await;
    assert_eq!(first.upload_id, second.upload_id);
    put(&anna, single(&second), &png(1)).await;
    verified(anna.finish(&first.upload_id).await);
}

#[rstest]
#[tokio::test]
async fn one_bad_file_does_not_keep_the_others_from_getting_in(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let good = announcement("good.png", &png(1));
    let files = vec![
        NewPicture { format: "exe".to_owned(), ..announcement("program.exe", &png(2)) },
        good,
        NewPicture { size: 0, ..announcement("empty.png", &png(3)) },
        NewPicture { size: u64::MAX, ..announcement("huge.png", &png(4)) },
        NewPicture { sha256: "ABC".to_owned(), ..announcement("hash.png", &png(5)) },
        NewPicture { name: "../../etc/passwd".to_owned(), ..announcement("name.png", &png(6)) },
    ];
    let response: GrantResponse = anna.post(route::UPLOADS, &GrantRequest { files }).await.ok();
    let outcomes: Vec<_> = response
        .results
        .iter()
        .map(|result| match &result.outcome {
            GrantOutcome::Refused { error } => Some(error.code),
            _ => None,
        })
        .collect();
    use ErrorCode::{InvalidRequest, TooLarge, UnsupportedMedia};
    assert_eq!(
        outcomes,
        [
            Some(UnsupportedMedia),
            None,
            Some(InvalidRequest),
            Some(TooLarge),
            Some(InvalidRequest),
            Some(InvalidRequest)
        ]
    );
    assert_eq!(response.results[1].reference, "good.png");
}

#[tokio::test]
async fn a_batch_has_a_size() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let none = anna.post(route::UPLOADS, &GrantRequest { files: Vec::new() }).await;
    assert_eq!(none.code(), ErrorCode::InvalidRequest);
    let files = (0..=account_api::MAX_BATCH as u32).map(|n| announcement(&n.to_string(), &png(n))).collect();
    assert_eq!(anna.post(route::UPLOADS, &GrantRequest { files }).await.code(), ErrorCode::InvalidRequest);
}

#[rstest]
#[tokio::test]
async fn an_aborted_upload_is_over(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("a.png", &png(1))).await;
    put(&anna, single(&grant), &png(1)).await;
    assert!(anna.delete(&path(route::UPLOAD, &grant.upload_id)).await.status.is_success());
    assert_eq!(failed(anna.finish(&grant.upload_id).await), ErrorCode::UploadGone);
    let next = anna.grant(announcement("a.png", &png(1))).await;
    assert_ne!(next.upload_id, grant.upload_id);
    assert_eq!(failed(anna.finish(&next.upload_id).await), ErrorCode::UploadIncomplete, "the old bytes are gone");
}

#[rstest]
#[tokio::test]
async fn an_upload_that_nobody_goes_on_with_is_closed(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| config.limits.open_upload = std::time::Duration::ZERO).await;
    let anna = app.register("anna").await;
    let stale = anna.grant(announcement("a.png", &png(1))).await;
    put(&anna, single(&stale), &png(1)).await;
    // So that the clock moves on.
    anna.upload("b.png", &png(2)).await;
    app.housekeeping.once().await;
    assert_eq!(failed(anna.finish(&stale.upload_id).await), ErrorCode::UploadGone);
    let anew = anna.grant(announcement("a.png", &png(1))).await;
    assert_eq!(failed(anna.finish(&anew.upload_id).await), ErrorCode::UploadIncomplete, "its bytes were removed");
}

#[rstest]
#[tokio::test]
async fn a_thumbnail_is_believed_after_the_store_was_asked(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let (bytes, small) = (png(1), b"not really a picture, but the service doesn't look".to_vec());
    let mut file = announcement("a.png", &bytes);
    file.thumbnail = Some(ThumbnailSpec {
        content_type: "image/jpeg".to_owned(),
        size: small.len() as u64,
        content_md5: md5_of(&small),
    });
    let grant = anna.grant(file).await;
    put(&anna, single(&grant), &bytes).await;
    let CompleteOutcome::Verified { image, thumbnail: Some(thumbnail) } = anna.finish(&grant.upload_id).await else {
        panic!("no place for the thumbnail")
    };
    assert!(!image.has_thumbnail);
    let request = ThumbnailsRequest { image_ids: vec![image.id.clone()] };
    let none: ThumbnailsResponse = anna.post(route::THUMBNAILS, &request).await.ok();
    assert!(none.confirmed.is_empty());

    assert_eq!(put(&anna, &thumbnail, &small).await.status, 200);
    let one: ThumbnailsResponse = anna.post(route::THUMBNAILS, &request).await.ok();
    assert_eq!(one.confirmed, std::slice::from_ref(&image.id));
    let image: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
    assert!(image.has_thumbnail);
    let answer = Answer::of(app.http.get(image.thumbnail_url.unwrap())).await;
    assert_eq!(answer.body, small);
    let again: ThumbnailsResponse = anna.post(route::THUMBNAILS, &request).await.ok();
    assert_eq!(again.confirmed.len(), 1, "confirming twice is fine");

    // A screen of them is asked for at once; what has none, or isn't hers, is left out.
    let bare = anna.upload("bare.png", &png(2)).await;
    let request = ThumbnailUrlsRequest { image_ids: vec![bare.id, "nobody’s".to_owned(), image.id.clone()] };
    let there: ThumbnailUrlsResponse = anna.post(route::THUMBNAIL_URLS, &request).await.ok();
    assert_eq!(there.thumbnails.iter().map(|one| &one.image_id).collect::<Vec<_>>(), [&image.id]);
    assert_eq!(Answer::of(app.http.get(&there.thumbnails[0].url)).await.body, small);
    let theirs = app.register("bob").await.post(route::THUMBNAIL_URLS, &request).await;
    assert!(theirs.ok::<ThumbnailUrlsResponse>().thumbnails.is_empty());
    let many = ThumbnailUrlsRequest { image_ids: vec![image.id; MAX_BATCH + 1] };
    assert_eq!(anna.post(route::THUMBNAIL_URLS, &many).await.code(), ErrorCode::InvalidRequest);
}

/// Newer apps read more, and show more: that reaches pictures that are here already, and rebuilding keeps it.
#[rstest]
#[tokio::test]
async fn what_a_later_look_gave_takes_the_place_of_what_was_read(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let before = anna.upload("a.png", &png(1)).await;
    let used = anna.usage().await.bytes;
    let small = png(77);
    let found = Examination {
        image_id: before.id.clone(),
        width: Some(4032),
        height: None,
        taken_at: Some("2024-05-06T07:08:09".to_owned()),
        camera: Some("Fujifilm X100V".to_owned()),
        facts: Facts { iso: Some(200), ..Facts::default() },
        thumbhash: None,
        remark: Some(Remark { code: "truncated".to_owned(), message: "The last 4 % are missing.".to_owned() }),
        thumbnail: Some(ThumbnailSpec {
            content_type: "image/png".to_owned(),
            size: small.len() as u64,
            content_md5: md5_of(&small),
        }),
    };
    let request = ExaminationsRequest {
        examinations: vec![Examination { image_id: "nobody’s".to_owned(), ..Examination::default() }, found.clone()],
    };
    let mut noted: ExaminationsResponse = anna.post(route::EXAMINATIONS, &request).await.ok();
    assert_eq!(noted.examined.len(), 1);
    let Examined { image, thumbnail } = noted.examined.pop().unwrap();
    assert_eq!(
        (image.width, image.height, image.taken_at.clone(), image.camera.clone(), image.facts.iso),
        (Some(4032), before.height, found.taken_at.clone(), found.camera.clone(), Some(200))
    );
    assert_eq!((&image.remark, &image.thumbhash), (&found.remark, &before.thumbhash));
    assert_eq!(image.revision, before.revision + 1);
    assert_eq!(anna.usage().await.bytes, used + small.len() as u64);
    assert_eq!(put(&anna, &thumbnail.unwrap(), &small).await.status, 200);
    let confirm = ThumbnailsRequest { image_ids: vec![image.id.clone()] };
    let confirmed: ThumbnailsResponse = anna.post(route::THUMBNAILS, &confirm).await.ok();
    assert_eq!(confirmed.confirmed, std::slice::from_ref(&image.id));

    // The same again is no change, and a thumbnail that is there stays.
    let again: ExaminationsResponse = anna.post(route::EXAMINATIONS, &request).await.ok();
    assert_eq!(again.examined[0].image.revision, image.revision + 1, "that of the confirmed thumbnail");
    assert!(again.examined[0].thumbnail.is_none());
    assert_eq!(anna.usage().await.bytes, used + small.len() as u64);

    let theirs: ExaminationsResponse = app.register("bob").await.post(route::EXAMINATIONS, &request).await.ok();
    assert!(theirs.examined.is_empty());
    let wrong = Examination { camera: Some("x".repeat(201)), ..found };
    let request = ExaminationsRequest { examinations: vec![wrong] };
    assert_eq!(anna.post(route::EXAMINATIONS, &request).await.code(), ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_url_is_for_one_object_only() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let bytes = png(1);
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    let mut elsewhere = single(&grant).clone();
    elsewhere.url = elsewhere.url.replacen("/pictures/pictures/", "/pictures/other/", 1);
    assert_eq!(put(&anna, &elsewhere, &bytes).await.status, 403);
    let unsigned = elsewhere.url.split('?').next().unwrap().to_owned();
    assert_eq!(Answer::of(app.http.get(unsigned)).await.status, 403);
}
