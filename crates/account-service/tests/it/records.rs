//! The own store's records: whatever is wrong with one is told, and what is said to be repaired is.

use std::path::{Path, PathBuf};

use account_api::{Image, ImageResponse, route};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Db, Person, png};
use crate::process::{Ran, Setup};

async fn by_form(person: &Person<'_>, seed: u32) -> Image {
    let part = reqwest::multipart::Part::bytes(png(seed)).file_name(format!("{seed}.png"));
    let form = reqwest::multipart::Form::new().part("image", part);
    Answer::of(person.request(Method::POST, route::IMAGES).multipart(form)).await.ok::<ImageResponse>().image
}

/// A service that has ended, with one picture.
struct Ended {
    setup: Setup,
    user: String,
    image: Image,
}

impl Ended {
    async fn new() -> Self {
        let setup = Setup::on(Db::Sqlite, None).await;
        let service = setup.serve().await;
        let anna = service.register("anna").await;
        let image = by_form(&anna, 1).await;
        let user = anna.auth.as_ref().unwrap().user.id.clone();
        let (status, log) = service.end("TERM").await;
        assert!(status.success(), "{log}");
        assert_eq!(setup.run(&["check"]).code, Some(0));
        Self { setup, user, image }
    }

    fn facts(&self, kind: &str) -> PathBuf {
        self.setup.data().join("store/facts").join(kind).join(&self.user)
    }

    fn record(&self) -> PathBuf {
        self.facts("pictures").join(format!("{}.png", self.image.id))
    }

    fn check(&self, arguments: &[&str]) -> Ran {
        self.setup.run(&[&["check", "--json"], arguments].concat())
    }

    /// It is told, it is repaired, and then it isn't there any more.
    fn mends(&self) {
        let told = self.check(&[]);
        assert_eq!((told.code, differences(&told)), (Some(1), json!({ "bad_record": 1 })), "{told:?}");
        assert!(!told.err.contains("os error"), "{}", told.err);
        let mended = self.check(&["--repair"]);
        assert_eq!(summary(&mended)["repaired"], 1, "{mended:?}");
        let ran = self.check(&[]);
        assert_eq!((ran.code, differences(&ran), &*ran.err), (Some(0), json!({}), ""), "{ran:?}");
    }
}

fn summary(ran: &Ran) -> Value {
    ran.lines().pop().unwrap()
}

fn differences(ran: &Ran) -> Value {
    summary(ran)["differences"].clone()
}

fn only_one(folder: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(folder).unwrap();
    let one = files.next().unwrap().unwrap().path();
    assert!(files.next().is_none());
    one
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_place_of_a_record_goes_when_it_is_empty_and_stays_when_it_is_not() {
    let ended = Ended::new().await;
    let record = ended.record();
    let before = std::fs::read(&record).unwrap();
    std::fs::remove_file(&record).unwrap();
    std::fs::create_dir(&record).unwrap();
    ended.mends();
    assert_eq!(
        serde_json::from_slice::<Value>(&std::fs::read(&record).unwrap()).unwrap(),
        serde_json::from_slice::<Value>(&before).unwrap()
    );

    std::fs::remove_file(&record).unwrap();
    std::fs::create_dir(&record).unwrap();
    std::fs::write(record.join("somebody’s"), b"file").unwrap();
    for _ in 0..2 {
        let ran = ended.check(&["--repair"]);
        assert_eq!((ran.code, &summary(&ran)["repaired"]), (Some(1), &0.into()), "{ran:?}");
        let told = ran.lines()[0]["repair"]["message"].to_string();
        assert!(told.contains("can’t be written") && told.contains(&ended.image.id), "{told}");
        assert!(!ran.err.contains("os error"), "{}", ran.err);
    }
    assert!(record.join("somebody’s").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_records_of_journals_and_thumbnails_are_mended_too() {
    let ended = Ended::new().await;
    for kind in ["journal", "thumbnails"] {
        let record = only_one(&ended.facts(kind));
        let before: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
        std::fs::write(&record, b"{\"etag\": 7").unwrap();
        ended.mends();
        let now: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
        assert_eq!((&now["etag"], &now["content_type"]), (&before["etag"], &before["content_type"]), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_can_be_read_and_is_wrong_is_a_difference() {
    let ended = Ended::new().await;
    let record = ended.record();
    let before: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
    let with = |field: &str, value: Value| {
        let mut wrong = before.clone();
        wrong[field] = value;
        wrong
    };
    let mut said = before["metadata"].clone();
    said.as_object_mut().unwrap().remove("sha256");
    for wrong in [
        json!({ "content_type": "text/html", "metadata": {}, "etag": "0123456789abcdef0123456789abcdef" }),
        with("content_type", json!("text/html")),
        with("etag", json!("0123456789abcdef0123456789abcdef")),
        with("metadata", said),
    ] {
        std::fs::write(&record, wrong.to_string()).unwrap();
        ended.mends();
        let now: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
        assert_eq!(now, before, "{wrong}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_name_commands_no_terminal() {
    let ended = Ended::new().await;
    let odd = ended.setup.data().join("store/objects/pictures").join(&ended.user).join("a\n\u{1b}[31mb.png");
    std::fs::write(odd, b"somebody else's").unwrap();
    let ran = ended.setup.run(&["check"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{ran:?}");
    assert!(ran.out.lines().any(|line| line.starts_with("foreign: ") && line.ends_with("b.png")), "{ran:?}");
}
