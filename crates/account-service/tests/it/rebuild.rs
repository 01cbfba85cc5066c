//! A library comes back from its bucket alone.

use std::collections::BTreeMap;
use std::path::Path;

use account_api::{Change, ChangesPage, Description, Image, ImagePatch, MessageResponse, Operation, VerifiedBy, route};
use account_service::embedded::{Embedded, EmbeddedConfig, EmbeddedStorage, start};
use account_service::object_store::{BucketConfig, Depth, Facts, ObjectStore, PutSpec};
use account_service::rebuild::{Progress, RebuildError, Report, Stage};
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app::{path, png};
use crate::garage::bucket_of;
use crate::journal::segments;
use crate::uploads::md5_of;

/// The app's service on a computer of its own.
pub struct Computer {
    pub service: Embedded,
    pub http: reqwest::Client,
    pub dir: tempfile::TempDir,
}

impl Computer {
    pub async fn with(dir: tempfile::TempDir, storage: EmbeddedStorage) -> Self {
        let config = EmbeddedConfig {
            data_dir: dir.path().to_owned(),
            reserve_in: None,
            storage,
            preferred_port: None,
            expects_pictures: false,
        };
        Self { service: start(config).await.unwrap(), http: reqwest::Client::new(), dir }
    }

    /// A new one with its own store.
    pub async fn new() -> Self {
        Self::with(tempfile::tempdir().unwrap(), EmbeddedStorage::ThisComputer).await
    }

    /// A new one with somebody's bucket.
    pub async fn on(bucket: &BucketConfig) -> Self {
        Self::with(tempfile::tempdir().unwrap(), EmbeddedStorage::Bucket(bucket.clone())).await
    }

    /// Ends it, and starts it again without its database: only the store is left.
    pub async fn without_database(self) -> Self {
        let Self { service, dir, .. } = self;
        service.shutdown().await;
        drop(service);
        for name in ["account.db", "account.db-wal", "account.db-shm"] {
            let _ = std::fs::remove_file(dir.path().join(name));
        }
        Self::with(dir, EmbeddedStorage::ThisComputer).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> reqwest::Response {
        let token = self.service.local_session().await.unwrap().access_token;
        let url = self.service.base_url().join(path).unwrap();
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.unwrap().error_for_status().unwrap()
    }

    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> Image {
        let token = self.service.local_session().await.unwrap().access_token;
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("image", part);
        let url = self.service.base_url().join(route::IMAGES).unwrap();
        let response = self.http.post(url).bearer_auth(token).multipart(form).send().await.unwrap();
        response.json::<account_api::ImageResponse>().await.unwrap().image
    }

    pub async fn patch(&self, id: &str, patch: ImagePatch) {
        self.send(Method::PATCH, &path(route::IMAGE, id), Some(&patch)).await;
    }

    pub async fn delete(&self, id: &str, query: &str) {
        let path = format!("{}{query}", path(route::IMAGE, id));
        let response = self.send(Method::DELETE, &path, None::<&()>).await;
        response.json::<MessageResponse>().await.unwrap();
    }

    /// A library in which everything has happened once.
    pub async fn lived_in(&self) {
        let described = self.upload("Grüße 100%.png", png(1)).await;
        let trashed = self.upload("写真 🦀.png", png(2)).await;
        let gone = self.upload("gone.png", png(3)).await;
        self.upload(&format!("{}.png", "长".repeat(200)), png(4)).await;
        let said = Description {
            description: "A gull on a “pier”.\nIt looks at us.".to_owned(),
            alt_text: "Möwe".to_owned(),
            tags: vec!["gull".to_owned(), "海".to_owned()],
            text_in_image: "PIER 7".to_owned(),
            described_by: "gpt-5-mini".to_owned(),
        };
        let patch =
            ImagePatch { name: Some("Möwe.png".to_owned()), favourite: Some(true), description: Some(said.into()) };
        self.patch(&described.id, patch).await;
        self.delete(&trashed.id, "").await;
        self.delete(&gone.id, "?permanent=true").await;
    }

    /// Everything that the change feed says, without what counts the changes.
    pub async fn library(&self) -> BTreeMap<String, Image> {
        let mut library = BTreeMap::new();
        let mut after = 0;
        loop {
            let path = format!("{}?after={after}&limit=500", route::CHANGES);
            let page: ChangesPage = self.send(Method::GET, &path, None::<&()>).await.json().await.unwrap();
            for Change { image_id, operation, .. } in page.changes {
                if let Operation::Upsert { image } = operation {
                    library.insert(image_id, Image { revision: 0, ..*image });
                }
            }
            after = page.next;
            if !page.more {
                return library;
            }
        }
    }

    pub async fn rebuild(&self, wanted: Option<&str>) -> Result<Report, RebuildError> {
        self.service.rebuild(wanted, &|_: Progress| {}).await
    }

    pub async fn bytes(&self, id: &str) -> Vec<u8> {
        let image: Image = self.send(Method::GET, &path(route::IMAGE, id), None::<&()>).await.json().await.unwrap();
        self.http.get(image.url.unwrap()).send().await.unwrap().bytes().await.unwrap().to_vec()
    }
}

#[tokio::test]
async fn everything_comes_back_and_once_more_changes_nothing() {
    let computer = Computer::new().await;
    computer.lived_in().await;
    let before = computer.library().await;
    assert_eq!(before.len(), 3);
    let computer = computer.without_database().await;
    assert!(computer.library().await.is_empty());

    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_journal, report.from_objects, report.missing), (3, 0, 0), "{report:?}");
    assert!(report.damaged.is_empty() && report.lost.is_empty(), "{report:?}");
    assert_eq!(computer.library().await, before);
    let favourite = before.values().find(|image| image.favourite).unwrap();
    assert_eq!(computer.bytes(&favourite.id).await, png(1));

    let again = computer.rebuild(None).await.unwrap();
    assert_eq!((again.from_journal, again.from_objects, again.already), (0, 0, 3), "{again:?}");
    assert_eq!(computer.library().await, before);
}

#[tokio::test]
async fn life_goes_on_after_it_and_it_can_be_done_again() {
    let computer = Computer::new().await;
    computer.lived_in().await;
    let computer = computer.without_database().await;
    computer.rebuild(None).await.unwrap();
    let favourite = computer.library().await.into_values().find(|image| image.favourite).unwrap();
    computer.patch(&favourite.id, ImagePatch { name: Some("later.png".to_owned()), ..Default::default() }).await;
    let late = computer.upload("late.png", png(9)).await;
    let before = computer.library().await;
    assert_eq!(before.len(), 4);

    let computer = computer.without_database().await;
    let report = computer.rebuild(None).await.unwrap();
    assert!(report.damaged.is_empty() && report.lost.is_empty(), "{report:?}");
    let after = computer.library().await;
    assert_eq!((&*after[&favourite.id].name, &*after[&late.id].name), ("later.png", "late.png"));
    assert_eq!(after, before);
}

#[tokio::test]
async fn without_any_journal_every_picture_comes_back_as_it_was_uploaded() {
    let computer = Computer::new().await;
    computer.lived_in().await;
    let before = computer.library().await;
    let computer = computer.without_database().await;
    for segment in segments(computer.dir.path()) {
        std::fs::remove_file(segment).unwrap();
    }
    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_journal, report.from_objects), (0, 3), "{report:?}");
    let after = computer.library().await;
    let facts = |image: &Image| {
        let facts = (image.sha256.clone(), image.size, image.width, image.height, image.thumbhash.clone());
        (facts, image.taken_at.clone(), image.camera.clone(), image.has_thumbnail, image.format.clone())
    };
    for (id, image) in &before {
        assert_eq!(facts(&after[id]), facts(image), "{id}");
        assert_eq!(after[id].receipt.verified_by, VerifiedBy::NotProven, "nobody has compared them since");
    }
    let mut names: Vec<&str> = after.values().map(|image| &*image.name).collect();
    names.sort_unstable();
    let long = format!("{}.png", "长".repeat(200));
    assert_eq!(names, ["Grüße 100%.png", "写真 🦀.png", &long], "the names that the files had, to the letter");
}

#[tokio::test]
async fn a_lost_and_a_damaged_segment_cost_their_own_edits_only() {
    let computer = Computer::new().await;
    let mut ids = Vec::new();
    let mut computer = computer;
    // Each start and end is a segment.
    for n in 0..4 {
        ids.push(computer.upload(&format!("{n}.png"), png(n)).await.id);
        let name = format!("renamed {n}.png");
        computer.patch(&ids[n as usize], ImagePatch { name: Some(name), ..Default::default() }).await;
        let Computer { service, dir, .. } = computer;
        service.shutdown().await;
        drop(service);
        computer = Computer::with(dir, EmbeddedStorage::ThisComputer).await;
    }
    let computer = computer.without_database().await;
    let written = segments(computer.dir.path());
    assert_eq!(written.len(), 4);
    std::fs::remove_file(&written[1]).unwrap();
    let mut bytes = std::fs::read(&written[2]).unwrap();
    bytes.truncate(bytes.len() - 20);
    std::fs::write(&written[2], bytes).unwrap();

    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_journal, report.from_objects), (2, 2), "{report:?}");
    assert_eq!(report.damaged.iter().map(|segment| segment.lost).collect::<Vec<_>>(), [1]);
    assert_eq!(report.lost.len(), 1, "{report:?}");
    let library = computer.library().await;
    let names: Vec<&str> = ids.iter().map(|id| &*library[id].name).collect();
    assert_eq!(names, ["renamed 0.png", "1.png", "2.png", "renamed 3.png"]);
}

#[tokio::test]
async fn what_others_keep_in_the_bucket_is_left_alone() {
    let garage = testkit::garage::bucket().await;
    let bucket = bucket_of(&garage);
    let computer = Computer::on(&bucket).await;
    computer.lived_in().await;
    let before = computer.library().await;
    let user = computer.service.local_session().await.unwrap().user.id;
    computer.service.shutdown().await;
    let store = ObjectStore::new(&bucket);
    let foreign = [
        "notes.txt".to_owned(),
        "pictures/2023/holiday.jpg".to_owned(),
        format!("pictures/{user}/holiday.jpg"),
        format!("pictures/{user}/{}.jpg", Uuid::new_v4()),
        format!("journal/{user}/notes.txt"),
        "journal/readme".to_owned(),
    ];
    for key in &foreign {
        let content_md5 = md5_of(b"mine");
        let spec = PutSpec { key, content_type: "text/plain", size: 4, content_md5: &content_md5, facts: None };
        store.put(&spec, bytes::Bytes::from_static(b"mine")).await.unwrap();
    }
    let all = async || {
        let (mut keys, mut next) = (Vec::new(), None);
        loop {
            let page = store.list("", Depth::Everything, next).await.unwrap();
            keys.extend(page.objects.into_iter().map(|object| (object.key, object.etag)));
            next = page.next;
            if next.is_none() {
                return keys;
            }
        }
    };
    let there = all().await;

    let other = Computer::on(&bucket).await;
    let report = other.rebuild(None).await.unwrap();
    assert_eq!((report.from_journal, report.from_objects, report.left_alone), (3, 0, 2), "{report:?}");
    assert_eq!(other.library().await, before);
    other.service.shutdown().await;
    assert_eq!(all().await, there, "the bucket is as it was");
}

#[tokio::test]
async fn of_several_libraries_one_has_to_be_named() {
    let garage = testkit::garage::bucket().await;
    let bucket = bucket_of(&garage);
    let mut users = Vec::new();
    for n in 0..2 {
        let computer = Computer::on(&bucket).await;
        computer.upload(&format!("{n}.png"), png(n)).await;
        users.push(computer.service.local_session().await.unwrap().user.id);
        computer.service.shutdown().await;
    }
    let computer = Computer::on(&bucket).await;
    let Err(RebuildError::Several(there)) = computer.rebuild(None).await else { panic!("took one of two") };
    assert!(there.iter().all(|library| library.pictures == 1 && !library.more), "{there:?}");
    assert!(matches!(computer.rebuild(Some("nobody")).await, Err(RebuildError::Unknown { .. })));
    computer.rebuild(Some(&users[1])).await.unwrap();
    let names: Vec<String> = computer.library().await.into_values().map(|image| image.name).collect();
    assert_eq!(names, ["1.png"]);

    // Somebody with pictures of their own keeps them, and gets the others besides; also on the next computer.
    computer.rebuild(Some(&users[0])).await.unwrap();
    assert_eq!(computer.library().await.len(), 2);
    computer.service.shutdown().await;
    let third = Computer::on(&bucket).await;
    third.rebuild(Some(&users[1])).await.unwrap();
    assert_eq!(third.library().await.len(), 2);
}

#[tokio::test]
async fn an_empty_bucket_has_no_library() {
    let garage = testkit::garage::bucket().await;
    let computer = Computer::on(&bucket_of(&garage)).await;
    assert!(matches!(computer.rebuild(None).await, Err(RebuildError::NoLibrary)));
}

/// Pictures as the service stores them, without any service having seen them.
async fn fill(bucket: &BucketConfig, user: Uuid, count: u32) {
    let store = ObjectStore::new(bucket);
    stream::iter(0..count)
        .map(|n| {
            let store = store.clone();
            async move {
                let bytes = n.to_be_bytes().to_vec();
                let (name, sha256) = (format!("picture {n}.png"), hex::encode(Sha256::digest(&bytes)));
                let key = format!("pictures/{user}/{}.png", Uuid::new_v4());
                let facts =
                    Facts { name: &name, sha256: &sha256, width: Some(4), height: Some(3), ..Default::default() };
                let content_md5 = md5_of(&bytes);
                let size = bytes.len() as u64;
                let content_type = "image/png";
                let spec = PutSpec { key: &key, content_type, size, content_md5: &content_md5, facts: Some(facts) };
                store.put(&spec, bytes.into()).await
            }
        })
        .buffer_unordered(24)
        .try_collect::<Vec<()>>()
        .await
        .unwrap();
}

/// Breaks a rebuild off at its first pictures, does it again, and counts.
async fn broken_off_and_done_again(computer: Computer, count: usize) {
    let Computer { service, http, dir } = computer;
    let service = std::sync::Arc::new(service);
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let first = tokio::spawn({
        let service = std::sync::Arc::clone(&service);
        async move {
            let tell = move |progress: Progress| {
                let _ = tell.send(progress);
            };
            service.rebuild(None, &tell).await.map(drop)
        }
    });
    while let Some(progress) = told.recv().await {
        if progress.stage == Stage::Pictures && progress.done > 0 {
            break;
        }
    }
    first.abort();
    let _ = first.await;
    let computer = Computer { service: std::sync::Arc::try_unwrap(service).ok().unwrap(), http, dir };
    let some = computer.library().await.len();
    assert!(some > 0, "what was brought back stays");
    let report = computer.rebuild(None).await.unwrap();
    assert_eq!(report.from_objects + report.already, count as u64, "{report:?}");
    assert!(report.already >= some as u64);
    let library = computer.library().await;
    assert_eq!(library.len(), count);
    let names: std::collections::BTreeSet<&str> = library.values().map(|image| &*image.name).collect();
    assert_eq!(names.len(), count, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_two_thousand_objects_and_a_break_in_the_middle_on_garage() {
    let garage = testkit::garage::bucket().await;
    let bucket = bucket_of(&garage);
    fill(&bucket, Uuid::new_v4(), 2_100).await;
    broken_off_and_done_again(Computer::on(&bucket).await, 2_100).await;
}

/// The embedded store of a computer that has only its store.
fn objects_of(dir: &Path) -> usize {
    let user = std::fs::read_dir(dir.join("store/objects/pictures")).unwrap().next().unwrap().unwrap();
    std::fs::read_dir(user.path()).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_one_page_of_the_embedded_store() {
    let dir = tempfile::tempdir().unwrap();
    let user = Uuid::new_v4();
    // As files, for writing each through the store would sync each to disk.
    let (objects, facts) = (dir.path().join("store/objects"), dir.path().join("store/facts"));
    for folder in [&objects, &facts] {
        std::fs::create_dir_all(folder.join(format!("pictures/{user}"))).unwrap();
    }
    for n in 0..2_050_u32 {
        let bytes = n.to_be_bytes();
        let key = format!("pictures/{user}/{}.png", Uuid::new_v4());
        let (name, sha256) = (format!("picture%20{n}.png"), hex::encode(Sha256::digest(bytes)));
        let record = serde_json::json!({
            "content_type": "image/png", "etag": hex::encode(md5::Md5::digest(bytes)),
            "metadata": { "name": name, "sha256": sha256 },
        });
        std::fs::write(facts.join(&key), record.to_string()).unwrap();
        std::fs::write(objects.join(&key), bytes).unwrap();
    }
    assert_eq!(objects_of(dir.path()), 2_050);
    broken_off_and_done_again(Computer::with(dir, EmbeddedStorage::ThisComputer).await, 2_050).await;
}
