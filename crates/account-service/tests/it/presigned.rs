//! A presigned address lets its holder store exactly what was granted, and nothing else: on the embedded store and on Garage.

use account_api::{Grant, PartSpec, PartsRequest, PartsResponse, PresignedPut, Transfer, route};
use account_service::config::StoreConfig;
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path, png};
use crate::garage::bucket_of;
use crate::uploads::{announcement, md5_of, put, single, verified};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Store {
    Embedded,
    Garage,
}

async fn on(store: Store) -> TestApp {
    match store {
        Store::Embedded => TestApp::start(Db::Sqlite).await,
        Store::Garage => {
            let garage = testkit::garage::bucket().await;
            TestApp::start_with(Db::Sqlite, |config| config.store = StoreConfig::Bucket(bucket_of(&garage))).await
        }
    }
}

/// Everything that isn't what was granted, each with its name. `right` is what may be sent.
fn abuses(put: &PresignedPut, right: &[u8]) -> Vec<(&'static str, PresignedPut, Vec<u8>)> {
    let with = |name: &str, value: Option<String>| {
        let mut put = put.clone();
        match value {
            Some(value) => put.headers.insert(name.to_owned(), value),
            None => put.headers.remove(name),
        };
        put
    };
    let longer = [right, &[0; 1000]].concat();
    let shorter = right[..right.len() - 1].to_vec();
    let mut other = right.to_vec();
    other[20] ^= 1;
    let elsewhere = |from: &str, to: &str| PresignedPut { url: put.url.replacen(from, to, 1), ..put.clone() };
    let mut abuses = vec![
        ("longer, and says so", with("content-length", Some(longer.len().to_string())), longer.clone()),
        (
            "longer, and says so, with its own MD5",
            {
                let mut put = with("content-length", Some(longer.len().to_string()));
                put.headers.insert("content-md5".to_owned(), md5_of(&longer));
                put
            },
            longer.clone(),
        ),
        ("longer, in chunks without a length", with("content-length", None), longer),
        ("shorter, and says so", with("content-length", Some(shorter.len().to_string())), shorter),
        ("other bytes of the same length", put.clone(), other.clone()),
        ("other bytes with their own MD5", with("content-md5", Some(md5_of(&other))), other.clone()),
        ("other bytes without an MD5", with("content-md5", None), other),
        ("another object", elsewhere("/pictures/", "/picturez/"), right.to_vec()),
        ("a longer life", elsewhere("X-Amz-Expires=900", "X-Amz-Expires=90000"), right.to_vec()),
    ];
    if put.headers.contains_key("content-type") {
        abuses.push(("another media type", with("content-type", Some("text/html".to_owned())), right.to_vec()));
        abuses.push(("no media type", with("content-type", None), right.to_vec()));
        abuses.push(("other facts", with("x-amz-meta-sha256", Some("0".repeat(64))), right.to_vec()));
        abuses.push(("no facts", with("x-amz-meta-sha256", None), right.to_vec()));
    } else {
        abuses.push(("another part", elsewhere("partNumber=1", "partNumber=2"), right.to_vec()));
    }
    abuses
}

/// Whether a store refuses this, sent with exactly these headers; without a length, in chunks. A store that hangs up on a
/// body that it has refused already does so, too: then nobody reads its answer.
async fn is_refused(app: &TestApp, put: &PresignedPut, bytes: &[u8]) -> bool {
    let mut request = app.http.put(&put.url);
    for (name, value) in &put.headers {
        request = request.header(name, value);
    }
    let request = if put.headers.contains_key("content-length") {
        request.body(bytes.to_vec())
    } else {
        let chunks: Vec<Result<Vec<u8>, std::io::Error>> = bytes.chunks(1000).map(|chunk| Ok(chunk.to_vec())).collect();
        request.body(reqwest::Body::wrap_stream(futures::stream::iter(chunks)))
    };
    request.send().await.map_or_else(|error| error.is_request(), |answer| answer.status().is_client_error())
}

async fn nothing_else_gets_in(app: &TestApp, put: &PresignedPut, right: &[u8]) {
    for (name, abuse, bytes) in abuses(put, right) {
        assert!(is_refused(app, &abuse, &bytes).await, "{name} gets in");
    }
    let other_method = Answer::of(app.http.get(&put.url)).await;
    assert!(other_method.status.is_client_error(), "reading with it: {other_method:?}");
    let removing = Answer::of(app.http.delete(&put.url)).await;
    assert!(removing.status.is_client_error(), "removing with it: {removing:?}");
}

#[rstest]
#[tokio::test]
async fn one_put_stores_what_was_granted_and_nothing_else(#[values(Store::Embedded, Store::Garage)] store: Store) {
    let app = on(store).await;
    let anna = app.register("anna").await;
    let bytes = png(1);
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    nothing_else_gets_in(&app, single(&grant), &bytes).await;
    assert_eq!(put(&anna, single(&grant), &bytes).await.status, 200);
    let image = verified(anna.finish(&grant.upload_id).await);
    // The address is still good for some minutes, for the same bytes only.
    nothing_else_gets_in(&app, single(&grant), &bytes).await;
    let image = anna.picture(&image.id).await;
    assert_eq!(Answer::of(app.http.get(image.url.unwrap())).await.body, bytes);
}

async fn part_of(anna: &Person<'_>, grant: &Grant, number: u32, bytes: &[u8]) -> PresignedPut {
    let request = PartsRequest { parts: vec![PartSpec { number, content_md5: md5_of(bytes) }] };
    let response: PartsResponse = anna.post(&path(route::UPLOAD_PARTS, &grant.upload_id), &request).await.ok();
    response.parts.into_iter().next().unwrap().put
}

#[rstest]
#[tokio::test]
async fn a_part_is_bound_as_well(#[values(Store::Embedded, Store::Garage)] store: Store) {
    let app = on(store).await;
    let anna = app.register("anna").await;
    let bytes: Vec<u8> = (0..17 * 1024 * 1024_u32).map(|n| (n ^ (n >> 8)) as u8).collect();
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    let Transfer::Multipart { part_size, part_count } = grant.transfer else { panic!("a single PUT") };
    let parts: Vec<&[u8]> = bytes.chunks(part_size as usize).collect();
    assert_eq!(parts.len(), part_count as usize);
    let first = part_of(&anna, &grant, 1, parts[0]).await;
    nothing_else_gets_in(&app, &first, parts[0]).await;
    let stored: account_api::StoredPartsResponse = anna.get(&path(route::UPLOAD_STORED, &grant.upload_id)).await.ok();
    assert!(stored.parts.is_empty(), "{stored:?}");
    for (index, part) in parts.iter().enumerate() {
        let granted = part_of(&anna, &grant, index as u32 + 1, part).await;
        assert_eq!(put(&anna, &granted, part).await.status, 200);
    }
    // One part more than there are, and one that is none.
    for number in [0, part_count + 1] {
        let request = PartsRequest { parts: vec![PartSpec { number, content_md5: md5_of(b"x") }] };
        let answer = anna.post(&path(route::UPLOAD_PARTS, &grant.upload_id), &request).await;
        assert_eq!(answer.code(), account_api::ErrorCode::InvalidRequest);
    }
    verified(anna.finish(&grant.upload_id).await);
    assert!(is_refused(&app, &first, parts[0]).await, "the upload is over");
}

/// A thumbnail's address is bound like a picture's.
#[rstest]
#[tokio::test]
async fn a_thumbnail_is_bound_as_well(#[values(Store::Embedded, Store::Garage)] store: Store) {
    let app = on(store).await;
    let anna = app.register("anna").await;
    let (bytes, small) = (png(1), png(2));
    let mut file = announcement("a.png", &bytes);
    file.thumbnail = Some(account_api::ThumbnailSpec {
        content_type: "image/png".to_owned(),
        size: small.len() as u64,
        content_md5: md5_of(&small),
    });
    let grant = anna.grant(file).await;
    put(&anna, single(&grant), &bytes).await;
    let account_api::CompleteOutcome::Verified { thumbnail: Some(place), .. } = anna.finish(&grant.upload_id).await
    else {
        panic!("no place for the thumbnail")
    };
    for (name, abuse, bytes) in abuses(&place, &small) {
        if name.contains("facts") || name == "another object" {
            continue;
        }
        assert!(is_refused(&app, &abuse, &bytes).await, "{name} gets in");
    }
    assert_eq!(put(&anna, &place, &small).await.status, 200);
}
