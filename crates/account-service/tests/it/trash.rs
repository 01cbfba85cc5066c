//! The trash, and removing for good.

use std::path::Path;

use account_api::{
    AuthResponse, ChangesPage, ErrorCode, GrantOutcome, Image, ImageResponse, ImagesPage, LoginRequest,
    MessageResponse, TrashRule, route,
};
use account_service::Config;
use account_service::config::TrashDays;
use account_service::operator::Operator;
use rstest::rstest;

use crate::app::{Db, Person, TestApp, path, png};
use crate::process::{PROGRAM, Setup};
use crate::uploads::announcement;

fn files_in(dir: &Path) -> usize {
    std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() { files_in(&path) } else { 1 }
        })
        .sum()
}

#[rstest]
#[tokio::test]
async fn a_deleted_picture_is_in_the_trash_and_comes_back(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let one = path(route::IMAGE, &image.id);

    let message: MessageResponse = anna.delete(&one).await.ok();
    assert_eq!(message.message, "Image deleted successfully");
    assert_eq!(anna.get(&one).await.code(), ErrorCode::NotFound);
    assert_eq!(anna.delete(&one).await.code(), ErrorCode::NotFound);
    assert!(anna.images().await.is_empty());
    let trash: ImagesPage = anna.get(&format!("{}?trash=true", route::IMAGES)).await.ok();
    assert_eq!(trash.images.len(), 1);
    assert!(trash.images[0].deleted_at.is_some());

    let response: ImageResponse = anna.post(&path(route::RESTORE, &image.id), &()).await.ok();
    assert!(response.image.deleted_at.is_none());
    let back: Image = anna.get(&one).await.ok();
    assert_eq!(back.sha256, image.sha256);
}

#[rstest]
#[tokio::test]
async fn uploading_again_takes_a_picture_out_of_the_trash(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let _: MessageResponse = anna.delete(&path(route::IMAGE, &image.id)).await.ok();
    let GrantOutcome::Duplicate { image: back } = anna.announce(announcement("a.png", &png(1))).await else {
        panic!("not a duplicate")
    };
    assert_eq!((back.id, back.deleted_at), (image.id, None));
    assert_eq!(anna.images().await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn removing_for_good_takes_the_bytes_along(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let image = anna.upload("a.png", &png(1)).await;
    let objects = app.dir.path().join("store/objects");
    assert_eq!(files_in(&objects), 1);
    let _: MessageResponse = anna.delete(&format!("{}?permanent=true", path(route::IMAGE, &image.id))).await.ok();
    assert_eq!(files_in(&objects), 0);
    assert_eq!(files_in(&app.dir.path().join("store/facts")), 0);
    assert_eq!(anna.post(&path(route::RESTORE, &image.id), &()).await.code(), ErrorCode::NotFound);
    let anew = anna.upload("a.png", &png(1)).await;
    assert_ne!(anew.id, image.id, "the same bytes are a new picture then");
}

/// The trash with the service's clock moved on, which is the same as everything having happened earlier.
struct Later<'a>(&'a TestApp);

impl Later<'_> {
    async fn by_days(&self, days: i64) {
        let millis = days * 24 * 60 * 60 * 1000;
        for (table, column) in [("images", "deleted_at"), ("trash_rule", "since")] {
            let moved = format!("UPDATE {table} SET {column} = {column} - {millis} RETURNING CAST('' AS TEXT)");
            self.0.column(&moved).await;
        }
        self.0.housekeeping.once().await;
    }
}

async fn in_trash(person: &Person<'_>) -> usize {
    let page: ImagesPage = person.get(&format!("{}?trash=true", route::IMAGES)).await.ok();
    page.images.len()
}

/// What devices are told.
async fn told(person: &Person<'_>) -> TrashRule {
    let page: ChangesPage = person.get(&format!("{}?after=0", route::CHANGES)).await.ok();
    page.trash.unwrap()
}

async fn thrown_away(person: &Person<'_>, seed: u32) {
    let image = person.upload(&format!("{seed}.png"), &png(seed)).await;
    let _: MessageResponse = person.delete(&path(route::IMAGE, &image.id)).await.ok();
}

fn days(days: u32) -> impl FnOnce(&mut Config) {
    move |config| config.trash = TrashDays::Operator(Some(days))
}

#[rstest]
#[tokio::test]
async fn the_trash_is_kept_for_ever_unless_somebody_says_otherwise(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let mut app = TestApp::start(db).await;
    let auth = {
        let anna = app.register("anna").await;
        thrown_away(&anna, 1).await;
        anna.auth.clone().unwrap()
    };
    Later(&app).by_days(10 * 365).await;
    app.restart(|_| {}).await;
    app.housekeeping.once().await;
    let anna = app.signed_in(auth);
    assert_eq!(told(&anna).await, TrashRule { days: None, since: None });
    assert_eq!(in_trash(&anna).await, 1);
}

#[rstest]
#[tokio::test]
async fn the_trash_is_emptied_after_the_days_that_were_told(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, days(30)).await;
    let anna = app.register("anna").await;
    let kept = anna.upload("a.png", &png(1)).await;
    thrown_away(&anna, 2).await;
    let rule = told(&anna).await;
    assert_eq!(rule.days, Some(30));
    assert!(rule.since.is_some());
    Later(&app).by_days(29).await;
    assert_eq!(in_trash(&anna).await, 1);
    thrown_away(&anna, 3).await;
    Later(&app).by_days(2).await;
    assert_eq!(in_trash(&anna).await, 1, "each picture has its own days");
    let _: Image = anna.get(&path(route::IMAGE, &kept.id)).await.ok();
    assert_eq!(files_in(&app.dir.path().join("store/objects")), 2);
}

#[rstest]
#[tokio::test]
async fn what_is_in_the_trash_gets_all_days_of_a_new_or_a_shorter_rule(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let mut app = TestApp::start(db).await;
    let auth = {
        let anna = app.register("anna").await;
        thrown_away(&anna, 1).await;
        anna.auth.clone().unwrap()
    };
    Later(&app).by_days(400).await;
    app.restart(days(30)).await;
    app.housekeeping.once().await;
    Later(&app).by_days(29).await;
    app.restart(days(7)).await;
    app.housekeeping.once().await;
    Later(&app).by_days(6).await;
    // The same said again, and more days, take nothing back of what has passed.
    app.restart(days(7)).await;
    let since = told(&app.signed_in(auth.clone())).await.since;
    app.restart(days(8)).await;
    assert_eq!(told(&app.signed_in(auth.clone())).await, TrashRule { days: Some(8), since });
    Later(&app).by_days(1).await;
    assert_eq!(in_trash(&app.signed_in(auth.clone())).await, 1);
    Later(&app).by_days(2).await;
    assert_eq!(in_trash(&app.signed_in(auth)).await, 0);
}

#[rstest]
#[tokio::test]
async fn time_in_which_an_account_is_closed_does_not_count(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let mut app = TestApp::start_with(db, days(30)).await;
    let auth = {
        let anna = app.register("anna").await;
        thrown_away(&anna, 1).await;
        anna.auth.clone().unwrap()
    };
    let close = async |app: &TestApp, closed| {
        let operator = Operator::open(app.config.clone()).await.unwrap();
        operator.set_disabled("anna", closed).await.unwrap();
        operator.close().await;
    };
    Later(&app).by_days(10).await;
    close(&app, true).await;
    app.column("UPDATE users SET disabled_at = disabled_at - 8640000000 RETURNING CAST('' AS TEXT)").await;
    Later(&app).by_days(100).await;
    close(&app, false).await;
    app.restart(days(30)).await;
    let login = LoginRequest {
        username: "anna".to_owned(),
        password: "a long enough password".to_owned(),
        ..LoginRequest::default()
    };
    let again: AuthResponse = app.nobody().post(route::LOGIN, &login).await.ok();
    assert_eq!(again.user.id, auth.user.id);
    Later(&app).by_days(19).await;
    assert_eq!(in_trash(&app.signed_in(again.clone())).await, 1);
    Later(&app).by_days(2).await;
    assert_eq!(in_trash(&app.signed_in(again)).await, 0);
}

/// The real clock of a real process. What was in the trash of a library of years ago is still there after its first start
/// with a rule, and after every start without.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_moved_clock_empties_what_was_announced_and_nothing_else(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let mut setup = Setup::on(db, None).await;
    setup.set("JWT_SECRET_KEY", "the same secret, whatever the time is");
    let service = setup.serve().await;
    let anna = service.register("anna").await;
    thrown_away(&anna, 1).await;
    service.end("TERM").await;
    // Does the chores once, and ends.
    let chores_after = |setup: &Setup, days: u32| {
        let later = testkit::faketime::off_by(&format!("+{days}d"));
        let ran = setup.command(PROGRAM).arg("gc").envs(later).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    };
    chores_after(&setup, 400);
    setup.set("TRASH_DAYS", "30");
    let service = setup.serve().await;
    service.end("TERM").await;
    for (later, left) in [(29, 1), (31, 0)] {
        chores_after(&setup, later);
        let service = setup.serve().await;
        let login = LoginRequest {
            username: "anna".to_owned(),
            password: "a long enough password".to_owned(),
            ..LoginRequest::default()
        };
        let auth = service.nobody().post(route::LOGIN, &login).await.ok();
        assert_eq!(in_trash(&service.signed_in(auth)).await, left, "after {later} days");
        service.end("TERM").await;
    }
}
