//! Comparing database and bucket, cleaning up, and leaving alone what is somebody else's.

use std::collections::{BTreeMap, BTreeSet};

use account_api::{Grant, Image, ImageResponse, Transfer, route};
use account_service::config::BucketConfig;
use account_service::object_store::{Depth, ObjectStore, PutSpec};
use bytes::Bytes;
use reqwest::Method;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use testkit::garage::Garage;

use crate::app::{Answer, Db, Person, path, png};
use crate::garage::bucket_of;
use crate::process::{Ran, Setup};
use crate::uploads::{announcement, md5_of};

/// What can't be brought back as a picture.
const REFUSE: &[u8] = b"nobody needs this";

/// What something other than the service does to its bucket.
struct Meddler(ObjectStore);

impl Meddler {
    fn with(garage: &Garage) -> Self {
        let bucket: BucketConfig = bucket_of(garage);
        Self(ObjectStore::new(&bucket))
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        let md5 = md5_of(bytes);
        let spec = PutSpec { key, content_type: "image/png", size: bytes.len() as u64, content_md5: &md5, facts: None };
        self.0.put(&spec, Bytes::copy_from_slice(bytes)).await.unwrap();
    }

    async fn begin(&self, key: &str) {
        let spec = PutSpec { key, content_type: "image/png", size: 0, content_md5: "", facts: None };
        self.0.create_multipart(&spec).await.unwrap();
    }

    async fn keys(&self) -> BTreeSet<String> {
        self.0.list("", Depth::Everything, None).await.unwrap().objects.into_iter().map(|object| object.key).collect()
    }
}

/// The key behind a presigned URL.
fn key(url: Option<&String>) -> String {
    let url = url::Url::parse(url.unwrap()).unwrap();
    url.path().trim_start_matches('/').split_once('/').unwrap().1.to_owned()
}

fn new_key(person: &Person<'_>) -> String {
    format!("pictures/{}/{}.png", person.auth.as_ref().unwrap().user.id, uuid::Uuid::new_v4())
}

async fn by_form(person: &Person<'_>, seed: u32) -> Image {
    let part = reqwest::multipart::Part::bytes(png(seed)).file_name(format!("{seed}.png"));
    let form = reqwest::multipart::Form::new().part("image", part);
    Answer::of(person.request(Method::POST, route::IMAGES).multipart(form)).await.ok::<ImageResponse>().image
}

async fn large(person: &Person<'_>, seed: u8) -> Grant {
    let grant = person.grant(announcement("large.png", &vec![seed; 17 * 1024 * 1024])).await;
    assert!(matches!(grant.transfer, Transfer::Multipart { .. }));
    grant
}

/// How many of each kind; the summary apart.
fn kinds(ran: &Ran) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for line in ran.lines() {
        *kinds.entry(line["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(kinds.remove("summary"), Some(1));
    kinds
}

fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_difference_is_told_and_what_is_safe_is_repaired(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let garage = testkit::garage::bucket().await;
    let setup = Setup::on(db, Some(&garage)).await;
    let meddler = Meddler::with(&garage);
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let mut images = Vec::new();
    for seed in 0..6 {
        images.push(by_form(&anna, seed).await);
    }
    // Under way: no difference, whatever else is.
    large(&anna, 1).await;
    anna.grant(announcement("not sent yet.png", &png(77))).await;
    assert_eq!(setup.run(&["check"]).code, Some(0));

    meddler.0.delete(&key(images[0].url.as_ref())).await.unwrap();
    meddler.put(&key(images[1].url.as_ref()), b"something shorter").await;
    let mut other = png(2);
    *other.last_mut().unwrap() ^= 1;
    meddler.put(&key(images[2].url.as_ref()), &other).await;
    let thumbnails = [&images[3], &images[4], &images[0]].map(|image| key(image.thumbnail_url.as_ref()));
    meddler.0.delete(&thumbnails[0]).await.unwrap();
    meddler.put(&thumbnails[1], b"no thumbnail").await;
    meddler.0.delete(&thumbnails[2]).await.unwrap();
    let orphan = new_key(&anna);
    meddler.put(&orphan, REFUSE).await;
    meddler.begin(&new_key(&anna)).await;
    let user = &anna.auth.as_ref().unwrap().user.id;
    let elsewhere = ["backups/2026.tar".to_owned(), format!("journal/{user}/0001.ndjson"), "notes.txt".to_owned()];
    let foreign = [
        format!("pictures/{}/{}.png", uuid::Uuid::new_v4(), uuid::Uuid::new_v4()),
        "pictures/holiday.png".to_owned(),
        format!("pictures/{user}/holiday.png"),
    ];
    for key in elsewhere.iter().chain(&foreign) {
        meddler.put(key, b"somebody else's").await;
    }

    let ran = setup.run(&["check", "--json"]);
    assert_eq!(ran.code, Some(1));
    let expected = counts([
        ("missing_object", 1),
        ("size_differs", 1),
        ("content_differs", 1),
        ("missing_thumbnail", 2),
        ("thumbnail_differs", 1),
        ("orphan", 1),
        ("stale_multipart", 1),
        ("foreign", 3),
    ]);
    assert_eq!(kinds(&ran), expected);
    let missing: Vec<Value> = ran.lines().into_iter().filter(|line| line["kind"] == "missing_object").collect();
    assert_eq!(missing[0]["image_id"], *images[0].id);
    assert_eq!(missing[0]["expected_size"], images[0].size);
    let text = setup.run(&["check"]);
    assert!(text.code == Some(1) && text.out.contains(&orphan), "{text:?}");

    // What is young may be under way somewhere, and stays.
    let ran = setup.run(&["check", "--repair", "--json"]);
    assert_eq!(kinds(&ran), expected);
    let repaired = |ran: &Ran| -> BTreeSet<String> {
        let lines = ran.lines().into_iter().filter(|line| line["repair"]["done"] == true);
        lines.map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(repaired(&ran), ["missing_thumbnail", "thumbnail_differs"].map(str::to_owned).into());
    assert!(ran.lines().iter().all(|line| line["kind"] == "summary" || line["repair"]["message"].is_string()));
    let ran = setup.run(&["check", "--repair", "--older-than", "0s", "--json"]);
    assert_eq!(repaired(&ran), ["orphan", "stale_multipart"].map(str::to_owned).into());
    assert_eq!(ran.code, Some(1), "what can’t be repaired is left");
    let left = setup.run(&["check", "--shared", "--json"]);
    // The thumbnail of the picture that is lost can't be made; nobody claims any more that it is there.
    let expected = counts([("missing_object", 1), ("size_differs", 1), ("content_differs", 1)]);
    assert_eq!(kinds(&left), expected);
    let keys = meddler.keys().await;
    assert!(elsewhere.iter().chain(&foreign).all(|key| keys.contains(key)) && !keys.contains(&orphan));
    for image in [&images[3], &images[4]] {
        let now: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
        let shown = Answer::of(service.http.get(now.thumbnail_url.unwrap())).await;
        assert!(shown.status == 200 && image::load_from_memory(&shown.body).is_ok(), "{shown:?}");
    }

    // The operator brings back what the bucket has lost.
    for (image, seed) in images.iter().zip(0..3) {
        meddler.put(&key(image.url.as_ref()), &png(seed)).await;
    }
    assert_eq!(setup.run(&["check", "--shared"]).code, Some(0));
    assert_eq!(setup.run(&["check"]).code, Some(1), "what is not the service’s is told unless the bucket is shared");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_nobody_will_finish_are_told_and_closed(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let garage = testkit::garage::bucket().await;
    let mut setup = Setup::on(db, Some(&garage)).await;
    if db == Db::Sqlite {
        setup.set("DATABASE_URL", format!("sqlite://{}?mode=rwc", setup.folder().join("rows.db").display()));
    }
    let store = Meddler::with(&garage).0;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    large(&anna, 1).await;
    let stale = anna.grant(announcement("stale.png", &png(1))).await;
    let lost = store.unfinished("pictures/").await.unwrap().remove(0);
    store.abort_multipart(&lost.key, &lost.upload_id).await.unwrap();
    let rows = sea_orm::Database::connect(setup.variable("DATABASE_URL")).await.unwrap();
    let long_ago = format!("UPDATE uploads SET updated_at = 1 WHERE object_key LIKE '%{}%'", stale.upload_id);
    rows.execute_unprepared(&long_ago).await.unwrap();

    let ran = setup.run(&["check", "--json"]);
    assert_eq!((ran.code, kinds(&ran)), (Some(1), counts([("lost_multipart", 1), ("stale_upload", 1)])));
    assert_eq!(setup.run(&["check", "--repair"]).code, Some(0));
    assert_eq!(setup.run(&["check"]).code, Some(0));
    large(&anna, 1).await;
    assert_eq!(store.unfinished("pictures/").await.unwrap().len(), 1, "the upload begins anew");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_collection_takes_only_what_is_its_own_and_old(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let garage = testkit::garage::bucket().await;
    let setup = Setup::on(db, Some(&garage)).await;
    let meddler = Meddler::with(&garage);
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let kept = by_form(&anna, 1).await;
    // So many that one object beside them is no cause for doubt.
    for seed in 10..15 {
        by_form(&anna, seed).await;
    }
    large(&anna, 1).await;
    let orphan = new_key(&anna);
    meddler.put(&orphan, REFUSE).await;
    meddler.begin(&new_key(&anna)).await;
    // Another service in the same bucket, with a database of its own.
    let neighbour = Setup::on(Db::Sqlite, Some(&garage)).await;
    let beside = neighbour.serve().await;
    let bert = beside.register("bert").await;
    let theirs = by_form(&bert, 3).await;
    large(&bert, 2).await;
    meddler.put("pictures/holiday.png", &png(4)).await;
    let before = meddler.keys().await;

    let ran = setup.run(&["gc", "--json"]);
    assert_eq!((ran.code, kinds(&ran)), (Some(0), counts([("orphan", 1), ("stale_multipart", 1)])));
    assert_eq!(ran.lines().last().unwrap()["left"], 2);
    assert_eq!(meddler.keys().await, before, "what is young stays");
    let ran = setup.run(&["gc", "--dry-run", "--older-than", "0s", "--json"]);
    assert_eq!(ran.lines().last().unwrap()["removed"], 1);
    assert_eq!(meddler.keys().await, before);

    let ran = setup.run(&["gc", "--older-than", "0s", "--json"]);
    let summary = ran.lines().pop().unwrap();
    assert_eq!((&summary["removed"], &summary["aborted"], &summary["left"]), (&1.into(), &1.into(), &0.into()));
    assert_eq!(summary["bytes"], REFUSE.len());
    let after = meddler.keys().await;
    assert_eq!(before.difference(&after).collect::<Vec<_>>(), [&orphan]);
    assert_eq!(meddler.0.unfinished("pictures/").await.unwrap().len(), 2, "those that are under way go on");
    for (site, image) in [(&service, &kept), (&beside, &theirs)] {
        assert_eq!(Answer::of(site.http.get(image.url.as_ref().unwrap())).await.status, 200);
    }
    assert_eq!(setup.run(&["check", "--shared"]).code, Some(0));
    assert_eq!(neighbour.run(&["check", "--shared"]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_store_is_compared_the_same_way() {
    let setup = Setup::on(Db::Sqlite, None).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let image = by_form(&anna, 1).await;
    large(&anna, 1).await;
    assert_eq!(setup.run(&["check"]).code, Some(0));
    let objects = setup.data().join("store/objects");
    std::fs::remove_file(objects.join(key(image.url.as_ref()))).unwrap();
    for _ in 0..101 {
        let key = new_key(&anna);
        std::fs::write(objects.join(&key), b"nobody needs this").unwrap();
        let facts = setup.data().join("store/facts").join(key);
        std::fs::write(facts, r#"{"content_type":null,"metadata":{},"etag":"00"}"#).unwrap();
    }
    let ran = setup.run(&["check", "--json"]);
    assert_eq!((ran.code, kinds(&ran)), (Some(1), counts([("missing_object", 1), ("orphan", 101)])));
    // More than a tenth of everything: that is more likely an old database than refuse.
    let ran = setup.run(&["gc", "--older-than", "0s"]);
    assert!(ran.code == Some(1) && ran.err.contains("--many"), "{ran:?}");
    setup.run(&["gc", "--older-than", "0s", "--many"]).ok();
    let ran = setup.run(&["check", "--json"]);
    assert_eq!((ran.code, kinds(&ran)), (Some(1), counts([("missing_object", 1)])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_that_can_not_be_made_is_not_one_without_differences() {
    let server = testkit::garage::GarageServer::start().await;
    let garage = server.bucket().await;
    let setup = Setup::on(Db::Sqlite, Some(&garage)).await;
    setup.run_with(&["user", "add", "anna", "--password-stdin"], "long enough 1").ok();
    server.stop();
    let ran = setup.run(&["check"]);
    assert!(ran.code == Some(2) && ran.err.contains("not complete"), "{ran:?}");
    assert_eq!(setup.run(&["gc"]).code, Some(1));
}
