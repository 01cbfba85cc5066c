//! What an account may hold.

use account_api::{
    CompleteOutcome, ErrorCode, GrantOutcome, GrantRequest, GrantResponse, ImageResponse, MessageResponse,
    ThumbnailSpec, Usage, User, VerifyOutcome, VerifyRequest, VerifyResponse, route,
};
use account_service::config::Quotas;
use futures::future::join_all;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::uploads::{announcement, put, single, verified};

async fn with(db: Db, bytes: Option<u64>, pictures: Option<u64>) -> TestApp {
    TestApp::start_with(db, |config| config.quotas = Quotas { bytes, pictures }).await
}

impl Person<'_> {
    pub async fn usage(&self) -> Usage {
        self.get(route::ME).await.ok::<User>().usage.unwrap()
    }
}

#[track_caller]
fn refused(outcome: GrantOutcome) -> ErrorCode {
    match outcome {
        GrantOutcome::Refused { error } => error.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[rstest]
#[tokio::test]
async fn a_grant_takes_room_and_what_goes_gives_it_back(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(2)).await;
    let anna = app.register("anna").await;
    let empty = Usage { bytes: 0, pictures: 0, quota_bytes: None, quota_pictures: Some(2) };
    assert_eq!(anna.usage().await, empty);

    let one = anna.upload("1.png", &png(1)).await;
    let two = anna.grant(announcement("2.png", &png(2))).await;
    assert_eq!(anna.grant(announcement("2.png", &png(2))).await.upload_id, two.upload_id, "the same room");
    let sum = (png(1).len() + png(2).len()) as u64;
    assert_eq!(anna.usage().await, Usage { bytes: sum, pictures: 2, ..empty.clone() });

    assert_eq!(refused(anna.announce(announcement("3.png", &png(3))).await), ErrorCode::QuotaExceeded);
    assert!(matches!(anna.announce(announcement("1.png", &png(1))).await, GrantOutcome::Duplicate { .. }));
    assert!(anna.delete(&path(route::UPLOAD, &two.upload_id)).await.status.is_success());
    assert_eq!(anna.usage().await.pictures, 2, "it can still be sent");
    app.addresses_end().await;
    assert_eq!(anna.usage().await.pictures, 1);
    assert_eq!(anna.usage().await.bytes, png(1).len() as u64, "an aborted upload gives its room back");

    let three = anna.upload("3.png", &png(3)).await;
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &three.id)).await.ok();
    assert_eq!(refused(anna.announce(announcement("4.png", &png(4))).await), ErrorCode::QuotaExceeded, "trash counts");
    for id in [&one.id, &three.id] {
        let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, id))).await.ok();
    }
    app.addresses_end().await;
    assert_eq!(anna.usage().await, empty);
}

#[rstest]
#[tokio::test]
async fn bytes_are_counted_to_the_last(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let size = png(1).len() as u64;
    let app = with(db, Some(size * 2), None).await;
    let anna = app.register("anna").await;
    anna.upload("1.png", &png(1)).await;
    let mut larger = announcement("2.png", &png(2));
    larger.size = size + 1;
    match anna.announce(larger).await {
        GrantOutcome::Refused { error } => {
            assert_eq!(error.code, ErrorCode::QuotaExceeded);
            assert!(error.message.contains("Nothing was sent"), "{}", error.message);
        }
        other => panic!("{other:?}"),
    }
    let mut exact = announcement("3.png", &png(3));
    exact.size = size;
    anna.grant(exact).await;
    // Somebody else's room is their own.
    app.register("bert").await.upload("1.png", &png(1)).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn grants_that_are_asked_for_at_once_do_not_overshoot(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(7)).await;
    let anna = app.register("anna").await;
    let batches = (0..6).map(|batch| {
        let files = (0..4).map(|n| announcement(&format!("{batch}-{n}.png"), &png(batch * 4 + n))).collect();
        let anna = anna.clone();
        async move { anna.post(route::UPLOADS, &GrantRequest { files }).await.ok::<GrantResponse>().results }
    });
    let outcomes: Vec<_> = join_all(batches).await.into_iter().flatten().collect();
    let granted = outcomes.iter().filter(|result| matches!(result.outcome, GrantOutcome::Granted { .. })).count();
    assert_eq!(granted, 7);
    assert_eq!(anna.usage().await.pictures, 7);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_asked_for_at_once_take_room_once(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(3)).await;
    let anna = app.register("anna").await;
    let grants = join_all((0..8).map(|_| anna.grant(announcement("a.png", &png(1))))).await;
    assert!(grants.iter().all(|grant| grant.upload_id == grants[0].upload_id));
    assert_eq!(anna.usage().await.pictures, 1);
    put(&anna, single(&grants[0]), &png(1)).await;
    verified(anna.finish(&grants[0].upload_id).await);
    assert_eq!(anna.usage().await, Usage { bytes: png(1).len() as u64, ..anna.usage().await });
}

#[rstest]
#[tokio::test]
async fn an_upload_through_the_service_is_refused_as_well(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(1)).await;
    let anna = app.register("anna").await;
    let send = |seed: u32| {
        let form = Form::new().part("image", Part::bytes(png(seed)).file_name("a.png"));
        Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form))
    };
    let _: ImageResponse = send(1).await.ok();
    assert_eq!(send(2).await.code(), ErrorCode::QuotaExceeded);
    assert_eq!(anna.usage().await.pictures, 1);
    let transit = std::fs::read_dir(app.dir.path().join("transit")).unwrap().count();
    assert_eq!(transit, 0, "nothing is left in transit");
}

/// The refusal comes on the headers alone: a client that waits for leave to send (RFC 9110, 10.1.1) sends nothing.
#[tokio::test]
async fn a_body_that_has_no_chance_is_not_asked_for() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let app = TestApp::start_with(Db::Sqlite, |config| {
        config.quotas.bytes = Some(3_000_000);
        config.limits.file_size = 10_000_000;
    })
    .await;
    let anna = app.register("anna").await;
    for (size, status) in [(5_000_000, "403"), (50_000_000, "413")] {
        let mut connection = tokio::net::TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nexpect: 100-continue\r\n\
             content-type: multipart/form-data; boundary=x\r\ncontent-length: {size}\r\n\r\n",
            route::IMAGES,
            anna.token.clone().unwrap()
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"));
    }
}

/// Whoever sends first and reads then gets the answer, and not a broken connection: refused by the length alone, and on the way.
#[rstest]
#[tokio::test]
async fn who_is_refused_while_sending_hears_why(#[values(true, false)] by_length: bool) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let app = TestApp::start_with(Db::Sqlite, |config| config.quotas.bytes = Some(3_000_000)).await;
    let anna = app.register("anna").await;
    let mut connection = tokio::net::TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
    let form = "--x\r\ncontent-disposition: form-data; name=image; filename=a.png\r\n\r\n";
    let size = 40_000_000;
    let length = if by_length { format!("content-length: {}", form.len() + size) } else { CHUNKED.to_owned() };
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: multipart/form-data; boundary=x\r\n\
         {length}\r\n\r\n",
        route::IMAGES,
        anna.token.clone().unwrap()
    );
    let mut body = [form.as_bytes().to_vec(), noise(size)].concat();
    if !by_length {
        body = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    }
    connection.write_all(request.as_bytes()).await.unwrap();
    connection.write_all(&body).await.unwrap();
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 403");
}

const CHUNKED: &str = "transfer-encoding: chunked";

/// A PNG's signature, and then nothing that has a meaning.
fn noise(size: usize) -> Vec<u8> {
    let mut bytes = vec![7; size];
    let png = png(1);
    let length = png.len().min(size);
    bytes[..length].copy_from_slice(&png[..length]);
    bytes
}

/// How many objects the store has in a folder.
fn in_store(app: &TestApp, folder: &str) -> usize {
    fn files(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }
    files(&app.config.data_dir.join("store/objects").join(folder))
}

#[rstest]
#[tokio::test]
async fn what_is_sent_after_an_upload_was_aborted_takes_its_room_until_it_is_found(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
) {
    let size = png(1).len() as u64;
    let app = with(db, Some(size + 10), None).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("1.png", &png(1))).await;
    assert!(anna.delete(&path(route::UPLOAD, &grant.upload_id)).await.status.is_success());
    assert!(put(&anna, single(&grant), &png(1)).await.status.is_success(), "nobody can take an address back");
    assert_eq!(in_store(&app, "pictures"), 1);
    match anna.announce(announcement("2.png", &png(2))).await {
        GrantOutcome::Refused { error } => {
            assert_eq!(error.code, ErrorCode::QuotaExceeded);
            assert!(error.message.contains("minutes at most"), "{}", error.message);
        }
        other => panic!("{other:?}"),
    }
    app.addresses_end().await;
    assert_eq!(in_store(&app, "pictures"), 0, "it was found and removed");
    assert_eq!(anna.usage().await.bytes, 0);
    // On its way while the address ended: found a day later.
    put(&anna, single(&grant), &png(1)).await;
    app.addresses_end().await;
    assert_eq!((in_store(&app, "pictures"), anna.usage().await.bytes), (0, 0));
    assert!(app.column("SELECT object_key FROM held_keys").await.is_empty());
    anna.upload("2.png", &png(2)).await;
}

#[rstest]
#[tokio::test]
async fn what_is_sent_again_after_its_picture_was_removed_is_found(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, None, Some(1)).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("1.png", &png(1))).await;
    put(&anna, single(&grant), &png(1)).await;
    let image = verified(anna.finish(&grant.upload_id).await);
    let gone = format!("{}?permanent=true", path(route::IMAGE, &image.id));
    let _: MessageResponse = anna.delete(&gone).await.ok();
    assert!(put(&anna, single(&grant), &png(1)).await.status.is_success());
    assert_eq!(refused(anna.announce(announcement("2.png", &png(2))).await), ErrorCode::QuotaExceeded);
    app.addresses_end().await;
    assert_eq!((in_store(&app, "pictures"), anna.usage().await.pictures), (0, 0));
    // One that came through the service was never at an address of anybody's.
    let form = Form::new().part("image", Part::bytes(png(3)).file_name("a.png"));
    let image = Answer::of(anna.request(Method::POST, route::IMAGES).multipart(form)).await.ok::<ImageResponse>().image;
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &image.id))).await.ok();
    assert_eq!(anna.usage().await.bytes, 0);
}

#[rstest]
#[tokio::test]
async fn a_false_hash_gives_no_room(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let (small, large) = (png(1), [png(2), vec![0; 50_000]].concat());
    let app = with(db, Some(small.len() as u64 + 100), None).await;
    let anna = app.register("anna").await;
    let mut lie = announcement("1.png", &small);
    lie.sha256 = announcement("2.png", &large).sha256;
    let grant = anna.grant(lie.clone()).await;
    put(&anna, single(&grant), &small).await;
    let image = verified(anna.finish(&grant.upload_id).await);
    let request = VerifyRequest { image_ids: vec![image.id.clone()], read_back: true, proof: false };
    let found: VerifyResponse = anna.post(route::VERIFY, &request).await.ok();
    assert!(matches!(found.results[0].outcome, VerifyOutcome::Changed { .. }));
    // The picture counts as faulty now; what would mend it is larger, and then of the same size.
    assert_eq!(refused(anna.announce(announcement("2.png", &large)).await), ErrorCode::QuotaExceeded);
    assert_eq!(refused(anna.announce(lie).await), ErrorCode::QuotaExceeded, "its bytes still take their room");
    assert_eq!(anna.usage().await.bytes, small.len() as u64);
}

#[rstest]
#[tokio::test]
async fn mending_counts_what_is_there_in_the_end(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let (small, large) = (png(1), [png(2), vec![0; 50_000]].concat());
    let app = with(db, Some(1_000_000), None).await;
    let anna = app.register("anna").await;
    let mut lie = announcement("1.png", &small);
    lie.sha256 = announcement("2.png", &large).sha256;
    let grant = anna.grant(lie).await;
    put(&anna, single(&grant), &small).await;
    let image = verified(anna.finish(&grant.upload_id).await);
    let request = VerifyRequest { image_ids: vec![image.id.clone()], read_back: true, proof: false };
    let _: VerifyResponse = anna.post(route::VERIFY, &request).await.ok();
    let grant = anna.grant(announcement("2.png", &large)).await;
    put(&anna, single(&grant), &large).await;
    let mended = verified(anna.finish(&grant.upload_id).await);
    assert_eq!((mended.id, mended.size), (image.id, large.len() as u64));
    app.addresses_end().await;
    let usage = anna.usage().await;
    assert_eq!((usage.bytes, usage.pictures), (large.len() as u64, 1));
}

#[rstest]
#[tokio::test]
async fn thumbnails_count(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let size = png(1).len() as u64;
    let app = with(db, Some(size + 1000), None).await;
    let anna = app.register("anna").await;
    let with_thumbnail = |size| {
        let mut file = announcement("1.png", &png(1));
        let content_md5 = crate::uploads::md5_of(&vec![7; size]);
        file.thumbnail = Some(ThumbnailSpec { content_type: "image/jpeg".to_owned(), size: size as u64, content_md5 });
        file
    };
    assert_eq!(refused(anna.announce(with_thumbnail(1001)).await), ErrorCode::QuotaExceeded);
    let grant = anna.grant(with_thumbnail(1000)).await;
    assert_eq!(anna.usage().await.bytes, size + 1000);
    put(&anna, single(&grant), &png(1)).await;
    let CompleteOutcome::Verified { image, thumbnail: Some(thumbnail) } = anna.finish(&grant.upload_id).await else {
        panic!("no place for the thumbnail")
    };
    assert_eq!(anna.usage().await.bytes, size + 1000);
    put(&anna, &thumbnail, &[7; 1000]).await;
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &image.id))).await.ok();
    assert!(put(&anna, &thumbnail, &[7; 1000]).await.status.is_success());
    app.addresses_end().await;
    assert_eq!((in_store(&app, "thumbnails"), anna.usage().await.bytes), (0, 0));
}

#[rstest]
#[tokio::test]
async fn so_many_uploads_are_open_at_once_and_no_more(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| config.limits.open_uploads = 5).await;
    let anna = app.register("anna").await;
    let large = |n: u32| {
        let mut file = announcement(&format!("{n}.png"), &png(n));
        file.size = 20 * 1024 * 1024;
        file
    };
    let files = (0..8).map(large).collect();
    let outcomes = anna.post(route::UPLOADS, &GrantRequest { files }).await.ok::<GrantResponse>().results;
    // Which five of a batch get a place is left to chance.
    let (mut granted, mut refused) = (Vec::new(), Vec::new());
    for (n, result) in (0..).zip(&outcomes) {
        match &result.outcome {
            GrantOutcome::Granted { grant } => granted.push((n, grant.upload_id.clone())),
            GrantOutcome::Refused { error } => {
                assert_eq!(error.code, ErrorCode::TooManyUploads);
                refused.push(n);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((granted.len(), refused.len()), (5, 3));
    // One that is open is gone on with, and when one ends another one begins.
    let (open, upload_id) = &granted[0];
    assert_eq!(anna.grant(large(*open)).await.upload_id, *upload_id);
    assert!(anna.delete(&path(route::UPLOAD, upload_id)).await.status.is_success());
    assert_eq!(anna.usage().await.pictures, 4, "nothing can be sent to a multipart upload that the store has aborted");
    anna.grant(large(refused[0])).await;
    app.register("bert").await.grant(large(1)).await;
}

/// A form without a length, sent in pieces.
fn in_pieces(anna: &Person<'_>, bytes: usize) -> reqwest::RequestBuilder {
    let head = b"--x\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n".to_vec();
    let piece = vec![7_u8; 64 * 1024];
    let pieces = std::iter::once(head).chain(std::iter::repeat_n(piece, bytes / (64 * 1024)));
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces.map(Ok::<_, std::io::Error>)));
    anna.request(Method::POST, route::IMAGES).header("content-type", "multipart/form-data; boundary=x").body(body)
}

#[rstest]
#[tokio::test]
async fn what_comes_without_a_length_is_bounded_while_it_comes(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = with(db, Some(1_000_000), None).await;
    let anna = app.register("anna").await;
    // Far more than what the sockets' buffers take.
    match in_pieces(&anna, 256 * 1024 * 1024).send().await {
        Ok(answer) => {
            assert_eq!(answer.status().as_u16(), 403);
            assert!(answer.text().await.unwrap().contains("quota_exceeded"));
        }
        // It hangs up on who goes on sending.
        Err(error) => assert!(error.is_request() || error.is_body(), "{error:?}"),
    }
    assert_eq!(std::fs::read_dir(app.dir.path().join("transit")).unwrap().count(), 0);
    assert_eq!(anna.usage().await.bytes, 0);
}

#[tokio::test]
async fn a_disk_without_room_is_told_before_anything_is_sent() {
    // More than any disk has, or rather a twentieth of this one.
    let app = TestApp::start_with(Db::Sqlite, |config| config.limits.file_size = u64::MAX / 4).await;
    let anna = app.register("anna").await;
    let mut vast = announcement("vast.png", &png(1));
    vast.size = 40_000 * 1024 * 1024 * 1024;
    match anna.announce(vast).await {
        GrantOutcome::Refused { error } => {
            assert_eq!(error.code, ErrorCode::StorageUnavailable);
            assert!(error.message.contains("disk"), "{}", error.message);
        }
        other => panic!("{other:?}"),
    }
}
