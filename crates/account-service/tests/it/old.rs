//! What versions have left behind that knew of one author for all words, of tags without one, and of no albums: databases
//! with the schema of their last one (`m0011`), and a segment of the journal. All three were made by that version, of the
//! same pictures.

use std::collections::BTreeMap;

use account_api::{Author, ChangesPage, Image, LoginRequest, Operation, Reading, route};
use account_service::embedded::EmbeddedStorage;
use reqwest::Method;
use rstest::rstest;
use sha2::{Digest, Sha256};

use crate::app::{Answer, Db, Person, TestApp, png};
use crate::edits::{Device, add_tag, describe};
use crate::rebuild::Computer;

const SQLITE: &str = include_str!("old/m0011.sqlite.sql");
const POSTGRES: &str = include_str!("old/m0011.postgres.sql");
const SEGMENT: &str = include_str!("old/journal-1.ndjson");

/// The pictures of a page, by the names of their files.
fn pictures(page: &ChangesPage) -> BTreeMap<String, Image> {
    let images = page.changes.iter().filter_map(|change| match &change.operation {
        Operation::Upsert { image } => Some((image.name.clone(), Image::clone(image))),
        Operation::Remove => None,
    });
    images.collect()
}

/// What the old version was told of them.
fn check(pictures: &BTreeMap<String, Image>) {
    let names: Vec<&str> = pictures.keys().map(String::as_str).collect();
    assert_eq!(names, ["1.png", "2.png", "3.png", "5.png", "7.png", "Umbenannt.png"]);
    let own = |image: &Image| (image.own_description.clone(), image.own_alt_text.clone());
    let text = |text: &str| Some(text.to_owned());

    let persons = &pictures["1.png"];
    assert_eq!(own(persons), (text("Oma am Meer."), text("Oma")));
    assert_eq!(
        (&persons.description, &persons.alt_text, &persons.reading),
        (&text("Oma am Meer."), &text("Oma"), &None)
    );
    assert_eq!(persons.tags, ["Möwe", "Straße", "海"]);
    assert_eq!(persons.described_by, text("person"));
    assert!(persons.described_at.as_ref().is_some_and(|at| at.starts_with("20")));

    let models = &pictures["2.png"];
    assert_eq!(own(models), (None, None));
    let said = models.reading.clone().unwrap();
    let read_at = said.read_at.clone();
    let expected = Reading {
        description: "A gull on a pier.".to_owned(),
        alt_text: "Gull".to_owned(),
        text_in_image: "PIER 7".to_owned(),
        model: "gpt-5-mini".to_owned(),
        prompt: None,
        read_at: read_at.clone(),
    };
    assert_eq!(said, expected);
    assert_eq!((&models.description, &models.text_in_image), (&text("A gull on a pier."), &text("PIER 7")));
    assert_eq!((&models.described_by, &models.described_at), (&text("gpt-5-mini"), &Some(read_at)));
    assert_eq!(
        (models.tags.join(" "), models.tags_by_model.len()),
        ("gull pier Usedom".to_owned(), 0),
        "hers, to be safe"
    );

    // The alternative text was a model's, and stood under the person's name: it is taken to be hers.
    let both = &pictures["3.png"];
    assert_eq!(own(both), (text("Mine."), text("A model's alt text")));
    assert_eq!((&both.text_in_image, &both.tags), (&text("KIOSK"), &vec!["models".to_owned()]));

    let (plain, words) = (&pictures["5.png"], &pictures["7.png"]);
    assert_eq!((own(plain), &plain.reading, plain.tags.len()), ((None, None), &None, 0));
    assert_eq!((&words.text_in_image, &words.described_by), (&text("Eingang"), &None));
    let trashed = &pictures["Umbenannt.png"];
    assert!(trashed.favourite && trashed.deleted_at.is_some());
}

async fn sign_in<'a>(app: &'a TestApp, name: &str) -> Person<'a> {
    let request = LoginRequest {
        username: name.to_owned(),
        password: "a long enough password".to_owned(),
        ..LoginRequest::default()
    };
    app.signed_in(app.nobody().post(route::LOGIN, &request).await.ok())
}

/// A service on a database that an older version has left.
async fn on_old_database(db: Db) -> TestApp {
    use sea_orm::ConnectionTrait;
    let dir = tempfile::tempdir().unwrap();
    let url = match db {
        Db::Sqlite => format!("sqlite:{}?mode=rwc", dir.path().join("old.db").display()),
        Db::Postgres => testkit::postgres::database().await,
    };
    let mut options = sea_orm::ConnectOptions::new(&url);
    options.max_connections(1).sqlx_logging(false);
    let database = sea_orm::Database::connect(options).await.unwrap();
    database.execute_unprepared(if db == Db::Sqlite { SQLITE } else { POSTGRES }).await.unwrap();
    database.close().await.unwrap();
    let app = TestApp::start_with(Db::Sqlite, |config| config.database_url = Some(url.into())).await;
    // For as long as the process lives.
    std::mem::forget(dir);
    app
}

#[rstest]
#[tokio::test]
async fn an_old_database_has_everything_still(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = on_old_database(db).await;
    for name in ["anna", "ben"] {
        let person = sign_in(&app, name).await;
        let page = person.everything().await;
        check(&pictures(&page));
        // Links are part of the feed from here on, after everything else.
        assert_eq!((page.links.len(), page.albums.len(), page.more), (2, 0, false));
        let mut revisions: Vec<i64> = page.changes.iter().map(|one| one.revision).collect();
        revisions.extend(page.links.iter().map(|one| one.revision));
        assert!(revisions.is_sorted_by(|one, other| one < other), "{revisions:?}");
        assert_eq!(revisions.last(), Some(&page.next));
        let answer = Answer::of(app.http.get(format!("{}/i/{}", app.base, page.links[0].token))).await;
        assert_eq!(answer.status, 302, "and lead where they led");

        // A person's word from before is no model's to take, and any later one replaces it.
        let (id, laptop) = (pictures(&page)["1.png"].id.clone(), Device::new(1));
        let said = [
            laptop.at(1, add_tag(&id, "MÖWE", Author::Model)),
            laptop.at(2, add_tag(&id, "Strand", Author::Model)),
            laptop.at(3, describe(&id, "An older edit, of a computer that was away.")),
        ];
        person.edits(&said).await;
        let now = person.picture(&id).await;
        assert_eq!(
            (now.tags.join(" "), now.tags_by_model.join(" ")),
            ("Möwe Straße 海 Strand".to_owned(), "Strand".to_owned())
        );
    }
}

/// The objects that the old segment names, as the old version has stored them.
fn store(dir: &std::path::Path) {
    let lines = SEGMENT.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    for entry in lines.filter_map(|mut line| line.get_mut("entry").map(serde_json::Value::take)) {
        let (Some(key), Some(sha256)) = (entry["stored"]["key"].as_str(), entry["image"]["sha256"].as_str()) else {
            continue;
        };
        let bytes = (1..=7).map(png).find(|bytes| hex::encode(Sha256::digest(bytes)) == sha256).unwrap();
        for (folder, content) in [("objects", bytes), ("facts", record(&entry))] {
            let path = dir.join("store").join(folder).join(key);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }
    let header: serde_json::Value = serde_json::from_str(SEGMENT.lines().next().unwrap()).unwrap();
    let user = header["segment"]["user_id"].as_str().unwrap();
    let folder = dir.join("store/objects/journal").join(user);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("0000000000000000001-0000000000000000023-wRHA7s4htw5V.ndjson"), SEGMENT).unwrap();
}

fn record(entry: &serde_json::Value) -> Vec<u8> {
    let (image, etag) = (&entry["image"], &entry["image"]["receipt"]["etag"]);
    let metadata = serde_json::json!({ "name": image["name"], "sha256": image["sha256"] });
    serde_json::json!({ "content_type": "image/png", "etag": etag, "metadata": metadata }).to_string().into_bytes()
}

#[tokio::test]
async fn an_old_journal_is_read() {
    let dir = tempfile::tempdir().unwrap();
    store(dir.path());
    let computer = Computer::with(dir, EmbeddedStorage::ThisComputer).await;
    let report = computer.rebuild(None).await.unwrap();
    assert_eq!((report.from_journal, report.from_objects, report.damaged.len()), (6, 0, 0), "{report:?}");
    let path = format!("{}?limit=1000", route::CHANGES);
    let page = computer.send(Method::GET, &path, None::<&()>).await.json::<ChangesPage>().await.unwrap();
    check(&pictures(&page));
}
