//! Large pictures, in parts.

use account_api::{
    CompleteItem, CompleteOutcome, CompletedPart, ErrorCode, Grant, PartSpec, PartsRequest, PartsResponse,
    StoredPartsResponse, Transfer, VerifiedBy, route,
};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path};
use crate::uploads::{announcement, failed, md5_of, put, verified};

const MIB: usize = 1024 * 1024;

fn large(seed: u8) -> Vec<u8> {
    (0..20 * MIB + 123).map(|n| (n as u8).wrapping_mul(31).wrapping_add(seed) ^ (n >> 8) as u8).collect()
}

fn parts_of<'a>(grant: &Grant, bytes: &'a [u8]) -> Vec<&'a [u8]> {
    let Transfer::Multipart { part_size, part_count } = grant.transfer else { panic!("a single PUT") };
    let parts: Vec<_> = bytes.chunks(part_size as usize).collect();
    assert_eq!(parts.len(), part_count as usize);
    parts
}

async fn send_part(person: &Person<'_>, grant: &Grant, number: u32, bytes: &[u8]) -> CompletedPart {
    let request = PartsRequest { parts: vec![PartSpec { number, content_md5: md5_of(bytes) }] };
    let response: PartsResponse = person.post(&path(route::UPLOAD_PARTS, &grant.upload_id), &request).await.ok();
    let answer = put(person, &response.parts[0].put, bytes).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    CompletedPart { number, etag: answer.headers["etag"].to_str().unwrap().to_owned() }
}

async fn stored(person: &Person<'_>, grant: &Grant) -> Vec<u32> {
    let response: StoredPartsResponse = person.get(&path(route::UPLOAD_STORED, &grant.upload_id)).await.ok();
    response.parts.iter().map(|part| part.number).collect()
}

#[rstest]
#[tokio::test]
async fn a_large_picture_travels_in_parts_and_comes_back(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let bytes = large(1);
    let grant = anna.grant(announcement("panorama.png", &bytes)).await;
    let parts = parts_of(&grant, &bytes);
    assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8 * MIB, 8 * MIB, 4 * MIB + 123]);

    let mut sent = Vec::new();
    for number in [3, 1] {
        sent.push(send_part(&anna, &grant, number, parts[number as usize - 1]).await);
    }
    assert_eq!(stored(&anna, &grant).await, [1, 3]);
    assert_eq!(failed(anna.finish(&grant.upload_id).await), ErrorCode::UploadIncomplete);

    // As after a restart: the same upload, and what has arrived needn't be sent again.
    let resumed = anna.grant(announcement("panorama.png", &bytes)).await;
    assert_eq!(resumed.upload_id, grant.upload_id);
    sent.push(send_part(&anna, &resumed, 2, parts[1]).await);
    sent.sort_by_key(|part| part.number);

    let item = CompleteItem { upload_id: grant.upload_id.clone(), parts: sent };
    let image = verified(anna.complete(item.clone()).await);
    assert_eq!(image.receipt.verified_by, VerifiedBy::PartMd5);
    assert_eq!(image.receipt.stored_size, bytes.len() as u64);
    let again = verified(anna.complete(item).await);
    assert_eq!(again.id, image.id);
    let image = anna.picture(&image.id).await;
    let answer = Answer::of(app.http.get(image.url.unwrap())).await;
    assert!(answer.body == bytes, "the bytes come back as they were");
}

#[tokio::test]
async fn the_stores_own_list_completes_an_upload_whose_tags_were_lost() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let bytes = large(2);
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    for (index, part) in parts_of(&grant, &bytes).into_iter().enumerate() {
        send_part(&anna, &grant, index as u32 + 1, part).await;
    }
    verified(anna.finish(&grant.upload_id).await);
}

#[tokio::test]
async fn a_corrupt_part_is_refused() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let bytes = large(3);
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    let part = parts_of(&grant, &bytes)[0];
    let request = PartsRequest { parts: vec![PartSpec { number: 1, content_md5: md5_of(part) }] };
    let response: PartsResponse = anna.post(&path(route::UPLOAD_PARTS, &grant.upload_id), &request).await.ok();
    let mut corrupt = part.to_vec();
    corrupt[5] ^= 1;
    let answer = put(&anna, &response.parts[0].put, &corrupt).await;
    assert_eq!(answer.status, 400);
    assert!(String::from_utf8_lossy(&answer.body).contains("BadDigest"));
    assert!(stored(&anna, &grant).await.is_empty());
}

#[tokio::test]
async fn there_is_no_part_beyond_the_last() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("a.png", &large(4))).await;
    for number in [0, 4] {
        let request = PartsRequest { parts: vec![PartSpec { number, content_md5: md5_of(b"x") }] };
        let answer = anna.post(&path(route::UPLOAD_PARTS, &grant.upload_id), &request).await;
        assert_eq!(answer.code(), ErrorCode::InvalidRequest);
    }
}

#[rstest]
#[tokio::test]
async fn an_aborted_upload_leaves_no_parts_behind(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let bytes = large(5);
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    send_part(&anna, &grant, 1, parts_of(&grant, &bytes)[0]).await;
    assert!(anna.delete(&path(route::UPLOAD, &grant.upload_id)).await.status.is_success());
    let left = std::fs::read_dir(app.dir.path().join("store/parts")).unwrap().count();
    assert_eq!(left, 0);
    let answer = anna.get(&path(route::UPLOAD_STORED, &grant.upload_id)).await;
    assert_eq!(answer.code(), ErrorCode::UploadGone);
}

#[tokio::test]
async fn parts_that_the_store_has_thrown_away_mean_a_new_beginning() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let bytes = large(6);
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    send_part(&anna, &grant, 1, parts_of(&grant, &bytes)[0]).await;
    for entry in std::fs::read_dir(app.dir.path().join("store/parts")).unwrap() {
        std::fs::remove_dir_all(entry.unwrap().path()).unwrap();
    }
    assert_eq!(anna.get(&path(route::UPLOAD_STORED, &grant.upload_id)).await.code(), ErrorCode::UploadGone);
    let anew = anna.grant(announcement("a.png", &bytes)).await;
    assert_ne!(anew.upload_id, grant.upload_id);
    assert!(matches!(anna.finish(&anew.upload_id).await, CompleteOutcome::Failed { .. }));
}

#[rstest]
#[tokio::test]
async fn what_a_killed_service_had_begun_at_the_store_is_ended(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let bytes = large(7);
    let first = anna.grant(announcement("a.png", &bytes)).await;
    // Killed after the store's answer, before that was noted.
    assert_eq!(app.column("UPDATE uploads SET store_upload_id = NULL RETURNING sha256").await.len(), 1);
    let again = anna.grant(announcement("a.png", &bytes)).await;
    assert_eq!(again.upload_id, first.upload_id);
    for (number, part) in (1..).zip(parts_of(&again, &bytes)) {
        send_part(&anna, &again, number, part).await;
    }
    verified(anna.finish(&again.upload_id).await);
    assert_eq!(std::fs::read_dir(app.dir.path().join("store/parts")).unwrap().count(), 0);
}
