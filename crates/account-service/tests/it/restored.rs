//! A database that was restored from a copy older than the bucket: what it doesn't know is nobody's refuse.

use std::collections::BTreeSet;
use std::path::PathBuf;

use account_api::{Author, EditKind, EditStatus, Image, ImageResponse, VerifiedBy, route};
use reqwest::Method;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::app::{Answer, Db, Person, path, png};
use crate::edits::{Device, add_tag, create_album, describe, favourite, into_album, name, remove_tag};
use crate::process::{Process, Ran, Setup};

async fn by_form(person: &Person<'_>, seed: u32) -> Image {
    let part = reqwest::multipart::Part::bytes(png(seed)).file_name(format!("{seed}.png"));
    let form = reqwest::multipart::Form::new().part("image", part);
    Answer::of(person.request(Method::POST, route::IMAGES).multipart(form)).await.ok::<ImageResponse>().image
}

fn summary(ran: &Ran) -> Value {
    ran.lines().pop().unwrap()
}

/// A service whose rows can be changed behind its back.
async fn with_reachable_rows(db: Db) -> Setup {
    let mut setup = Setup::on(db, None).await;
    if db == Db::Sqlite {
        setup.set("DATABASE_URL", format!("sqlite://{}?mode=rwc", setup.folder().join("rows.db").display()));
    }
    setup
}

/// A service whose database knows two of ten pictures, and whose bucket has all of them.
struct Restored {
    setup: Setup,
    objects: PathBuf,
    images: Vec<Image>,
    token: String,
}

impl Restored {
    async fn on(db: Db) -> Self {
        let setup = with_reachable_rows(db).await;
        let service = setup.serve().await;
        let anna = service.register("anna").await;
        let mut images = Vec::new();
        for seed in 0..10 {
            images.push(by_form(&anna, seed).await);
        }
        let token = anna.token.clone().unwrap();
        let (status, log) = service.end("TERM").await;
        assert!(status.success(), "{log}");
        let rows = sea_orm::Database::connect(setup.variable("DATABASE_URL")).await.unwrap();
        let kept = images[1].revision;
        for statement in [
            format!("DELETE FROM images WHERE revision > {kept} + 1"),
            "DELETE FROM uploads".to_owned(),
            "DELETE FROM journal_positions".to_owned(),
            format!("UPDATE users SET revision = {kept} + 1, used_pictures = 2"),
        ] {
            rows.execute_unprepared(&statement).await.unwrap();
        }
        rows.close().await.unwrap();
        let objects = setup.data().join("store/objects");
        Self { setup, objects, images, token }
    }

    /// Pictures and thumbnails that the store has.
    fn keys(&self) -> BTreeSet<PathBuf> {
        let mut keys = BTreeSet::new();
        for folder in ["pictures", "thumbnails"] {
            for person in std::fs::read_dir(self.objects.join(folder)).unwrap() {
                keys.extend(std::fs::read_dir(person.unwrap().path()).unwrap().map(|file| file.unwrap().path()));
            }
        }
        keys
    }

    async fn library(&self, service: &Process) -> Vec<Image> {
        let anna = Person { app: &service.site, token: Some(self.token.clone()), auth: None };
        let mut found = Vec::new();
        for image in &self.images {
            found.push(anna.get(&path(route::IMAGE, &image.id)).await.ok());
        }
        found
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_it_does_not_know_are_brought_back_and_never_removed_unasked(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
) {
    let restored = Restored::on(db).await;
    let Restored { setup, images, .. } = &restored;
    let before = restored.keys();
    assert_eq!(before.len(), 20, "each with its thumbnail");

    let ran = setup.run(&["gc", "--older-than", "0s", "--json"]);
    assert!(ran.code == Some(1) && ran.err.contains("check --adopt") && ran.err.contains("8 of these"), "{ran:?}");
    assert_eq!(ran.lines().iter().filter(|line| line["adoptable"] == "journal").count(), 8, "it says what it means");
    let ran = setup.run(&["check", "--repair", "--older-than", "0s", "--json"]);
    assert_eq!((ran.code, &summary(&ran)["repaired"]), (Some(1), &0.into()), "{ran:?}");
    let ran = setup.run(&["gc", "--dry-run", "--older-than", "0s", "--json"]);
    assert!(ran.code == Some(0) && summary(&ran)["refused"].is_string(), "{ran:?}");
    assert_eq!(restored.keys(), before);

    let ran = setup.run(&["check", "--adopt", "--json"]);
    assert_eq!((ran.code, &summary(&ran)["adopted"]), (Some(0), &8.into()), "{ran:?}");
    assert_eq!(summary(&ran)["not_proven"], 0, "the journal has what was proven, and the tags are the same");
    assert_eq!(setup.run(&["gc", "--older-than", "0s"]).code, Some(0));
    assert_eq!(restored.keys(), before);
    let service = setup.serve().await;
    for (now, then) in restored.library(&service).await.iter().zip(images) {
        assert_eq!((&now.name, &now.sha256, &now.receipt), (&then.name, &then.sha256, &then.receipt));
        assert!(now.has_thumbnail);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_journal_what_objects_say_counts_and_what_is_unwanted_stays_unwanted(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
) {
    let restored = Restored::on(db).await;
    let Restored { setup, images, objects, .. } = &restored;
    std::fs::remove_dir_all(objects.join("journal")).unwrap();
    let ran = setup.run(&["gc", "--older-than", "0s"]);
    assert!(ran.code == Some(1) && ran.err.contains("8 of these"), "{ran:?}");
    // Something that never was a picture, under a name that the service gives.
    let person = restored.keys().first().unwrap().parent().unwrap().to_owned();
    std::fs::write(person.join(format!("{}.png", uuid::Uuid::new_v4())), b"no picture").unwrap();

    let ran = setup.run(&["check", "--adopt", "--json"]);
    let told = summary(&ran);
    assert_eq!((&told["adopted"], &told["not_proven"]), (&8.into(), &8.into()), "{ran:?}");
    assert_eq!(told["differences"], serde_json::json!({ "orphan": 1 }));
    let ran = setup.run(&["gc", "--older-than", "0s", "--json"]);
    assert_eq!((ran.code, &summary(&ran)["removed"]), (Some(0), &1.into()), "one of 21 is refuse: {ran:?}");
    let service = setup.serve().await;
    let library = restored.library(&service).await;
    let proven = library.iter().filter(|image| image.receipt.verified_by != VerifiedBy::NotProven).count();
    assert_eq!((proven, library.len()), (2, images.len()));
}

/// What an object says of itself may be another one's, or nothing: its bytes tell that it is somebody's picture.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_no_refuse_whatever_its_object_says(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let setup = with_reachable_rows(db).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let mut images = Vec::new();
    for seed in 0..12 {
        images.push(by_form(&anna, seed).await);
    }
    let user = anna.auth.as_ref().unwrap().user.id.clone();
    let token = anna.token.clone();
    let (status, log) = service.end("TERM").await;
    assert!(status.success(), "{log}");
    let rows = sea_orm::Database::connect(setup.variable("DATABASE_URL")).await.unwrap();
    // Two are known to nothing but the bucket: far less than a tenth.
    for statement in [
        format!("DELETE FROM images WHERE revision >= {}", images[10].revision),
        "DELETE FROM uploads".to_owned(),
        "DELETE FROM journal_positions".to_owned(),
    ] {
        rows.execute_unprepared(&statement).await.unwrap();
    }
    rows.close().await.unwrap();
    let store = setup.data().join("store");
    std::fs::remove_dir_all(store.join("objects/journal")).unwrap();
    for folder in ["objects", "facts"] {
        for image in &images[10..] {
            std::fs::remove_file(store.join(folder).join(format!("thumbnails/{user}/{}.jpg", image.id))).ok();
            std::fs::remove_file(store.join(folder).join(format!("thumbnails/{user}/{}.png", image.id))).ok();
            std::fs::remove_file(store.join(folder).join(format!("thumbnails/{user}/{}.webp", image.id))).ok();
        }
    }
    let say = |image: &Image, metadata: Value| {
        let record = store.join(format!("facts/pictures/{user}/{}.png", image.id));
        let mut said: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
        said["metadata"] = metadata;
        std::fs::write(record, said.to_string()).unwrap();
    };
    say(&images[10], serde_json::json!({ "name": "lies.png", "sha256": images[0].sha256 }));
    say(&images[11], serde_json::json!({}));
    // A copy of a picture that is safe is nobody's loss.
    let copy = format!("pictures/{user}/{}.png", uuid::Uuid::new_v4());
    std::fs::write(store.join("objects").join(&copy), png(1)).unwrap();

    let ran = setup.run(&["gc", "--older-than", "0s", "--json"]);
    assert!(ran.code == Some(1) && ran.err.contains("2 of these") && ran.err.contains("check --adopt"), "{ran:?}");
    assert_eq!(ran.lines().iter().filter(|line| line["adoptable"] == "bytes").count(), 2, "{ran:?}");
    let ran = setup.run(&["check", "--adopt", "--json"]);
    assert_eq!(
        (&summary(&ran)["adopted"], &summary(&ran)["differences"]),
        (&2.into(), &serde_json::json!({"orphan": 1}))
    );
    let ran = setup.run(&["gc", "--older-than", "0s", "--json"]);
    assert_eq!((ran.code, &summary(&ran)["removed"]), (Some(0), &1.into()), "{ran:?}");
    assert!(!store.join("objects").join(&copy).exists());
    let service = setup.serve().await;
    let anna = Person { app: &service.site, token, auth: None };
    for (image, seed) in images[10..].iter().zip(10..) {
        let now: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
        assert_eq!((&now.sha256, now.receipt.verified_by), (&image.sha256, VerifiedBy::AsFound));
        assert_eq!(Answer::of(service.http.get(now.url.unwrap())).await.body, png(seed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenth_is_a_tenth_for_a_small_service_too() {
    let setup = Setup::on(Db::Sqlite, None).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    by_form(&anna, 1).await;
    let user = &anna.auth.as_ref().unwrap().user.id;
    let orphan = setup.data().join(format!("store/objects/pictures/{user}/{}.png", uuid::Uuid::new_v4()));
    std::fs::write(&orphan, b"nobody needs this").unwrap();
    let ran = setup.run(&["gc", "--older-than", "0s"]);
    assert!(ran.code == Some(1) && ran.err.contains("1 of 3 objects") && ran.err.contains("--many"), "{ran:?}");
    assert!(ran.out.contains(orphan.file_name().unwrap().to_str().unwrap()), "it says what: {ran:?}");
    assert!(orphan.exists());
    setup.run(&["gc", "--older-than", "0s", "--many"]).ok();
    assert!(!orphan.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_record_and_a_bad_segment_stop_nothing_and_are_told() {
    let setup = Setup::on(Db::Sqlite, None).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let images = [by_form(&anna, 1).await, by_form(&anna, 2).await];
    let user = anna.auth.as_ref().unwrap().user.id.clone();
    let (status, _) = service.end("TERM").await;
    assert!(status.success());
    let store = setup.data().join("store");
    let record = store.join(format!("facts/pictures/{user}/{}.png", images[0].id));
    std::fs::write(&record, b"{\"etag\": 7").unwrap();
    let segment = std::fs::read_dir(store.join(format!("objects/journal/{user}"))).unwrap().next().unwrap().unwrap();
    let mut bytes = std::fs::read(segment.path()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(segment.path(), bytes).unwrap();

    let ran = setup.run(&["check", "--json"]);
    let expected = serde_json::json!({ "bad_record": 1, "damaged_journal": 1 });
    assert_eq!((ran.code, &summary(&ran)["differences"]), (Some(1), &expected), "{ran:?}");
    setup.run(&["gc", "--older-than", "0s"]).ok();
    let ran = setup.run(&["check", "--repair", "--json"]);
    assert_eq!(summary(&ran)["repaired"], 1, "{ran:?}");
    let mended: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
    assert_eq!(mended["etag"].as_str(), images[0].receipt.etag.as_deref());
    let ran = setup.run(&["check", "--deep", "--json"]);
    assert_eq!(summary(&ran)["differences"], serde_json::json!({ "damaged_journal": 1 }), "{ran:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_check_finds_changed_the_library_knows_too(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let setup = Setup::on(db, None).await;
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let image = by_form(&anna, 1).await;
    let user = &anna.auth.as_ref().unwrap().user.id;
    let object = setup.data().join(format!("store/objects/pictures/{user}/{}.png", image.id));
    let mut bytes = png(1);
    bytes[40] ^= 1;
    std::fs::write(&object, &bytes).unwrap();
    let ran = setup.run(&["check", "--json"]);
    assert_eq!(summary(&ran)["differences"], serde_json::json!({ "content_differs": 1 }), "{ran:?}");
    setup.run(&["check", "--repair"]);
    let now: Image = anna.get(&path(route::IMAGE, &image.id)).await.ok();
    assert_eq!(now.receipt.fault, Some(account_api::Fault::Changed));
}

/// Tables that are put back as they were, in the order in which they can be filled.
const TABLES: [&str; 4] = ["albums", "images", "tags", "album_images"];

/// Edits that came after the copy are in the journal: they are told, and taken up by the rule by which edits merge.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn later_edits_of_what_it_knows_are_taken_up_from_the_journal(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let setup = with_reachable_rows(db).await;
    let (album, device) = (uuid::Uuid::from_u128(7).to_string(), Device::new(1));
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    let (kept, thrown) = (by_form(&anna, 1).await.id, by_form(&anna, 2).await.id);
    let removed = by_form(&anna, 3).await.id;
    let before = [create_album(&album, "Before"), add_tag(&kept, "old", Author::Person), name(&kept, "before.png")];
    for (at, kind) in before.into_iter().enumerate() {
        assert_eq!(anna.edit(device.at(at as i64, kind)).await, EditStatus::Applied);
    }
    let token = anna.token.clone();
    service.end("TERM").await;

    let rows = sea_orm::Database::connect(setup.variable("DATABASE_URL")).await.unwrap();
    for table in TABLES.iter().chain(&["users"]) {
        rows.execute_unprepared(&format!("CREATE TABLE copy_of_{table} AS SELECT * FROM {table}")).await.unwrap();
    }
    let service = setup.serve().await;
    let anna = Person { app: &service.site, token: token.clone(), auth: None };
    let renamed = EditKind::SetAlbum {
        album_id: album.clone(),
        name: Some("After".to_owned()),
        cover: None,
        order: None,
        parent: None,
    };
    let after = [
        renamed,
        into_album(&kept, &album, "a"),
        add_tag(&kept, "new", Author::Person),
        remove_tag(&kept, "old", Author::Person),
        name(&kept, "after.png"),
        describe(&kept, "words after the copy"),
        favourite(&kept, true),
        EditKind::SetRating { image_id: kept.clone(), rating: 5 },
        EditKind::Trash { image_id: thrown.clone() },
    ];
    for (at, kind) in after.into_iter().enumerate() {
        assert_eq!(anna.edit(device.at(100 + at as i64, kind)).await, EditStatus::Applied);
    }
    assert_eq!(anna.edit(device.at(200, EditKind::Remove { image_id: removed.clone() })).await, EditStatus::Applied);
    service.end("TERM").await;
    for table in TABLES.iter().rev() {
        rows.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
    }
    for table in TABLES {
        rows.execute_unprepared(&format!("INSERT INTO {table} SELECT * FROM copy_of_{table}")).await.unwrap();
    }
    let users = "UPDATE users SET revision = (SELECT revision FROM copy_of_users)";
    for statement in [users, "DELETE FROM journal_positions", "DELETE FROM applied_edits", "DELETE FROM tombstones"] {
        rows.execute_unprepared(statement).await.unwrap();
    }
    rows.close().await.unwrap();

    let ran = setup.run(&["check", "--json"]);
    assert_eq!((ran.code, &summary(&ran)["differences"]["later_edits"]), (Some(1), &1.into()), "{ran:?}");
    assert!(ran.out.contains("later edits of 2 pictures") && ran.out.contains("check --adopt"), "{ran:?}");
    // Said since, and later than what the journal has.
    let service = setup.serve().await;
    let anna = Person { app: &service.site, token: token.clone(), auth: None };
    assert_eq!(anna.edit(device.at(500, name(&kept, "since.png"))).await, EditStatus::Applied);
    service.end("TERM").await;

    let ran = setup.run(&["check", "--adopt", "--json"]);
    assert_eq!((ran.code, &summary(&ran)["learned"]), (Some(0), &3.into()), "{ran:?}");
    assert_eq!(summary(&ran)["removed"], 1, "{ran:?}");
    let again = setup.run(&["check", "--adopt", "--json"]);
    assert_eq!((again.code, &summary(&again)["learned"]), (Some(0), &0.into()), "{again:?}");
    let service = setup.serve().await;
    let anna = Person { app: &service.site, token, auth: None };
    let shown = anna.picture(&kept).await;
    assert_eq!((&*shown.name, shown.description.as_deref()), ("since.png", Some("words after the copy")));
    assert_eq!((shown.favourite, shown.rating, shown.tags), (true, 5, vec!["new".to_owned()]));
    assert_eq!(shown.albums.iter().map(|one| &one.album_id).collect::<Vec<_>>(), [&album]);
    assert!(anna.picture(&thrown).await.deleted_at.is_some());
    let gone = anna.get(&format!("{}?trash=true", path(route::IMAGE, &removed))).await;
    assert_eq!(gone.status, 404, "what the owner had removed for good stays removed");
    let albums = serde_json::to_string(&anna.everything().await).unwrap();
    assert!(albums.contains("\"After\"") && !albums.contains("\"Before\""), "{albums}");
}
