//! Edits as operations: what holds, what is answered, and what is refused.

use account_api::{
    AlbumOrder, Author, ChangesPage, Clock, Crop, Edit, EditKind, EditResult, EditStatus, EditsRequest, EditsResponse,
    ErrorCode, Image, ImagePatch, ImageResponse, Operation, Reading, route,
};
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{Db, Person, TestApp, path, png};

/// A computer that makes edits, whether it is online or not.
pub struct Device {
    id: String,
    base: i64,
}

impl Device {
    /// Of two, the one with the greater number is the greater device.
    pub fn new(number: u128) -> Self {
        Self { id: Uuid::from_u128(number).to_string(), base: now() - 3_600_000 }
    }

    /// An edit that was made so many milliseconds after an hour ago.
    pub fn at(&self, millis: i64, kind: EditKind) -> Edit {
        Edit { id: Uuid::now_v7().to_string(), clock: Clock::at(self.base + millis), device: self.id.clone(), kind }
    }

    /// Both have the same hour.
    pub fn beside(&self, number: u128) -> Self {
        Self { base: self.base, ..Self::new(number) }
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_millis() as i64
}

impl Person<'_> {
    pub async fn edits(&self, operations: &[Edit]) -> Vec<EditResult> {
        let request = EditsRequest { operations: operations.to_vec() };
        let response: EditsResponse = self.post(route::EDITS, &request).await.ok();
        assert_eq!(response.results.len(), operations.len());
        for (result, operation) in response.results.iter().zip(operations) {
            assert_eq!(result.id, operation.id);
        }
        response.results
    }

    pub async fn edit(&self, operation: Edit) -> EditStatus {
        self.edits(&[operation]).await.remove(0).status
    }

    pub async fn picture(&self, id: &str) -> Image {
        self.get(&format!("{}?trash=true", path(route::IMAGE, id))).await.ok()
    }

    pub async fn everything(&self) -> ChangesPage {
        self.get(&format!("{}?limit=1000", route::CHANGES)).await.ok()
    }
}

pub fn name(image_id: &str, name: &str) -> EditKind {
    EditKind::SetName { image_id: image_id.to_owned(), name: name.to_owned() }
}

pub fn describe(image_id: &str, description: &str) -> EditKind {
    EditKind::SetDescription { image_id: image_id.to_owned(), description: description.to_owned() }
}

pub fn favourite(image_id: &str, favourite: bool) -> EditKind {
    EditKind::SetFavourite { image_id: image_id.to_owned(), favourite }
}

pub fn add_tag(image_id: &str, tag: &str, by: Author) -> EditKind {
    EditKind::AddTag { image_id: image_id.to_owned(), tag: tag.to_owned(), by }
}

pub fn remove_tag(image_id: &str, tag: &str, by: Author) -> EditKind {
    EditKind::RemoveTag { image_id: image_id.to_owned(), tag: tag.to_owned(), by }
}

pub fn create_album(album_id: &str, name: &str) -> EditKind {
    EditKind::CreateAlbum { album_id: album_id.to_owned(), name: name.to_owned() }
}

pub fn into_album(image_id: &str, album_id: &str, place: &str) -> EditKind {
    EditKind::AddToAlbum { image_id: image_id.to_owned(), album_id: album_id.to_owned(), place: place.to_owned() }
}

pub fn out_of_album(image_id: &str, album_id: &str) -> EditKind {
    EditKind::RemoveFromAlbum { image_id: image_id.to_owned(), album_id: album_id.to_owned() }
}

#[rstest]
#[tokio::test]
async fn every_kind_does_what_it_says(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let id = &anna.upload("a.png", &png(1)).await.id;
    let image_id = || id.clone();
    let laptop = Device::new(1);
    let album = &Uuid::new_v4().to_string();
    let reading = Reading {
        description: "A gull.".to_owned(),
        text_in_image: "PIER\u{0} 7".to_owned(),
        model: "gpt-5-mini".to_owned(),
        read_at: "2026-03-01T13:00:00+01:00".to_owned(),
        ..Reading::default()
    };
    let crop = Crop { left: 0.25, top: 0.0, width: 0.5, height: 1.0, angle: -2.5 };
    let kinds = [
        name(id, " Möwe.png "),
        favourite(id, true),
        EditKind::SetTakenAt { image_id: image_id(), taken_at: Some("2024-05-06T07:08:09".to_owned()) },
        EditKind::SetAltText { image_id: image_id(), alt_text: "Möwe".to_owned() },
        EditKind::SetReading { image_id: image_id(), reading },
        add_tag(id, "Meer", Author::Person),
        add_tag(id, "bird", Author::Model),
        EditKind::SetRating { image_id: image_id(), rating: 4 },
        EditKind::SetRotation { image_id: image_id(), rotation: 270 },
        EditKind::SetCrop { image_id: image_id(), crop: Some(crop) },
        create_album(album, "Usedom"),
        into_album(id, album, "k3"),
        EditKind::SetAlbum {
            album_id: album.clone(),
            name: None,
            cover: Some(image_id()),
            order: Some(AlbumOrder::Newest),
            parent: None,
        },
        EditKind::Trash { image_id: image_id() },
    ];
    let operations: Vec<Edit> = kinds.into_iter().enumerate().map(|(n, kind)| laptop.at(n as i64, kind)).collect();
    let results = anna.edits(&operations).await;
    assert!(results.iter().all(|result| result.status == EditStatus::Applied), "{results:?}");
    let image = anna.picture(id).await;
    assert_eq!((&*image.name, image.favourite, image.rotation, image.crop), ("Möwe.png", true, 270, Some(crop)));
    assert_eq!(image.rating, 4);
    assert_eq!(
        (image.taken_at.as_deref(), image.taken_at_in_file.as_deref()),
        (Some("2024-05-06T07:08:09"), Some("2026-03-01T12:00:00"))
    );
    assert_eq!((image.description.as_deref(), image.own_description.as_deref()), (Some("A gull."), None));
    assert_eq!((image.alt_text.as_deref(), image.text_in_image.as_deref()), (Some("Möwe"), Some("PIER 7")));
    assert_eq!(
        (image.tags, image.tags_by_model),
        (vec!["Meer".to_owned(), "bird".to_owned()], vec!["bird".to_owned()])
    );
    assert_eq!(
        (image.described_by.as_deref(), image.reading.unwrap().read_at),
        (Some("person"), "2026-03-01T12:00:00.000Z".to_owned())
    );
    assert_eq!((&*image.albums[0].album_id, &*image.albums[0].place, image.albums.len()), (&**album, "k3", 1));
    assert!(image.deleted_at.is_some());

    let page = anna.everything().await;
    assert_eq!((page.changes.len(), page.albums.len()), (1, 1), "one revision for each, however many operations");
    let change = page.albums[0].clone();
    let known = change.album.unwrap();
    assert_eq!((&*known.name, known.cover.as_ref(), known.order), ("Usedom", Some(id), AlbumOrder::Newest));
    assert_eq!(results[0].revision, Some(image.revision));
    let of_album = operations.iter().position(|edit| matches!(edit.kind, EditKind::CreateAlbum { .. })).unwrap();
    assert_eq!(results[of_album].revision, Some(known.revision));
    assert_eq!(page.clock, Some(operations.last().unwrap().clock), "the next one is later than all of them");

    let back = [
        EditKind::Restore { image_id: image_id() },
        EditKind::SetTakenAt { image_id: image_id(), taken_at: None },
        EditKind::SetAltText { image_id: image_id(), alt_text: String::new() },
        EditKind::SetCrop { image_id: image_id(), crop: None },
        out_of_album(id, album),
        remove_tag(id, "MEER", Author::Person),
        EditKind::RemoveAlbum { album_id: album.clone() },
    ];
    let operations: Vec<Edit> = back.into_iter().map(|kind| laptop.at(100, kind)).collect();
    let results = anna.edits(&operations).await;
    assert!(results.iter().all(|result| result.status == EditStatus::Applied), "{results:?}");
    let image = anna.picture(id).await;
    assert_eq!((image.deleted_at, image.alt_text, image.crop), (None, None, None));
    assert_eq!((image.taken_at.as_deref(), image.taken_at_in_file), (Some("2026-03-01T12:00:00"), None));
    assert_eq!(
        (image.tags, image.albums, image.described_by.as_deref()),
        (vec!["bird".to_owned()], vec![], Some("gpt-5-mini"))
    );
    assert_eq!(anna.everything().await.albums[0].album, None);

    let gone = anna.edits(&[laptop.at(101, EditKind::Remove { image_id: image_id() })]).await;
    assert_eq!((gone[0].status, gone[0].revision), (EditStatus::Applied, None));
    assert_eq!(anna.edit(laptop.at(102, favourite(id, true))).await, EditStatus::Gone);
    assert!(matches!(anna.everything().await.changes[0].operation, Operation::Remove));
    for table in ["tags", "album_images"] {
        let left = app.column(&format!("SELECT stamp FROM {table}")).await;
        assert!(left.is_empty(), "what was said of it is gone with it");
    }
}

#[rstest]
#[tokio::test]
async fn sent_again_it_changes_nothing_and_is_answered_alike(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let id = &anna.upload("a.png", &png(1)).await.id;
    let laptop = Device::new(1);
    let first = [
        laptop.at(5, name(id, "five.png")),
        laptop.at(3, name(id, "three.png")),
        laptop.at(6, describe(&Uuid::new_v4().to_string(), "of nothing")),
        laptop.at(7, EditKind::RemoveAlbum { album_id: Uuid::new_v4().to_string() }),
    ];
    let results = anna.edits(&first).await;
    let statuses: Vec<EditStatus> = results.iter().map(|result| result.status).collect();
    assert_eq!(statuses, [EditStatus::Applied, EditStatus::Superseded, EditStatus::Gone, EditStatus::Gone]);
    // Later than all of them, by the service's own clock.
    let patch = ImagePatch { name: Some("patched.png".to_owned()), ..ImagePatch::default() };
    let _: ImageResponse = anna.patch(&path(route::IMAGE, id), &patch).await.ok();
    let before = anna.picture(id).await;
    assert_eq!(anna.edits(&first).await, results);
    assert_eq!(anna.picture(id).await.revision, before.revision);
    // Twice in one request is once.
    let twice = laptop.at(now() - laptop.base, name(id, "twice.png"));
    let answers = anna.edits(&[twice.clone(), twice]).await;
    assert_eq!(answers[0], answers[1]);

    // After ninety days nobody remembers; then it is merged again, which changes nothing, either.
    app.execute("UPDATE applied_edits SET applied_at = 0").await;
    app.housekeeping.once().await;
    assert!(app.column("SELECT status FROM applied_edits").await.is_empty());
    let before = anna.picture(id).await;
    assert_eq!(anna.edits(&first).await[0].status, EditStatus::Superseded);
    let after = anna.picture(id).await;
    assert_eq!((after.name, after.revision), (before.name, before.revision));
}

#[rstest]
#[tokio::test]
async fn one_that_makes_no_sense_keeps_no_other_from_being_made(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let id = &image.id;
    let op = |kind: Value| {
        let mut op = json!({
            "id": Uuid::now_v7(), "clock": Clock::at(now()), "device": Uuid::from_u128(1), "image_id": id,
        });
        op.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        op
    };
    let wrong = [
        json!(null),
        json!([]),
        json!({"id": "x"}),
        op(json!({"kind": "set_aura", "aura": 7})),
        op(json!({"kind": "set_name"})),
        op(json!({"kind": "set_name", "name": ""})),
        op(json!({"kind": "set_name", "name": "a/b"})),
        op(json!({"kind": "set_description", "description": "x".repeat(20_001)})),
        op(json!({"kind": "set_description", "description": "\u{0}"})),
        op(json!({"kind": "set_taken_at", "taken_at": "yesterday"})),
        op(json!({"kind": "set_rotation", "rotation": 45})),
        op(json!({"kind": "set_rating", "rating": 6})),
        op(json!({"kind": "set_crop", "crop": {"left": 0.5, "top": 0, "width": 0.6, "height": 1}})),
        op(json!({"kind": "add_tag", "tag": " ", "by": "person"})),
        op(json!({"kind": "add_tag", "tag": "x", "by": "nobody"})),
        op(json!({"kind": "add_to_album", "album_id": "x", "place": "A"})),
        op(json!({"kind": "create_album", "album_id": "x", "name": "x"})),
        op(json!({"kind": "set_favourite", "favourite": true, "clock": "soon"})),
        op(json!({"kind": "set_favourite", "favourite": true, "device": "mine"})),
    ];
    let mut operations = wrong.to_vec();
    operations.insert(3, op(json!({"kind": "set_name", "name": "right.png"})));
    let response: EditsResponse = anna.post(route::EDITS, &json!({"operations": operations})).await.ok();
    for (at, result) in response.results.iter().enumerate() {
        if at == 3 {
            assert_eq!(result.status, EditStatus::Applied);
        } else {
            assert_eq!(result.status, EditStatus::Invalid, "{}", operations[at]);
            assert!(result.message.as_ref().is_some_and(|message| message.len() > 5), "{result:?}");
            assert_eq!(result.id, operations[at]["id"].as_str().unwrap_or_default());
        }
    }
    let after = anna.picture(id).await;
    assert_eq!((&*after.name, after.favourite, after.tags.len()), ("right.png", false, 0));
    let nothing: EditsResponse = anna.post(route::EDITS, &json!({"operations": []})).await.ok();
    assert!(nothing.results.is_empty());
    for refused in [json!({}), json!({"operations": 7}), json!({"operations": vec![json!(null); 1001]})] {
        assert_eq!(anna.post(route::EDITS, &refused).await.code(), ErrorCode::InvalidRequest);
    }
}

#[rstest]
#[tokio::test]
async fn a_model_never_has_the_last_word(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let id = &anna.upload("a.png", &png(1)).await.id;
    let (person, model) = (Device::new(1), Device::new(2));
    let reading = |millis, description: &str| {
        let reading = Reading { description: description.to_owned(), model: "gpt".to_owned(), ..Reading::default() };
        model.at(millis, EditKind::SetReading { image_id: id.clone(), reading })
    };
    // She types while the model thinks; its answer comes later, and is kept beside.
    assert_eq!(anna.edit(person.at(10, describe(id, "Jonathan."))).await, EditStatus::Applied);
    assert_eq!(anna.edit(reading(20, "A bird.")).await, EditStatus::Applied);
    let image = anna.picture(id).await;
    assert_eq!(image.description.as_deref(), Some("Jonathan."));
    assert_eq!(
        (image.own_description.as_deref(), &*image.reading.unwrap().description),
        (Some("Jonathan."), "A bird.")
    );
    assert_eq!(anna.edit(person.at(30, describe(id, ""))).await, EditStatus::Applied);
    let image = anna.picture(id).await;
    assert_eq!((image.description.as_deref(), image.described_by.as_deref()), (Some("A bird."), Some("gpt")));
    assert_eq!(anna.edit(reading(15, "Something.")).await, EditStatus::Superseded, "of two models the later");

    let by = |millis, kind| model.at(millis, kind);
    assert_eq!(anna.edit(by(40, add_tag(id, "Gull", Author::Model))).await, EditStatus::Applied);
    assert_eq!(anna.edit(by(41, add_tag(id, "bird", Author::Model))).await, EditStatus::Applied);
    // Earlier, but hers.
    assert_eq!(anna.edit(person.at(5, remove_tag(id, "GULL", Author::Person))).await, EditStatus::Applied);
    assert_eq!(anna.edit(by(50, add_tag(id, "gull", Author::Model))).await, EditStatus::Superseded);
    assert_eq!(anna.edit(person.at(6, add_tag(id, "Bird", Author::Person))).await, EditStatus::Applied);
    assert_eq!(anna.edit(by(51, remove_tag(id, "bird", Author::Model))).await, EditStatus::Superseded);
    let image = anna.picture(id).await;
    assert_eq!((image.tags, image.tags_by_model), (vec!["Bird".to_owned()], vec![]));
    assert_eq!(anna.edit(person.at(7, add_tag(id, "gull", Author::Person))).await, EditStatus::Applied);
    assert_eq!(anna.edit(person.at(8, remove_tag(id, "never there", Author::Person))).await, EditStatus::Applied);
    assert_eq!(anna.edit(by(60, add_tag(id, "Never there", Author::Model))).await, EditStatus::Superseded);
    assert_eq!(anna.picture(id).await.tags, ["Bird", "gull"]);
}

#[rstest]
#[tokio::test]
async fn a_wrong_clock_does_not_win_for_years(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let id = &anna.upload("a.png", &png(1)).await.id;
    let year: i64 = 365 * 24 * 60 * 60 * 1000;
    let (fast, slow) = (Device { id: Uuid::from_u128(9).to_string(), base: now() + year }, Device::new(1));
    let first =
        [fast.at(0, name(id, "from next year.png")), fast.at(1, describe(id, "one")), fast.at(2, describe(id, "two"))];
    assert!(anna.edits(&first).await.iter().all(|result| result.status == EditStatus::Applied));
    assert_eq!(anna.picture(id).await.description.as_deref(), Some("two"), "in their order they hold");
    let ahead = anna.everything().await.clock.unwrap();
    assert!(ahead.millis() <= now(), "{ahead}");
    // A computer that has seen that makes something later.
    let after = Edit { clock: ahead.tick(now()), ..slow.at(0, name(id, "now.png")) };
    assert_eq!(anna.edit(after).await, EditStatus::Applied);
    assert_eq!(anna.edit(slow.at(0, name(id, "an hour ago.png"))).await, EditStatus::Superseded);
    // A little ahead is as it is; what the service does then is later still.
    let a_little = Device { id: Uuid::from_u128(9).to_string(), base: now() + 50_000 };
    assert_eq!(anna.edit(a_little.at(0, name(id, "a little ahead.png"))).await, EditStatus::Applied);
    let patch = ImagePatch { name: Some("by call.png".to_owned()), ..ImagePatch::default() };
    let patched: ImageResponse = anna.patch(&path(route::IMAGE, id), &patch).await.ok();
    assert_eq!(patched.image.name, "by call.png");
}

#[rstest]
#[tokio::test]
async fn of_the_same_moment_the_greater_device_holds(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let smaller = Device::new(1);
    let greater = smaller.beside(2);
    for greater_first in [false, true] {
        let id = &anna.upload("a.png", &png(u32::from(greater_first))).await.id;
        let mut both = [smaller.at(7, name(id, "smaller")), greater.at(7, name(id, "greater"))];
        if greater_first {
            both.reverse();
        }
        anna.edits(&both).await;
        assert_eq!(anna.picture(id).await.name, "greater");
    }
}

#[rstest]
#[tokio::test]
async fn a_thousand_are_made_at_once_in_a_few_statements(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let first = anna.upload("a.png", &png(1)).await;
    // The pictures themselves don't matter here.
    let (blob, id) = match db {
        Db::Sqlite => ("randomblob(16)", "id"),
        Db::Postgres => ("gen_random_uuid()", "id"),
    };
    let columns = "user_id, name, format, content_type, size, object_key, has_thumbnail, created_at, updated_at, \
                   stored_size, verified_by, verified_at, stamps";
    app.execute(&format!(
        "INSERT INTO images ({id}, sha256, revision, {columns}) \
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 999) \
         SELECT {blob}, CAST(n AS TEXT), 1000 + n, {columns} FROM images, n"
    ))
    .await;
    app.execute("UPDATE users SET revision = 2000").await;
    let ids: Vec<String> = anna.everything().await.changes.into_iter().map(|change| change.image_id).collect();
    assert!(ids.len() == 1000 && ids.contains(&first.id));
    let laptop = Device::new(1);
    let mut all: Vec<Edit> = ids.iter().map(|id| laptop.at(1, favourite(id, true))).collect();
    let results = anna.edits(&all).await;
    assert!(results.iter().all(|result| result.status == EditStatus::Applied));
    let page = anna.everything().await;
    assert_eq!(page.changes.len(), 1000);
    let mut revisions: Vec<i64> = results.iter().filter_map(|result| result.revision).collect();
    revisions.dedup();
    assert_eq!(revisions, (2001..=3000).collect::<Vec<i64>>(), "each its own, in their order");
    for change in page.changes {
        let Operation::Upsert { image } = change.operation else { panic!("removed") };
        assert!(image.favourite);
    }
    assert_eq!(anna.edits(&all).await, results);

    // A thousand of one picture are one change.
    all = (0..1000).map(|n| laptop.at(10 + n, add_tag(&first.id, &format!("tag {n}"), Author::Person))).collect();
    let before = anna.everything().await.next;
    let results = anna.edits(&all).await;
    assert!(results.iter().all(|result| result.revision == Some(before + 1)));
    assert_eq!(anna.picture(&first.id).await.tags.len(), 1000);
    let one_more = anna.edits(&[laptop.at(5000, add_tag(&first.id, "one more", Author::Person))]).await.remove(0);
    assert_eq!(one_more.status, EditStatus::Invalid, "there is an end to it");
}

/// Long texts fit that fit nowhere else, and there is an end to that, too.
#[tokio::test]
async fn a_batch_may_be_larger_than_other_requests() {
    let app = TestApp::start(Db::Sqlite).await;
    let anna = app.register("anna").await;
    let id = &anna.upload("a.png", &png(1)).await.id;
    let laptop = Device::new(1);
    let long = |count: i64| (0..count).map(|n| laptop.at(n, describe(id, &"x".repeat(20_000)))).collect::<Vec<Edit>>();
    assert!(anna.edits(&long(200)).await.iter().all(|result| result.status == EditStatus::Applied));
    let request = EditsRequest { operations: long(500) };
    assert_eq!(anna.post(route::EDITS, &request).await.code(), ErrorCode::TooLarge);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn batches_that_meet_lose_nothing_of_each_other(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let id = &anna.upload("a.png", &png(1)).await.id;
    let anna = &anna;
    futures::future::join_all((1..=12_u32).map(|n| async move {
        let device = Device::new(u128::from(n));
        let tag = add_tag(id, &n.to_string(), Author::Person);
        let edits = [device.at(i64::from(n), name(id, &n.to_string())), device.at(1, tag)];
        assert!(anna.edits(&edits).await.iter().all(|result| result.status != EditStatus::Invalid));
        let patch = ImagePatch { favourite: Some(n % 2 == 0), ..ImagePatch::default() };
        let _: ImageResponse = anna.patch(&path(route::IMAGE, id), &patch).await.ok();
    }))
    .await;
    let image = anna.picture(id).await;
    assert_eq!(image.tags.len(), 12);
    assert_eq!(anna.everything().await.next, image.revision);
}
