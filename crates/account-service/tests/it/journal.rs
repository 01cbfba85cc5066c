//! The change feed in the bucket.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use account_api::{Description, ImagePatch, ImageResponse, MessageResponse, route};
use account_service::config::JournalPolicy;
use futures::future::join_all;
use rstest::rstest;
use serde_json::Value;

use crate::app::{Db, Person, TestApp, path, png};

/// Only when a test says so.
pub const NEVER: JournalPolicy =
    JournalPolicy { quiet: Duration::from_secs(86_400), longest: Duration::from_secs(86_400) };

/// As soon as there is something.
const AT_ONCE: JournalPolicy = JournalPolicy { quiet: Duration::ZERO, longest: Duration::ZERO };

/// The segments of everybody, in the order of their keys.
pub fn segments(data_dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for user in std::fs::read_dir(data_dir.join("store/objects/journal")).into_iter().flatten().flatten() {
        found.extend(std::fs::read_dir(user.path()).unwrap().map(|entry| entry.unwrap().path()));
    }
    found.sort();
    found
}

/// All entries of all segments.
fn entries(data_dir: &Path) -> Vec<Value> {
    let texts = segments(data_dir).into_iter().map(|path| std::fs::read_to_string(path).unwrap());
    let lines = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    let values = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
    values.filter_map(|mut value| value.get_mut("entry").map(Value::take)).collect()
}

/// Each picture's newest entry.
fn newest(data_dir: &Path) -> BTreeMap<String, Value> {
    let mut newest = BTreeMap::<String, Value>::new();
    for entry in entries(data_dir) {
        let id = entry["image_id"].as_str().unwrap().to_owned();
        if newest.get(&id).is_none_or(|known| known["revision"].as_i64() < entry["revision"].as_i64()) {
            newest.insert(id, entry);
        }
    }
    newest
}

impl Person<'_> {
    pub async fn rename(&self, id: &str, name: &str) {
        let patch = ImagePatch { name: Some(name.to_owned()), ..ImagePatch::default() };
        let _: ImageResponse = self.patch(&path(route::IMAGE, id), &patch).await.ok();
    }
}

#[rstest]
#[tokio::test]
async fn every_change_is_in_it_with_where_the_picture_is(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| config.journal = NEVER).await;
    let anna = app.register("anna").await;
    let kept = anna.upload("Grüße.png", &png(1)).await;
    let gone = anna.upload("gone.png", &png(2)).await;
    app.journal.write().await;
    assert_eq!(segments(app.dir.path()).len(), 1, "changes that come together are one segment");

    let said = Description { description: "A gull.".to_owned(), tags: vec!["möwe".to_owned()], ..Default::default() };
    let patch =
        ImagePatch { name: Some("写真.png".to_owned()), favourite: Some(true), description: Some(said.into()) };
    let _: ImageResponse = anna.patch(&path(route::IMAGE, &kept.id), &patch).await.ok();
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &gone.id))).await.ok();
    app.journal.write().await;
    app.journal.write().await;
    assert_eq!(segments(app.dir.path()).len(), 2, "and what is written is not written again");

    let newest = newest(app.dir.path());
    let image = &newest[&kept.id]["image"];
    assert_eq!((image["name"].as_str(), image["favourite"].as_bool()), (Some("写真.png"), Some(true)));
    assert_eq!((image["description"].as_str(), image["tags"][0].as_str()), (Some("A gull."), Some("möwe")));
    let user = anna.auth.as_ref().unwrap().user.id.clone();
    assert_eq!(newest[&kept.id]["stored"]["key"], format!("pictures/{user}/{}.png", kept.id));
    assert_eq!(newest[&gone.id]["operation"], "remove");
}

#[rstest]
#[tokio::test]
async fn ending_writes_what_is_left_and_the_next_start_goes_on(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let dir = tempfile::tempdir().unwrap();
    let url = (db == Db::Postgres).then_some(testkit::postgres::database().await);
    let start = || {
        TestApp::start_with(Db::Sqlite, |config| {
            config.data_dir = dir.path().to_owned();
            config.database_url = url.clone().map(Into::into);
            config.journal = NEVER;
        })
    };
    let app = start().await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let token = anna.token.clone();
    assert!(segments(dir.path()).is_empty(), "not while it may change again");
    app.stop().await;
    assert_eq!(entries(dir.path()).len(), 1);

    let app = start().await;
    let anna = Person { token, ..app.nobody() };
    anna.rename(&image.id, "b.png").await;
    app.stop().await;
    let entries = entries(dir.path());
    assert_eq!(entries.len(), 2, "only what is new");
    assert_eq!(entries[1]["image"]["name"], "b.png");
}

#[tokio::test]
async fn it_is_written_by_itself_when_it_has_been_quiet() {
    let app = TestApp::start_with(Db::Sqlite, |config| config.journal = AT_ONCE).await;
    let anna = app.register("anna").await;
    anna.upload("a.png", &png(1)).await;
    let written = async {
        while segments(app.dir.path()).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), written).await.expect("it is written");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn several_instances_lose_nothing_and_write_nothing_twice(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let dir = tempfile::tempdir().unwrap();
    let url = (db == Db::Postgres).then_some(testkit::postgres::database().await);
    let apps = join_all((0..3).map(|_| {
        TestApp::start_with(Db::Sqlite, |config| {
            config.data_dir = dir.path().to_owned();
            config.database_url = url.clone().map(Into::into);
            config.journal = NEVER;
        })
    }))
    .await;
    let token = apps[0].register("anna").await.token;
    let work = (0..24).map(|n| {
        let app = &apps[n % 3];
        let anna = Person { token: token.clone(), ..app.nobody() };
        async move {
            let image = anna.upload(&format!("{n}.png"), &png(n as u32)).await;
            app.journal.write().await;
            image
        }
    });
    let images = join_all(work).await;
    join_all(apps.iter().map(|app| app.journal.write())).await;
    let entries = entries(dir.path());
    let id = |entry: &Value| entry["image_id"].as_str().unwrap().to_owned();
    let written: BTreeSet<String> = entries.iter().map(id).collect();
    assert_eq!(written, images.into_iter().map(|image| image.id).collect());
    // A picture whose thumbnail arrives after it was written has changed, and is written again with its new revision.
    let said: BTreeSet<_> = entries.iter().map(|entry| (id(entry), entry["revision"].as_i64().unwrap())).collect();
    assert_eq!(said.len(), entries.len(), "nothing is said twice");
}

#[rstest]
#[tokio::test]
async fn many_small_segments_become_one_that_says_the_same(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| config.journal = NEVER).await;
    let anna = app.register("anna").await;
    let user = anna.auth.as_ref().unwrap().user.id.parse().unwrap();
    let image = anna.upload("a.png", &png(1)).await;
    let gone = anna.upload("gone.png", &png(2)).await;
    for n in 0..12 {
        anna.rename(&image.id, &format!("{n}.png")).await;
        app.journal.write().await;
    }
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &gone.id))).await.ok();
    app.journal.write().await;
    let before = newest(app.dir.path());
    assert_eq!(segments(app.dir.path()).len(), 13);

    assert_eq!(app.journal.compact(user).await.unwrap(), 13);
    assert_eq!(segments(app.dir.path()).len(), 1);
    let after = newest(app.dir.path());
    assert_eq!(entries(app.dir.path()).len(), 2);
    assert_eq!(after[&image.id], before[&image.id]);
    assert_eq!(after[&gone.id]["operation"], "remove");
    assert!(after[&gone.id]["stored"]["key"].is_string(), "where it was stays known");

    anna.rename(&image.id, "later.png").await;
    app.journal.write().await;
    assert_eq!(newest(app.dir.path())[&image.id]["image"]["name"], "later.png");
}

#[tokio::test]
async fn a_damaged_segment_is_neither_compacted_nor_removed() {
    let app = TestApp::start_with(Db::Sqlite, |config| config.journal = NEVER).await;
    let anna = app.register("anna").await;
    let user = anna.auth.as_ref().unwrap().user.id.parse().unwrap();
    for n in 0..4 {
        anna.upload("a.png", &png(n)).await;
        app.journal.write().await;
    }
    let damaged = segments(app.dir.path()).remove(1);
    let mut bytes = std::fs::read(&damaged).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    assert_eq!(app.journal.compact(user).await.unwrap(), 3);
    let left = segments(app.dir.path());
    assert!(left.len() == 2 && left.contains(&damaged), "{left:?}");
}

#[tokio::test]
async fn a_store_that_is_away_costs_nothing() {
    let server = testkit::garage::GarageServer::start().await;
    let garage = server.bucket().await;
    let app = TestApp::start_with(Db::Sqlite, |config| {
        config.store = account_service::config::StoreConfig::Bucket(crate::garage::bucket_of(&garage));
        config.journal = NEVER;
    })
    .await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    server.stop();
    anna.rename(&image.id, "b.png").await;
    app.journal.write().await;
    server.restart().await;
    app.journal.write().await;
    let store = account_service::object_store::ObjectStore::new(&crate::garage::bucket_of(&garage));
    let page = store.list("journal/", account_service::object_store::Depth::Everything, None).await.unwrap();
    assert_eq!(page.objects.len(), 1);
}
