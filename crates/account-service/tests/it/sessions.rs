//! The devices that are signed in, and the hard cases of refreshing.

use std::time::Duration;

use account_api::{
    AuthResponse, ErrorCode, LoginRequest, MessageResponse, PasswordRequest, RefreshRequest, RefreshResponse, Session,
    SessionsResponse, User, route,
};
use futures::future::join_all;
use rstest::rstest;

use crate::app::{Answer, Db, Person, TestApp, path};

const PASSWORD: &str = "a long enough password";

async fn sign_in(app: &TestApp, password: &str, device: &str) -> Answer {
    let request = LoginRequest {
        username: "anna".to_owned(),
        password: password.to_owned(),
        device_name: Some(device.to_owned()),
        ..LoginRequest::default()
    };
    app.nobody().post(route::LOGIN, &request).await
}

async fn signed_in<'a>(app: &'a TestApp, device: &str) -> Person<'a> {
    app.signed_in(sign_in(app, PASSWORD, device).await.ok())
}

async fn sessions(person: &Person<'_>) -> Vec<Session> {
    person.get(route::SESSIONS).await.ok::<SessionsResponse>().sessions
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.nobody()
        .post(route::REFRESH, &RefreshRequest { refresh_token: token.to_owned(), ..RefreshRequest::default() })
        .await
}

fn refresh_token(person: &Person<'_>) -> String {
    person.auth.clone().unwrap().refresh_token
}

#[rstest]
#[tokio::test]
async fn a_person_sees_their_devices_and_nobody_elses(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let laptop = app.register("anna").await;
    app.register("bert").await;
    let phone = signed_in(&app, "phone").await;
    let seen = sessions(&phone).await;
    let names: Vec<_> = seen.iter().map(|session| (session.device_name.as_deref().unwrap(), session.current)).collect();
    assert_eq!(names, [("phone", true), ("anna's laptop", false)]);
    assert!(seen.iter().all(|session| session.created_at <= session.last_used_at));

    // The laptop is used: it comes first from now on.
    let before = seen[1].last_used_at.clone();
    let answer: RefreshResponse = refresh(&app, &refresh_token(&laptop)).await.ok();
    let laptop = Person { token: Some(answer.access_token), ..laptop };
    let seen = sessions(&laptop).await;
    assert_eq!(seen[0].device_name.as_deref(), Some("anna's laptop"));
    assert!(seen[0].current && !seen[1].current);
    assert!(seen[0].last_used_at > before, "its last use was noted");
}

#[rstest]
#[tokio::test]
async fn one_device_can_be_signed_out(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let laptop = app.register("anna").await;
    let phone = signed_in(&app, "phone").await;
    let bert = app.register("bert").await;
    let id = sessions(&phone).await.into_iter().find(|session| session.current).unwrap().id;

    let one = path(route::SESSION, &id);
    assert_eq!(bert.delete(&one).await.code(), ErrorCode::NotFound, "not theirs looks like not there");
    let _: MessageResponse = laptop.delete(&one).await.ok();
    assert_eq!(phone.get(route::ME).await.code(), ErrorCode::Unauthorized);
    assert_eq!(refresh(&app, &refresh_token(&phone)).await.code(), ErrorCode::SessionEnded);
    assert_eq!(laptop.delete(&one).await.code(), ErrorCode::NotFound);
    assert_eq!(sessions(&laptop).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn all_other_devices_can_be_signed_out(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let laptop = app.register("anna").await;
    let others = [signed_in(&app, "phone").await, signed_in(&app, "tablet").await];
    let bert = app.register("bert").await;
    let _: MessageResponse = laptop.delete(route::SESSIONS).await.ok();
    for other in others {
        assert_eq!(other.get(route::ME).await.code(), ErrorCode::Unauthorized);
        assert_eq!(refresh(&app, &refresh_token(&other)).await.code(), ErrorCode::SessionEnded);
    }
    let _: User = laptop.get(route::ME).await.ok();
    let _: RefreshResponse = refresh(&app, &refresh_token(&laptop)).await.ok();
    let _: User = bert.get(route::ME).await.ok();
}

#[tokio::test]
async fn a_session_that_was_not_used_for_long_is_gone_from_the_list() {
    let app = TestApp::start_with(Db::Sqlite, |config| config.sessions.idle = Duration::from_millis(1)).await;
    let anna = app.register("anna").await;
    let token = refresh_token(&anna);
    let ended = async {
        // Time passes in requests.
        while refresh(&app, &token).await.status.is_success() {}
        sessions(&anna).await
    };
    assert!(ended.await.is_empty());
}

#[rstest]
#[tokio::test]
async fn changing_the_password_needs_the_current_one_and_ends_other_sessions(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
) {
    let app = TestApp::start(db).await;
    let laptop = app.register("anna").await;
    let phone = signed_in(&app, "phone").await;
    let change = |current: &str, new: &str| {
        let request = PasswordRequest { current_password: current.to_owned(), new_password: new.to_owned() };
        let laptop = laptop.clone();
        async move { laptop.post(route::PASSWORD, &request).await }
    };
    assert_eq!(change("a wrong password", "another password").await.code(), ErrorCode::InvalidCredentials);
    assert_eq!(change(PASSWORD, "password123").await.code(), ErrorCode::WeakPassword);
    let _: User = phone.get(route::ME).await.ok();

    let done: MessageResponse = change(PASSWORD, "another password").await.ok();
    assert_eq!(done.message, "Password changed successfully");
    assert_eq!(phone.get(route::ME).await.code(), ErrorCode::Unauthorized);
    assert_eq!(refresh(&app, &refresh_token(&phone)).await.code(), ErrorCode::SessionEnded);
    let _: User = laptop.get(route::ME).await.ok();
    let _: RefreshResponse = refresh(&app, &refresh_token(&laptop)).await.ok();
    assert_eq!(sign_in(&app, PASSWORD, "old").await.code(), ErrorCode::InvalidCredentials);
    let _: AuthResponse = sign_in(&app, "another password", "new").await.ok();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_session_is_opened_with_a_password_that_was_just_changed(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let laptop = app.register("anna").await;
    let request =
        PasswordRequest { current_password: PASSWORD.to_owned(), new_password: "another password".to_owned() };
    let changing = laptop.post(route::PASSWORD, &request);
    let signing_in = join_all((0..8).map(|_| sign_in(&app, PASSWORD, "thief")));
    let (changed, thieves) = tokio::join!(changing, signing_in);
    let _: MessageResponse = changed.ok();
    for thief in thieves {
        if thief.status.is_success() {
            let thief = app.signed_in(thief.ok());
            assert_eq!(thief.get(route::ME).await.code(), ErrorCode::Unauthorized, "came before, and was ended");
        } else {
            assert_eq!(thief.code(), ErrorCode::InvalidCredentials);
        }
    }
    assert_eq!(sessions(&laptop).await.len(), 1);
}

/// As the app refreshes: with a number that only it knows.
async fn attempt(app: &TestApp, token: &str, attempt: &str) -> Answer {
    let request = RefreshRequest {
        refresh_token: token.to_owned(),
        attempt: Some(attempt.to_owned()),
        ..RefreshRequest::default()
    };
    app.nobody().post(route::REFRESH, &request).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_client_that_asks_again_and_again_gets_one_answer(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let token = refresh_token(&anna);
    let answers = join_all((0..8).map(|_| attempt(&app, &token, "mine"))).await;
    let pairs: Vec<RefreshResponse> = answers.iter().map(Answer::ok).collect();
    for pair in &pairs {
        assert_eq!(pair.refresh_token, pairs[0].refresh_token, "never two that could live beside each other");
        let _: User = Person { token: Some(pair.access_token.clone()), ..anna.clone() }.get(route::ME).await.ok();
    }
    // Answers that get lost one after the other, too.
    let next: RefreshResponse = attempt(&app, &pairs[3].refresh_token, "next").await.ok();
    let again: RefreshResponse = attempt(&app, &pairs[3].refresh_token, "next").await.ok();
    assert_eq!(next.refresh_token, again.refresh_token);
    let _: RefreshResponse = attempt(&app, &next.refresh_token, "another").await.ok();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_instances_refresh_the_same_token_at_the_same_moment() {
    let url = testkit::postgres::database().await;
    let instance = || {
        TestApp::start_with(Db::Sqlite, |config| {
            config.database_url = Some(url.clone().into());
            config.signing.current = Some("the same secret for both of the instances".to_owned().into());
        })
    };
    let (one, two) = (instance().await, instance().await);
    let mut token = refresh_token(&one.register("anna").await);
    for _ in 0..10 {
        let (first, second) = tokio::join!(attempt(&one, &token, "mine"), attempt(&two, &token, "mine"));
        let (first, second): (RefreshResponse, RefreshResponse) = (first.ok(), second.ok());
        let _: User = Person { token: Some(first.access_token), ..two.nobody() }.get(route::ME).await.ok();
        token = second.refresh_token;
    }
}

/// Who uses a token of the session next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Owner,
    Thief,
}

use Who::{Owner, Thief};

/// Owner and thief hold the same token, and each goes on with what they get, within the minute. Gives whether the session
/// had ended before either could use a second token that the other one didn't hold.
async fn noticed(app: &TestApp, name: &str, order: &[Who], proven: bool) -> bool {
    let stolen = refresh_token(&app.register(name).await);
    let (mut owners, mut thiefs) = (stolen.clone(), stolen);
    let mut uses = 0;
    for who in order {
        let held = if *who == Owner { &mut owners } else { &mut thiefs };
        uses += 1;
        let answer = match (proven, who) {
            (true, Owner) => attempt(app, held, &format!("{uses}")).await,
            _ => refresh(app, held).await,
        };
        if !answer.status.is_success() {
            assert_eq!(answer.code(), ErrorCode::SessionEnded);
            for token in [&owners, &thiefs] {
                assert_eq!(refresh(app, token).await.code(), ErrorCode::SessionEnded, "the whole family ends");
            }
            return true;
        }
        *held = answer.ok::<RefreshResponse>().refresh_token;
    }
    false
}

#[rstest]
#[tokio::test]
async fn a_stolen_token_is_noticed_in_whatever_order_it_is_used(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
    #[values(false, true)] proven: bool,
) {
    let app = TestApp::start(db).await;
    let orders: [&[Who]; 6] = [
        &[Owner, Thief, Owner, Thief],
        &[Owner, Thief, Thief, Owner],
        &[Thief, Owner, Owner, Thief],
        &[Thief, Owner, Thief, Owner],
        &[Owner, Owner, Thief],
        &[Thief, Thief, Owner],
    ];
    for (n, order) in orders.into_iter().enumerate() {
        assert!(noticed(&app, &format!("person-{n}"), order, proven).await, "{order:?}");
    }
}

#[rstest]
#[tokio::test]
async fn whoever_is_somebody_else_does_not_get_the_answer(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let as_said = |token: String, device: Option<&str>, attempt: Option<&str>| {
        let request = RefreshRequest {
            refresh_token: token,
            device_name: device.map(str::to_owned),
            attempt: attempt.map(str::to_owned),
        };
        let nobody = app.nobody();
        async move { nobody.post(route::REFRESH, &request).await }
    };
    let cases = [
        (Some("laptop"), None, Some("another"), None),
        (Some("laptop"), None, None, None),
        (None, None, Some("another"), None),
        (Some("laptop"), Some("1"), Some("laptop"), Some("2")),
        (Some("laptop"), Some("1"), Some("laptop"), None),
        (None, None, None, Some("1")),
    ];
    for (n, (device, attempt, thiefs_device, thiefs_attempt)) in cases.into_iter().enumerate() {
        let token = refresh_token(&app.register(&format!("person-{n}")).await);
        let pair: RefreshResponse = as_said(token.clone(), device, attempt).await.ok();
        let stolen = as_said(token, thiefs_device, thiefs_attempt).await;
        assert_eq!(stolen.code(), ErrorCode::SessionEnded, "{n}");
        let owner = Person { token: Some(pair.access_token), ..app.nobody() };
        assert_eq!(owner.get(route::ME).await.code(), ErrorCode::Unauthorized, "{n}");
    }
}

#[rstest]
#[tokio::test]
async fn a_lost_answer_is_given_once_more_to_a_client_that_proves_nothing(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let token = refresh_token(&app.register("anna").await);
    let lost: RefreshResponse = refresh(&app, &token).await.ok();
    let again: RefreshResponse = refresh(&app, &token).await.ok();
    assert_eq!(lost.refresh_token, again.refresh_token, "the successor that was given");
    let next: RefreshResponse = refresh(&app, &again.refresh_token).await.ok();
    let next: RefreshResponse = refresh(&app, &next.refresh_token).await.ok();
    let _: RefreshResponse = refresh(&app, &next.refresh_token).await.ok();
    let _: RefreshResponse = refresh(&app, &next.refresh_token).await.ok();
    assert_eq!(refresh(&app, &next.refresh_token).await.code(), ErrorCode::SessionEnded, "once");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_refreshing_at_the_same_moment_leaves_nothing_open(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let laptop = app.register("anna").await;
    for _ in 0..6 {
        let phone = signed_in(&app, "phone").await;
        let token = refresh_token(&phone);
        let (_, refreshed) = tokio::join!(laptop.delete(route::SESSIONS), refresh(&app, &token));
        if refreshed.status.is_success() {
            let pair: RefreshResponse = refreshed.ok();
            assert_eq!(refresh(&app, &pair.refresh_token).await.code(), ErrorCode::SessionEnded);
        }
        assert_eq!(phone.get(route::ME).await.code(), ErrorCode::Unauthorized);
    }
}
