//! Two people on one service, and sessions that end.

use std::time::Duration;

use engine::view::{AccountForm, Connection, PictureEdit};
use engine::{ErrorKind, Role};
use rstest::rstest;
use testkit::photos;

use crate::world::{Database, Hosted, Person, Store, password_of};

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_never_learns_of_anothers_pictures(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[values(Store::Embedded, Store::Garage)] store: Store,
) {
    let hosted = Hosted::start(database, store).await;
    let anna = hosted.person("anna").await;
    let bela = hosted.person("bela").await;
    let bytes = photos::jpeg(200, 100, 1);
    let hers = anna.upload_one(&anna.file("same.jpg", &bytes)).await;
    bela.engine.sync().await.unwrap();
    assert_eq!(bela.count().await, 0);
    // The same bytes are news to him: "here already" would tell that somebody has them.
    let his = bela.upload_one(&bela.file("same.jpg", &bytes)).await;
    let (her_id, his_id) =
        (anna.engine.picture(hers).await.unwrap().image_id, bela.engine.picture(his).await.unwrap().image_id);
    assert_ne!(her_id, his_id);
    assert_eq!(bela.engine.resolve(&her_id).await.unwrap_err().code, ErrorKind::NotFound);

    bela.engine.delete(vec![his]).await.unwrap();
    bela.engine.delete_forever(vec![his]).await.unwrap();
    bela.engine.sync().await.unwrap();
    anna.engine.sync().await.unwrap();
    assert_eq!(anna.count().await, 1);
    assert_eq!(anna.read_back(hers).await, bytes);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_access_token_is_refreshed_unseen(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    // Every access token has expired by the time that it is used: the client must refresh for each request.
    let hosted = Hosted::start_with(database, Store::Embedded, |config| {
        config.sessions.access = Duration::from_secs(1);
    })
    .await;
    let anna = hosted.person("anna").await;
    let id = anna.upload_one(&anna.file("a.jpg", &photos::jpeg(100, 80, 1))).await;
    anna.engine
        .edit(vec![id], PictureEdit { name: Some("renamed.jpg".to_owned()), ..PictureEdit::default() })
        .await
        .unwrap();
    anna.engine.sync().await.unwrap();
    let anna = anna.restart(Role::CommandLine).await;
    anna.engine.sync().await.unwrap();
    assert_eq!(anna.engine.picture(id).await.unwrap().name, "renamed.jpg");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_session_keeps_the_library_and_asks_to_sign_in_again() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let anna = hosted.person("anna").await;
    anna.upload_one(&anna.file("a.jpg", &photos::jpeg(100, 80, 1))).await;
    anna.engine.sign_out().await.unwrap();
    let error = anna.engine.sync().await.unwrap_err();
    assert_eq!(error.code, ErrorKind::SignedOut, "{error}");
    anna.sign_in(&hosted, "anna").await;
    anna.engine.sync().await.unwrap();
    assert_eq!(anna.count().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_told_and_changes_nothing() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    hosted.person("anna").await;
    let stranger = Person::new(Role::CommandLine).await;
    let form = AccountForm {
        service: hosted.url(),
        username: "anna".to_owned(),
        password: "a guess of hers".to_owned(),
        code: None,
    };
    let error = stranger.engine.sign_in(form).await.unwrap_err();
    assert_eq!(error.code, ErrorKind::InvalidCredentials);
    assert!(stranger.engine.state().place.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_session_survives_a_restart_and_the_library_opens_with_the_service_down() {
    let mut hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let anna = hosted.person("anna").await;
    let id = anna.upload_one(&anna.file("a.jpg", &photos::jpeg(100, 80, 1))).await;
    hosted.stop().await;
    let anna = anna.restart(Role::CommandLine).await;
    assert_eq!(anna.count().await, 1);
    assert!(anna.engine.thumbnail(id).await.unwrap().is_some());
    assert_eq!(anna.engine.sync().await.unwrap_err().code, ErrorKind::ServiceUnreachable);
    assert!(matches!(anna.engine.state().connection, Connection::Offline { .. }), "{:?}", anna.engine.state());
    hosted.resume().await;
    anna.engine.sync().await.unwrap();
    assert_eq!(anna.engine.state().place.unwrap().username.as_deref(), Some("anna"));
}

impl Person {
    /// Signs in to an account that exists.
    pub async fn sign_in(&self, hosted: &Hosted, name: &str) {
        let form =
            AccountForm { service: hosted.url(), username: name.to_owned(), password: password_of(name), code: None };
        self.engine.sign_in(form).await.expect("signing in works");
    }
}
