//! Many at the same time.

use std::collections::BTreeSet;

use account_api::{CompleteOutcome, ErrorCode, RegisterRequest, route};
use futures::future::join_all;
use rstest::rstest;

use crate::app::{Db, TestApp, path, png};
use crate::uploads::{announcement, put, single};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn many_write_at_once_and_the_database_is_never_locked(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let pictures: Vec<_> = (0..40).map(png).collect();
    let uploads = pictures.iter().enumerate().map(|(n, bytes)| {
        let (anna, name) = (anna.clone(), format!("{n}.png"));
        async move { anna.upload(&name, bytes).await }
    });
    let images = join_all(uploads).await;
    let revisions: BTreeSet<i64> = images.iter().map(|image| image.revision).collect();
    assert_eq!(revisions.len(), 40, "every change has a revision of its own");
    assert_eq!(anna.images().await.len(), 40);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn completing_at_the_same_moment_makes_one_picture(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let grant = anna.grant(announcement("a.png", &png(1))).await;
    put(&anna, single(&grant), &png(1)).await;
    let outcomes = join_all((0..8).map(|_| anna.finish(&grant.upload_id))).await;
    let ids: BTreeSet<_> = outcomes
        .into_iter()
        .map(|outcome| match outcome {
            CompleteOutcome::Verified { image, .. } => image.id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(anna.images().await.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_by_two_ways_make_one_picture(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let bytes = png(1);
    // An upload is open; meanwhile the same bytes come as a form, which finishes that upload.
    let grant = anna.grant(announcement("a.png", &bytes)).await;
    put(&anna, single(&grant), &bytes).await;
    let form = reqwest::multipart::Form::new()
        .part("image", reqwest::multipart::Part::bytes(bytes.clone()).file_name("b.png"));
    let sent = anna.request(reqwest::Method::POST, route::IMAGES).multipart(form).send();
    let (outcome, response) = tokio::join!(anna.finish(&grant.upload_id), sent);
    assert_eq!(response.unwrap().status(), 201);
    assert!(!matches!(outcome, CompleteOutcome::Failed { .. }), "{outcome:?}");
    let images = anna.images().await;
    assert_eq!(images.len(), 1);
    let bytes_now = app.http.get(images[0].url.clone().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes_now, bytes);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn aborting_and_completing_at_the_same_moment_agree(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    for seed in 0..6 {
        let grant = anna.grant(announcement("a.png", &png(seed))).await;
        put(&anna, single(&grant), &png(seed)).await;
        let one = path(route::UPLOAD, &grant.upload_id);
        let (outcome, _) = tokio::join!(anna.finish(&grant.upload_id), anna.delete(&one));
        let there = anna.images().await.into_iter().find(|image| image.sha256 == announcement("", &png(seed)).sha256);
        match (outcome, there) {
            (CompleteOutcome::Verified { .. }, Some(image)) => {
                let bytes = app.http.get(image.url.unwrap()).send().await.unwrap();
                assert_eq!(bytes.status(), 200, "what is verified is there");
            }
            (CompleteOutcome::Failed { .. }, None) => {}
            (outcome, there) => panic!("{outcome:?} but {there:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_instances_can_start_on_an_empty_database_at_once() {
    let url = testkit::postgres::database().await;
    let apps = join_all((0..4).map(|_| {
        TestApp::start_with(Db::Sqlite, |config| {
            config.database_url = Some(url.clone().into());
            config.signing.current = Some("the same secret for all of the instances".to_owned().into());
        })
    }))
    .await;
    let token = apps[0].register("anna").await.token;
    for app in &apps {
        let anna = crate::app::Person { token: token.clone(), ..app.nobody() };
        let _: account_api::User = anna.get(route::ME).await.ok();
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_name_is_given_once(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let nobody = app.nobody();
    let registrations = (0..6).map(|n| {
        let request = RegisterRequest {
            username: "anna".to_owned(),
            email: format!("anna{n}@example.com"),
            password: "a long enough password".to_owned(),
            device_name: None,
            ..RegisterRequest::default()
        };
        let nobody = nobody.clone();
        async move { nobody.post(route::REGISTER, &request).await }
    });
    let answers = join_all(registrations).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.is_success());
    assert_eq!(made.len(), 1);
    assert!(refused.iter().all(|answer| answer.code() == ErrorCode::UsernameTaken));
}
