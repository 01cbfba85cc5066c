//! Asking the store again: what was taken away or changed behind the library's back is found, and nothing else; a check
//! that was broken off goes on; a file that is still here mends it.

use std::path::PathBuf;

use account_service::config::BucketConfig;
use account_service::object_store::{ObjectStore, PutSpec};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engine::upload::ResultStatus;
use engine::view::{AuditProgress, CheckOutcome, Fault, LinkFormat};
use engine::{AuditOptions, ErrorKind, Role};
use rstest::rstest;
use serde_json::Value;
use testkit::photos;

use crate::cli_app::Terminal;
use crate::world::{Database, Hosted, Person, Store, bucket_config};

/// The store behind the service's back.
enum Behind {
    Folder(PathBuf),
    Bucket(BucketConfig),
}

impl Behind {
    fn of(hosted: &Hosted, store: Store) -> Self {
        match store {
            Store::Embedded => Behind::Folder(hosted.folder().join("store/objects")),
            Store::Garage => Behind::Bucket(bucket_config(hosted.garage())),
        }
    }

    async fn remove(&self, key: &str) {
        match self {
            Behind::Folder(objects) => std::fs::remove_file(objects.join(key)).unwrap(),
            Behind::Bucket(bucket) => ObjectStore::new(bucket).delete(key).await.unwrap(),
        }
    }

    /// Puts other bytes in an object's place.
    async fn change(&self, key: &str, bytes: &[u8]) {
        match self {
            Behind::Folder(objects) => std::fs::write(objects.join(key), bytes).unwrap(),
            Behind::Bucket(bucket) => {
                let content_md5 = BASE64_STANDARD.encode(<md5::Md5 as md5::Digest>::digest(bytes));
                let size = bytes.len() as u64;
                let spec = PutSpec { key, content_type: "image/jpeg", size, content_md5: &content_md5, facts: None };
                ObjectStore::new(bucket).put(&spec, bytes.to_vec().into()).await.unwrap();
            }
        }
    }
}

/// Where a picture's object is, by its link.
async fn key_of(person: &Person, id: u32) -> String {
    let link = person.engine.links(vec![id], Some(LinkFormat::Url)).await.unwrap().remove(0).text;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = http.get(link).send().await.unwrap();
    let leads_to = answer.headers()["location"].to_str().unwrap();
    let path = url::Url::parse(leads_to).unwrap().path().to_owned();
    // Path style: the bucket comes first.
    path.trim_start_matches('/').split_once('/').unwrap().1.to_owned()
}

async fn upload(person: &Person, count: u32) -> Vec<u32> {
    let files: Vec<_> = (0..count).map(|n| person.file(&format!("{n}.jpg"), &photos::jpeg(60, 40, n.into()))).collect();
    let results = person.upload(&files).await;
    let mut ids = Vec::new();
    for result in results {
        assert_eq!(result.status, ResultStatus::Uploaded, "{result:?}");
        ids.push(person.engine.resolve(result.id.as_deref().unwrap()).await.unwrap());
    }
    ids
}

async fn check_all(person: &Person, deep: bool) -> AuditProgress {
    person.engine.verify_all(AuditOptions { deep, restart: false }, |_| {}).await.unwrap()
}

/// What is wrong, by picture.
async fn problems(person: &Person) -> Vec<(u32, CheckOutcome)> {
    let found = person.engine.audit_problems(0, 100).await.unwrap();
    found.into_iter().map(|picture| (picture.id, picture.check.outcome)).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_what_was_lost_is_found(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Store::Embedded, Store::Garage)] store: Store,
) {
    let hosted = Hosted::start(database, store).await;
    let anna = hosted.person("anna").await;
    let ids = upload(&anna, 6).await;
    let sound = check_all(&anna, false).await;
    assert_eq!((sound.total, sound.done, sound.confirmed, sound.running), (6, 6, 6, false));
    assert!(sound.finished_at.is_some() && problems(&anna).await.is_empty());
    let detail = anna.engine.picture(ids[0]).await.unwrap();
    assert_eq!(detail.stored_size, detail.size);
    assert_eq!(detail.last_check.unwrap().outcome, CheckOutcome::Confirmed);

    let behind = Behind::of(&hosted, store);
    behind.remove(&key_of(&anna, ids[1]).await).await;
    behind.change(&key_of(&anna, ids[4]).await, b"something else altogether").await;
    let found = check_all(&anna, false).await;
    assert_eq!((found.done, found.confirmed, found.missing, found.changed, found.failed), (6, 4, 1, 1, 0));
    // In the order of the numbers here, which uploads at the same time get in any order.
    let mut lost = [(ids[1], CheckOutcome::Missing), (ids[4], CheckOutcome::Changed)];
    lost.sort_by_key(|(id, _)| *id);
    assert_eq!(problems(&anna).await, lost);

    // Every device learns of it.
    let elsewhere = Person::new(Role::CommandLine).await;
    elsewhere.sign_in(&hosted, "anna").await;
    elsewhere.engine.sync().await.unwrap();
    let mut faults = Vec::new();
    for item in elsewhere.engine.layout(Default::default()).await.unwrap() {
        faults.extend(elsewhere.engine.picture(item.id).await.unwrap().fault);
    }
    faults.sort_by_key(|fault| *fault as u8);
    assert_eq!(faults, [Fault::Missing, Fault::Changed]);

    // And so does the tile.
    anna.engine.sync().await.unwrap();
    let rows = anna.engine.rows(ids.clone(), "").await.unwrap();
    let shown: Vec<_> = rows.iter().map(|row| row.fault).collect();
    assert_eq!(shown, [None, Some(Fault::Missing), None, None, Some(Fault::Changed), None]);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_still_here_mends_what_was_lost(#[values(Store::Embedded, Store::Garage)] store: Store) {
    let hosted = Hosted::start(Database::Sqlite, store).await;
    let anna = hosted.person("anna").await;
    let ids = upload(&anna, 3).await;
    let before = anna.engine.picture(ids[0]).await.unwrap();
    let behind = Behind::of(&hosted, store);
    behind.remove(&key_of(&anna, ids[0]).await).await;
    behind.change(&key_of(&anna, ids[1]).await, b"other").await;
    check_all(&anna, false).await;

    for id in [ids[0], ids[1]] {
        let lost = anna.engine.picture(id).await.unwrap();
        assert!(lost.fault.is_some() && lost.local_copy.is_some(), "{lost:?}");
        let rows = anna.engine.repair(id).await.unwrap();
        let results = anna.engine.finish_uploads(&rows, |_| {}).await.unwrap();
        assert_eq!(results[0].status, ResultStatus::Uploaded, "{results:?}");
        let mended = anna.engine.picture(id).await.unwrap();
        assert_eq!((mended.fault, mended.image_id), (None, lost.image_id), "the same picture as before");
    }
    assert_eq!(anna.count().await, 3);
    assert_eq!(anna.read_back(ids[0]).await, photos::jpeg(60, 40, 0));
    assert_eq!(anna.engine.picture(ids[0]).await.unwrap().sha256, before.sha256);
    let sound = check_all(&anna, true).await;
    assert_eq!((sound.confirmed, sound.missing, sound.changed, sound.failed), (3, 0, 0, 0));

    // Without the file there is nothing to offer.
    behind.remove(&key_of(&anna, ids[2]).await).await;
    std::fs::remove_file(anna.file("2.jpg", b"")).unwrap();
    check_all(&anna, false).await;
    assert_eq!(anna.engine.picture(ids[2]).await.unwrap().local_copy, None);
    assert_eq!(anna.engine.repair(ids[2]).await.unwrap_err().code, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_byte_of_the_same_size_is_found_by_reading() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let anna = hosted.person("anna").await;
    let ids = upload(&anna, 3).await;
    let mut bytes = photos::jpeg(60, 40, 1);
    bytes[30] ^= 1;
    // As a failing disk does it, which leaves the time of writing.
    let object = hosted.folder().join("store/objects").join(key_of(&anna, ids[1]).await);
    let at = std::fs::metadata(&object).unwrap().modified().unwrap();
    std::fs::write(&object, &bytes).unwrap();
    std::fs::File::options().write(true).open(&object).unwrap().set_modified(at).unwrap();
    // The embedded store's entity tag is kept beside the bytes: a look at it tells nothing.
    assert_eq!(check_all(&anna, false).await.confirmed, 3);
    let found = check_all(&anna, true).await;
    assert_eq!((found.deep, found.confirmed, found.changed), (true, 2, 1));
    assert_eq!(problems(&anna).await, [(ids[1], CheckOutcome::Changed)]);
    let sound = anna.engine.picture(ids[0]).await.unwrap().last_check.unwrap();
    assert!(sound.message.contains("downloaded to this computer"), "{}", sound.message);
    // A quick look doesn't take back what reading found.
    assert_eq!(check_all(&anna, false).await.changed, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_was_copied_has_other_tags_and_the_same_bytes() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let anna = hosted.person("anna").await;
    let ids = upload(&anna, 1).await;
    let facts = hosted.folder().join("store/facts").join(key_of(&anna, ids[0]).await);
    let mut record: Value = serde_json::from_slice(&std::fs::read(&facts).unwrap()).unwrap();
    record["etag"] = "0123456789abcdef0123456789abcdef-3".into();
    std::fs::write(&facts, record.to_string()).unwrap();
    assert_eq!(check_all(&anna, false).await.confirmed, 1);
    let detail = anna.engine.picture(ids[0]).await.unwrap();
    assert_eq!(detail.etag.as_deref(), Some("0123456789abcdef0123456789abcdef-3"), "the receipt is renewed");
    assert!(detail.verified_by.contains("read back"), "{}", detail.verified_by);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_was_broken_off_goes_on_where_it_was() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let anna = hosted.person("anna").await;
    let ids = upload(&anna, 30).await;
    let behind = Behind::of(&hosted, Store::Embedded);
    behind.remove(&key_of(&anna, ids[2]).await).await;
    behind.remove(&key_of(&anna, ids[28]).await).await;
    let deep = AuditOptions { deep: true, restart: false };

    // Dropped in the middle, as by Ctrl+C.
    let (first, mut heard) = tokio::sync::mpsc::unbounded_channel();
    tokio::select! {
        _ = anna.engine.verify_all(deep, move |progress| first.send(progress.clone()).unwrap()) => panic!("all at once"),
        _ = heard.recv() => {}
    }
    let anna = anna.restart(Role::CommandLine).await;
    let broken_off = anna.engine.audit_progress().await.unwrap();
    assert!((1..30).contains(&broken_off.done) && broken_off.finished_at.is_none(), "{broken_off:?}");

    let mut told = Vec::new();
    let ended = anna.engine.verify_all(deep, |progress| told.push(progress.done)).await.unwrap();
    assert!(told[0] > broken_off.done, "it goes on: {told:?}");
    assert_eq!((ended.done, ended.confirmed, ended.missing), (30, 28, 2));
    // By local numbers, which pictures get as they are confirmed, several at a time.
    let mut lost = [ids[2], ids[28]];
    lost.sort_unstable();
    assert_eq!(problems(&anna).await, lost.map(|id| (id, CheckOutcome::Missing)));

    // The next one begins anew.
    let mut told = Vec::new();
    anna.engine.verify_all(deep, |progress| told.push(progress.done)).await.unwrap();
    assert!(told[0] < 30 && *told.last().unwrap() == 30, "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_is_not_a_store_that_lost_everything() {
    let hosted = Hosted::start(Database::Sqlite, Store::Garage).await;
    let anna = hosted.person("anna").await;
    let ids = upload(&anna, 3).await;
    hosted.garage().allow(false, false).await;
    let error = anna.engine.verify_all(AuditOptions::default(), |_| {}).await.unwrap_err();
    assert_eq!(error.code, ErrorKind::StoreUnreachable, "{error}");
    assert!(problems(&anna).await.is_empty());
    assert_eq!(anna.engine.picture(ids[0]).await.unwrap().fault, None);
    hosted.garage().allow(true, true).await;
    assert_eq!(check_all(&anna, false).await.confirmed, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_reports_what_is_lost() {
    let terminal = Terminal::new();
    let red = terminal.upload(&terminal.picture("red.png", [200, 10, 10])).await;
    let blue = terminal.upload(&terminal.picture("blue.png", [10, 10, 200])).await;
    let shown = terminal.run(&["show", &red]).await.ok().out;
    assert!(shown.contains("Verified") && shown.contains("SHA-256") && shown.contains("entity tag"), "{shown}");
    let summary = terminal.run(&["verify", "--all", "--json"]).await.ok().object();
    assert_eq!((&summary["checked"], &summary["confirmed"]), (&2.into(), &2.into()));

    let objects = terminal.data_dir().join("this-computer/store/objects/pictures");
    let stored: Vec<PathBuf> = std::fs::read_dir(&objects)
        .unwrap()
        .flat_map(|person| std::fs::read_dir(person.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(stored.len(), 2);
    let bytes = std::fs::read(terminal.pictures().join("red.png")).unwrap();
    let lost = stored.iter().find(|path| std::fs::read(path).unwrap() == bytes).unwrap();
    std::fs::remove_file(lost).unwrap();

    let ran = terminal.run(&["verify", "--json"]).await.ended(1);
    let lines = ran.json();
    assert_eq!(lines.len(), 2, "the lost one and the summary: {}", ran.out);
    assert_eq!((&lines[0]["id"], &lines[0]["status"]), (&red.as_str().into(), &"missing".into()));
    assert_eq!(lines[0]["local_copy"].as_str().unwrap(), terminal.pictures().join("red.png").to_str().unwrap());
    assert_eq!((&lines[1]["missing"], &lines[1]["confirmed"]), (&1.into(), &1.into()));
    terminal.run(&["verify", &blue]).await.ok();
    let named = terminal.run(&["verify", &red, &blue, "--deep"]).await.ended(1);
    assert!(named.out.contains("missing") && named.out.contains("mend it: image-manager upload"), "{}", named.out);
    let shown = terminal.run(&["show", &red]).await.ok().out;
    assert!(!shown.contains("Verified") && shown.contains("no longer has this picture’s file"), "{shown}");

    let again = terminal.run(&["upload", "--json", "red.png"]).await.ok().object();
    assert_eq!((&again["status"], &again["id"]), (&"uploaded".into(), &red.as_str().into()));
    terminal.run(&["verify", "--all", "--deep"]).await.ok();
}
