//! A library without its account's database and without its journal: it comes back by itself, nothing is called verified that
//! nobody compared, and no good file may go whose stored copy is bad.

use std::path::{Path, PathBuf};

use engine::Role;
use engine::view::{CheckOutcome, Connection, NoticeKind, PictureEdit, Proof};
use engine::{AuditOptions, Event, FreeSource};
use serde_json::Value;
use testkit::photos;

use crate::cli_app::Terminal;
use crate::world::Person;

/// The files of stored pictures.
fn stored(service: &Path) -> Vec<PathBuf> {
    let people = std::fs::read_dir(service.join("store/objects/pictures")).unwrap();
    people
        .flat_map(|person| std::fs::read_dir(person.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect()
}

/// Writes other bytes and leaves the time of writing, as a failing disk does.
fn rot(path: &Path, bytes: &[u8]) {
    let at = std::fs::metadata(path).unwrap().modified().unwrap();
    std::fs::write(path, bytes).unwrap();
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

fn by_name(lines: &[Value], name: &str, field: &str) -> Value {
    let line = lines.iter().find(|line| {
        let of = line["name"].as_str().or(line["path"].as_str()).unwrap();
        of.ends_with(name)
    });
    line.unwrap_or_else(|| panic!("no {name}: {lines:?}"))[field].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_rebuild_and_free_agree_about_what_is_bad() {
    let terminal = Terminal::new();
    let names = ["sound.png", "flipped.png", "zeroed.png", "exchanged.png", "lying.png"];
    let files: Vec<PathBuf> =
        names.iter().enumerate().map(|(n, name)| terminal.picture(name, [n as u8 * 40, 90, 20])).collect();
    for file in &files {
        terminal.upload(file).await;
    }
    let service = terminal.data_dir().join("this-computer");
    let bytes: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let objects = stored(&service);
    let object_of = |n: usize| objects.iter().find(|path| std::fs::read(path).unwrap() == bytes[n]).unwrap().clone();
    let found: Vec<PathBuf> = (0..names.len()).map(object_of).collect();
    let mut flipped = bytes[1].clone();
    flipped[30] ^= 1;
    rot(&found[1], &flipped);
    rot(&found[2], &vec![0; bytes[2].len()]);
    rot(&found[3], &bytes[0]);
    let record = service.join("store/facts").join(found[4].strip_prefix(service.join("store/objects")).unwrap());
    let said: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
    let lie = said.to_string().replace(said["metadata"]["sha256"].as_str().unwrap(), &"cd".repeat(32));
    std::fs::write(&record, lie).unwrap();
    // The records of what was proven are lost, and so is the journal.
    std::fs::remove_dir_all(service.join("store/objects/journal")).unwrap();
    for file in ["account.db", "account.db-wal", "account.db-shm"] {
        let _ = std::fs::remove_file(service.join(file));
    }

    let shown = terminal.run(&["list"]).await.ok();
    assert!(shown.err.contains("came back from the store") && shown.err.contains("not proven"), "{}", shown.err);
    assert_eq!(shown.out.matches("(not proven yet)").count(), 5, "{}", shown.out);
    let listed = terminal.run(&["list", "--json"]).await.ok().json();
    for picture in &listed {
        assert_eq!((&picture["verified"], &picture["proof"]), (&false.into(), &"not_proven".into()), "{picture}");
        assert!(picture["verified_at"].is_null(), "{picture}");
    }
    let id = by_name(&listed, "sound.png", "id");
    let shown = terminal.run(&["show", id.as_str().unwrap()]).await.ok().out;
    assert!(shown.contains("Not proven") && !shown.contains("Verified"), "{shown}");

    let paths: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let free = [&["free", "--dry-run", "--json"][..], &paths].concat();
    let offered = terminal.run(&free).await.ended(1).json();
    for name in names {
        let expected = if name == "sound.png" { "safe" } else { "kept" };
        assert_eq!(by_name(&offered, name, "status"), expected, "{name}: {offered:?}");
    }
    let checked = terminal.run(&["verify", "--all", "--json"]).await.ended(1).json();
    let summary = checked.last().unwrap();
    assert_eq!((&summary["confirmed"], &summary["changed"]), (&1.into(), &4.into()), "{summary}");
    let deep = terminal.run(&["verify", "--all", "--deep", "--json"]).await.ended(1).json();
    assert_eq!((&deep.last().unwrap()["confirmed"], &deep.last().unwrap()["changed"]), (&1.into(), &4.into()));
    let listed = terminal.run(&["list", "--json"]).await.ok().json();
    for name in names {
        assert_eq!(by_name(&listed, name, "verified"), name == "sound.png", "{name}");
    }
    // The good files mend what is bad.
    for file in &files[1..4] {
        let line = terminal.run(&["upload", "--json", file.to_str().unwrap()]).await.ok().object();
        assert_eq!(line["status"], "uploaded", "{line}");
    }
    let after = terminal.run(&["verify", "--all", "--deep", "--json"]).await.ended(1).json();
    assert_eq!((&after.last().unwrap()["confirmed"], &after.last().unwrap()["changed"]), (&4.into(), &1.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_brings_its_lost_database_back_by_itself_and_says_so() {
    let anna = Person::new(Role::Window).await;
    anna.engine.choose_this_computer().await.unwrap();
    anna.engine.start();
    let gull = anna.upload_one(&anna.file("gull.jpg", &photos::jpeg(60, 40, 1))).await;
    anna.engine
        .edit(vec![gull], PictureEdit { name: Some("Möwe.jpg".to_owned()), ..PictureEdit::default() })
        .await
        .unwrap();
    anna.engine.sync().await.unwrap();
    let before = anna.engine.picture(gull).await.unwrap();
    let anna = anna.restart_after(Role::Window, |data| {
        let database = data.join("this-computer/account.db");
        std::fs::write(&database, b"this was a database").unwrap();
    });
    let anna = anna.await;
    // Before it is back: the library is there, and nothing in it is called verified.
    let meanwhile = anna.engine.picture(gull).await.unwrap();
    assert_eq!((meanwhile.proof, meanwhile.verified_at), (Proof::NotProven, None));
    assert!(!anna.engine.rows(vec![gull], "").await.unwrap()[0].proven);
    assert!(matches!(anna.engine.state().connection, Connection::Offline { .. }));

    anna.engine.start();
    let said = |words: &'static str| move |event: &Event| matches!(event, Event::Notice(notice) if notice.kind == NoticeKind::Warning && notice.message.contains(words));
    anna.events.until("a word about what happened", said("is being brought back")).await;
    anna.events.until("a word about what came of it", said("1 picture came back")).await;
    anna.events
        .until(
            "the connection",
            |event| matches!(event, Event::StateChanged(state) if matches!(state.connection, Connection::Online)),
        )
        .await;
    anna.engine.sync().await.unwrap();
    let id = anna.engine.resolve(&before.image_id).await.unwrap();
    let after = anna.engine.picture(id).await.unwrap();
    assert_eq!((&after.name, after.proof, &after.verified_at), (&before.name, before.proof, &before.verified_at));
    let aside = anna.data_dir().join("this-computer/damaged-1/account.db");
    assert_eq!(std::fs::read(aside).unwrap(), b"this was a database", "nothing is deleted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stored_copy_that_rotted_keeps_the_local_file() {
    let anna = Person::new(Role::CommandLine).await;
    anna.engine.choose_this_computer().await.unwrap();
    let files = [anna.file("a.jpg", &photos::jpeg(60, 40, 1)), anna.file("b.jpg", &photos::jpeg(60, 40, 2))];
    anna.upload(&files).await;
    for object in stored(&anna.data_dir().join("this-computer")) {
        let mut bytes = std::fs::read(&object).unwrap();
        if bytes == photos::jpeg(60, 40, 2) {
            bytes[200] ^= 1;
            rot(&object, &bytes);
        }
    }
    let mut kept = Vec::new();
    let report = anna.engine.freeable(FreeSource::Uploaded, |item| kept.extend(item.reason.clone())).await.unwrap();
    assert_eq!((report.files, report.kept), (1, 1), "{report:?}");
    assert!(kept[0].contains("SHA-256 differs"), "{kept:?}");
    let deep = anna.engine.verify_all(AuditOptions { deep: true, restart: false }, |_| {}).await.unwrap();
    assert_eq!((deep.confirmed, deep.changed), (1, 1));
    let problems = anna.engine.audit_problems(0, 10).await.unwrap();
    assert!(problems.len() == 1 && problems[0].check.outcome == CheckOutcome::Changed && !problems[0].proven);
}
