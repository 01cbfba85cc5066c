//! Who may register, with what, and under which name.

use account_api::{AuthResponse, ErrorCode, HealthResponse, LoginRequest, RegisterRequest, Registration, User, route};
use futures::future::join_all;
use rstest::rstest;

use crate::app::{Answer, Db, Site, TestApp};
use crate::process::Setup;

async fn register(site: &Site, name: &str, invitation: Option<&str>) -> Answer {
    let request = RegisterRequest {
        username: name.to_owned(),
        email: format!("{}@example.com", hex::encode(name)),
        password: "a long enough password".to_owned(),
        device_name: None,
        invitation: invitation.map(str::to_owned),
    };
    site.nobody().post(route::REGISTER, &request).await
}

async fn said(site: &Site) -> Option<Registration> {
    site.nobody().get(route::HEALTHZ).await.ok::<HealthResponse>().registration
}

#[rstest]
#[tokio::test]
async fn a_closed_service_has_the_accounts_that_its_operator_makes(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let mut setup = Setup::on(db, None).await;
    setup.set("REGISTRATION", "closed");
    let service = setup.serve().await;
    assert_eq!(said(&service).await, Some(Registration::Closed));
    assert_eq!(register(&service, "anna", None).await.code(), ErrorCode::RegistrationClosed);
    setup.run_with(&["user", "add", "anna", "--password-stdin"], "a long enough password\n").ok();
    let login = LoginRequest {
        username: "anna".to_owned(),
        password: "a long enough password".to_owned(),
        ..LoginRequest::default()
    };
    let _: AuthResponse = service.nobody().post(route::LOGIN, &login).await.ok();
    assert_eq!(register(&service, "anna", None).await.code(), ErrorCode::RegistrationClosed, "nor who has one");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_lets_one_person_in(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let mut setup = Setup::on(db, None).await;
    setup.set("REGISTRATION", "invitation");
    let service = setup.serve().await;
    assert_eq!(said(&service).await, Some(Registration::Invitation));
    for code in [None, Some(""), Some("0000-0000-0000-0000"), Some("nonsense")] {
        assert_eq!(register(&service, "anna", code).await.code(), ErrorCode::InvitationRequired, "{code:?}");
    }
    let codes = setup.run(&["invite", "--count", "2"]).ok();
    let codes: Vec<&str> = codes.lines().collect();
    assert_eq!(codes.len(), 2);
    // What is wrong with something else doesn't use it up; and it is typed as people do.
    assert_eq!(register(&service, "..", Some(codes[0])).await.code(), ErrorCode::InvalidRequest);
    let _: AuthResponse = register(&service, "anna", Some(&codes[0].to_uppercase())).await.ok();
    assert_eq!(register(&service, "bert", Some(codes[0])).await.code(), ErrorCode::InvitationRequired);
    assert_eq!(register(&service, "anna", Some(codes[1])).await.code(), ErrorCode::UsernameTaken);

    let names: Vec<String> = ["carl", "dora", "emil", "fritz"].map(str::to_owned).to_vec();
    let answers = join_all(names.iter().map(|name| register(&service, name, Some(codes[1])))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1, "the same code at once");
    let line = setup.run(&["invite", "--json", "--days", "30"]).lines().remove(0);
    assert!(line["code"].is_string() && line["expires_at"].is_string(), "{line}");
}

#[rstest]
#[tokio::test]
async fn an_old_invitation_is_none(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start_with(db, |config| config.registration = Registration::Invitation).await;
    let operator = account_service::operator::Operator::open(app.config.clone()).await.unwrap();
    let invitation = operator.invite(std::time::Duration::from_secs(3600)).await.unwrap();
    operator.close().await;
    let kept = app.column("SELECT code_hash FROM invitations").await;
    assert!(kept[0].len() == 64 && !kept[0].contains(&invitation.code));
    app.execute("UPDATE invitations SET expires_at = 1").await;
    assert_eq!(register(&app, "anna", Some(&invitation.code)).await.code(), ErrorCode::InvitationRequired);
    app.housekeeping.once().await;
    assert!(app.column("SELECT code_hash FROM invitations").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_name_that_looks_like_anothers_is_taken(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    for name in ["anna", "paypal", "сосо"] {
        let _: AuthResponse = register(&app, name, None).await.ok();
    }
    for name in ["аnna", "annа", ".", "..", " ", "", "\u{3164}", "ａnna", "αnna", "anna\u{200b}", "an na"] {
        assert_eq!(register(&app, name, None).await.code(), ErrorCode::InvalidRequest, "{name:?}");
    }
    for name in ["Anna", " anna ", "paypaI", "PAYPA1", "coco"] {
        assert_eq!(register(&app, name, None).await.code(), ErrorCode::UsernameTaken, "{name:?}");
    }
    for name in ["anne", "田中", "Müller", "анна-б"] {
        let _: AuthResponse = register(&app, name, None).await.ok();
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_names_that_look_alike_one_is_registered_at_once(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let names = ["bill", "biII", "bi11", "biil1", "bilI"];
    let answers = join_all(names.map(|name| register(&app, name, None))).await;
    let done = answers.iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(done, 2, "one of those that look like bill, and biil1");
}

/// Whoever has such a name keeps it, also when the service starts anew.
#[rstest]
#[tokio::test]
async fn accounts_that_look_alike_already_keep_working(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    for name in ["paypal", "paypaw"] {
        let _: AuthResponse = register(&app, name, None).await.ok();
    }
    app.execute("UPDATE users SET username = 'paypa1', username_key = 'paypa1' WHERE username = 'paypaw'").await;
    app.execute("UPDATE users SET username_look = NULL").await;
    let config = app.config.clone();
    let again = account_service::Server::bind(account_service::Config {
        listen: std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
        ..config
    });
    drop(again.await.unwrap());
    let looks = app.column("SELECT username_look FROM users WHERE username_look IS NOT NULL").await;
    assert_eq!(looks, ["paypal"], "the older one has it");
    for name in ["paypal", "paypa1"] {
        let login = LoginRequest {
            username: name.to_owned(),
            password: "a long enough password".to_owned(),
            ..LoginRequest::default()
        };
        let auth: AuthResponse = app.nobody().post(route::LOGIN, &login).await.ok();
        let me: User = app.signed_in(auth).get(route::ME).await.ok();
        assert_eq!(me.username, name);
    }
    assert_eq!(register(&app, "paypaI", None).await.code(), ErrorCode::UsernameTaken);
}
