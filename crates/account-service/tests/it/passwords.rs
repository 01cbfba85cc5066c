//! What passwords are taken, and how they are kept.

use account_api::{AuthResponse, ErrorCode, LoginRequest, route};
use account_service::config::PasswordCost;
use rstest::rstest;
use serde_json::json;

use crate::app::{Db, TestApp};

#[rstest]
#[case("1234567", false)]
#[case("password", false)]
#[case("PassWord1", false)]
#[case("qwertyuiop", false)]
#[case("        ", true)]
#[case("aaaaaaaab", true)]
#[case("🔑🔑🔑🔑🔑🔑🔑🔑", true)]
#[tokio::test]
async fn length_counts_and_nothing_else_but_the_commonest(#[case] password: &str, #[case] taken: bool) {
    let app = TestApp::start(Db::Sqlite).await;
    let request = json!({ "username": "anna", "email": "anna@example.com", "password": password });
    let answer = app.nobody().post(route::REGISTER, &request).await;
    if taken {
        let _: AuthResponse = answer.ok();
        let login = json!({ "username": "anna", "password": password });
        let _: AuthResponse = app.nobody().post(route::LOGIN, &login).await.ok();
    } else {
        assert_eq!(answer.code(), ErrorCode::WeakPassword);
    }
}

#[tokio::test]
async fn lengths_at_the_bounds() {
    let app = TestApp::start(Db::Sqlite).await;
    for (length, taken) in [(7, false), (8, true), (128, true), (129, false)] {
        let password: String = "xyzzy-plugh ".chars().cycle().take(length).collect();
        let name = format!("anna{length}");
        let request = json!({ "username": name, "email": format!("{name}@example.com"), "password": password });
        let answer = app.nobody().post(route::REGISTER, &request).await;
        assert_eq!(answer.status.is_success(), taken, "{length}");
    }
}

#[rstest]
#[tokio::test]
async fn a_hash_is_made_anew_at_sign_in_when_the_cost_rises(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    const HASH: &str = "SELECT password_hash FROM users";
    let keep = tempfile::tempdir().unwrap();
    let url = match db {
        Db::Postgres => Some(testkit::postgres::database().await),
        Db::Sqlite => None,
    };
    let start = |cost: PasswordCost| {
        let (folder, url) = (keep.path().to_owned(), url.clone());
        TestApp::start_with(Db::Sqlite, move |config| {
            config.data_dir = folder;
            config.database_url = url.map(Into::into);
            config.password_cost = cost;
        })
    };
    let cheap = PasswordCost { memory_kib: 8192, passes: 1, lanes: 1 };
    let app = start(cheap).await;
    app.register("anna").await;
    app.stop().await;

    let app = start(PasswordCost::default()).await;
    let old = app.column(HASH).await.remove(0);
    assert!(old.starts_with("$argon2id$v=19$m=8192,t=1,p=1$"), "{old}");
    let login = |password: &str| LoginRequest {
        username: "anna".to_owned(),
        password: password.to_owned(),
        ..LoginRequest::default()
    };
    let wrong = app.nobody().post(route::LOGIN, &login("a wrong password")).await;
    assert_eq!(wrong.code(), ErrorCode::InvalidCredentials);
    assert_eq!(app.column(HASH).await, [old], "whoever doesn’t know the password changes nothing");

    let _: AuthResponse = app.nobody().post(route::LOGIN, &login("a long enough password")).await.ok();
    let new = app.column(HASH).await.remove(0);
    assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{new}");
    let _: AuthResponse = app.nobody().post(route::LOGIN, &login("a long enough password")).await.ok();
    assert_eq!(app.column(HASH).await.first(), Some(&new), "once is enough");
    app.stop().await;

    // A service that was set to less again leaves what is better alone.
    let app = start(cheap).await;
    let _: AuthResponse = app.nobody().post(route::LOGIN, &login("a long enough password")).await.ok();
    assert_eq!(app.column(HASH).await, [new]);
}
