//! Accounts and sessions.

use std::time::Duration;

use account_api::{
    AuthResponse, ErrorCode, LoginRequest, MessageResponse, RefreshRequest, RefreshResponse, User, route,
};
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp};

fn registration(username: &str, email: &str, password: &str) -> serde_json::Value {
    serde_json::json!({ "username": username, "email": email, "password": password })
}

fn login(username: &str, password: &str) -> LoginRequest {
    LoginRequest { username: username.to_owned(), password: password.to_owned(), ..LoginRequest::default() }
}

async fn refresh(person: &Person<'_>, token: &str) -> Answer {
    person.post(route::REFRESH, &RefreshRequest { refresh_token: token.to_owned(), ..RefreshRequest::default() }).await
}

#[rstest]
#[tokio::test]
async fn a_person_registers_and_signs_in(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let nobody = app.nobody();
    let answer = nobody.post(route::REGISTER, &registration("Anna", "anna@example.com", "correct horse")).await;
    assert_eq!(answer.status, 201);
    let auth: AuthResponse = answer.ok();
    assert_eq!(auth.message, "User registered successfully");
    assert_eq!(auth.expires_in, 600);

    let answer = nobody.post(route::LOGIN, &login("anna", "correct horse")).await;
    assert_eq!(answer.status, 200);
    let auth: AuthResponse = answer.ok();
    assert_eq!(auth.message, "Login successful");
    let me: User = app.signed_in(auth.clone()).get(route::ME).await.ok();
    assert_eq!((&*me.username, &*me.email, &me.id), ("Anna", "anna@example.com", &auth.user.id));
}

#[rstest]
#[tokio::test]
async fn a_name_and_an_address_are_taken_without_regard_to_case(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    app.register("anna").await;
    let nobody = app.nobody();
    let again = nobody.post(route::REGISTER, &registration("ANNA", "other@example.com", "correct horse")).await;
    assert_eq!(again.code(), ErrorCode::UsernameTaken);
    let again = nobody.post(route::REGISTER, &registration("bert", "Anna@Example.com", "correct horse")).await;
    assert_eq!(again.code(), ErrorCode::EmailTaken);
}

/// `Zoë` and `grün` with the dots as characters of their own, as some keyboards and systems send them.
#[rstest]
#[tokio::test]
async fn letters_may_be_composed_or_not(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
    #[values(true, false)] composed_first: bool,
) {
    let app = TestApp::start(db).await;
    let mut spellings = [("Zo\u{eb}", "gr\u{fc}ne Wiesen"), ("Zoe\u{308}", "gru\u{308}ne Wiesen")];
    if !composed_first {
        spellings.reverse();
    }
    let [first, second] = spellings;
    let nobody = app.nobody();
    let auth: AuthResponse = nobody.post(route::REGISTER, &registration(first.0, "z@example.com", first.1)).await.ok();
    assert_eq!(auth.user.username, "Zo\u{eb}");
    for (name, password) in [first, second, (second.0, first.1), ("ZO\u{cb}", second.1)] {
        let _: AuthResponse = nobody.post(route::LOGIN, &login(name, password)).await.ok();
    }
    let taken = nobody.post(route::REGISTER, &registration(second.0, "other@example.com", "correct horse")).await;
    assert_eq!(taken.code(), ErrorCode::UsernameTaken);
    let wide = nobody.post(route::REGISTER, &registration("\u{ff3a}oe\u{308}", "w@example.com", "correct horse")).await;
    assert_eq!(wide.code(), ErrorCode::InvalidRequest);
    let wrong = nobody.post(route::LOGIN, &login("Zoe", first.1)).await;
    assert_eq!(wrong.code(), ErrorCode::InvalidCredentials);
}

#[rstest]
#[case("", "a@example.com", "correct horse", ErrorCode::InvalidRequest)]
#[case("two words", "a@example.com", "correct horse", ErrorCode::InvalidRequest)]
#[case("this computer", "a@example.com", "correct horse", ErrorCode::InvalidRequest)]
#[case("anna", "no address", "correct horse", ErrorCode::InvalidRequest)]
#[case("anna", "a@@example.com", "correct horse", ErrorCode::InvalidRequest)]
#[case("anna", "a@example..com", "correct horse", ErrorCode::InvalidRequest)]
#[case("anna", "a@example.com", "short", ErrorCode::WeakPassword)]
#[tokio::test]
async fn fields_are_checked(
    #[case] username: &str,
    #[case] email: &str,
    #[case] password: &str,
    #[case] code: ErrorCode,
) {
    let app = TestApp::start(Db::Sqlite).await;
    let answer = app.nobody().post(route::REGISTER, &registration(username, email, password)).await;
    assert_eq!(answer.code(), code);
}

#[rstest]
#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    app.register("anna").await;
    let wrong = app.nobody().post(route::LOGIN, &login("anna", "wrong password")).await;
    let unknown = app.nobody().post(route::LOGIN, &login("nobody", "wrong password")).await;
    assert_eq!(wrong.code(), ErrorCode::InvalidCredentials);
    assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body));
}

#[rstest]
#[tokio::test]
async fn refreshing_gives_a_new_pair(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let first = anna.auth.clone().unwrap().refresh_token;
    let second: RefreshResponse = refresh(&app.nobody(), &first).await.ok();
    assert_ne!(second.refresh_token, first);
    let with_new = Person { token: Some(second.access_token), ..anna.clone() };
    let _: User = with_new.get(route::ME).await.ok();
}

#[rstest]
#[tokio::test]
async fn the_immediate_predecessor_is_honoured_for_a_while(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let first = anna.auth.clone().unwrap().refresh_token;
    let lost: RefreshResponse = refresh(&app.nobody(), &first).await.ok();
    // The answer got lost, so the client comes with the same token again; and the lost one works, too.
    let again: RefreshResponse = refresh(&app.nobody(), &first).await.ok();
    let _: RefreshResponse = refresh(&app.nobody(), &again.refresh_token).await.ok();
    let _ = lost;
}

#[rstest]
#[tokio::test]
async fn a_token_used_twice_ends_the_session(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| config.sessions.grace = Duration::ZERO).await;
    let anna = app.register("anna").await;
    let first = anna.auth.clone().unwrap().refresh_token;
    let second: RefreshResponse = refresh(&app.nobody(), &first).await.ok();

    assert_eq!(refresh(&app.nobody(), &first).await.code(), ErrorCode::SessionEnded);
    assert_eq!(refresh(&app.nobody(), &second.refresh_token).await.code(), ErrorCode::SessionEnded);
    let thief = Person { token: Some(second.access_token), ..anna.clone() };
    assert_eq!(thief.get(route::ME).await.code(), ErrorCode::Unauthorized, "the access token stops at once");
}

#[rstest]
#[tokio::test]
async fn a_grandparent_is_never_honoured(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let first = anna.auth.clone().unwrap().refresh_token;
    let second: RefreshResponse = refresh(&app.nobody(), &first).await.ok();
    let third: RefreshResponse = refresh(&app.nobody(), &second.refresh_token).await.ok();
    assert_eq!(refresh(&app.nobody(), &first).await.code(), ErrorCode::SessionEnded);
    assert_eq!(refresh(&app.nobody(), &third.refresh_token).await.code(), ErrorCode::SessionEnded);
}

#[rstest]
#[tokio::test]
async fn logging_out_ends_this_session_only(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let laptop = app.register("anna").await;
    let phone: AuthResponse = app.nobody().post(route::LOGIN, &login("anna", "a long enough password")).await.ok();
    let phone = app.signed_in(phone);

    let _: MessageResponse = laptop.post(route::LOGOUT, &()).await.ok();
    assert_eq!(laptop.get(route::ME).await.code(), ErrorCode::Unauthorized);
    let token = laptop.auth.clone().unwrap().refresh_token;
    assert_eq!(refresh(&app.nobody(), &token).await.code(), ErrorCode::SessionEnded);
    let _: User = phone.get(route::ME).await.ok();
}

#[tokio::test]
async fn an_expired_access_token_says_so() {
    let app = TestApp::start_with(Db::Sqlite, |config| config.sessions.access = Duration::ZERO).await;
    let anna = app.register("anna").await;
    assert_eq!(anna.get(route::ME).await.code(), ErrorCode::TokenExpired);
}

#[tokio::test]
async fn a_session_survives_a_restart_of_the_service() {
    let dir = tempfile::tempdir().unwrap();
    let keep = dir.path().to_owned();
    let app = TestApp::start_with(Db::Sqlite, |config| config.data_dir = keep.clone()).await;
    let token = app.register("anna").await.token.unwrap();
    app.stop().await;
    let app = TestApp::start_with(Db::Sqlite, |config| config.data_dir = keep).await;
    let anna = Person { token: Some(token), ..app.nobody() };
    let _: User = anna.get(route::ME).await.ok();
}
