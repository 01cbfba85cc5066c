//! Getting back into an account whose password is forgotten.

use account_api::{
    AuthResponse, ErrorCode, LoginRequest, MessageResponse, PasswordCheck, RecoverWithCodeRequest,
    RecoveryCodesResponse, RecoveryRequest, RefreshRequest, ResetPasswordRequest, TotpStatus, User, route,
};
use account_service::config::MailConfig;
use futures::future::join_all;
use rstest::rstest;
use testkit::smtp::SmtpServer;

use crate::app::{Answer, Db, Person, TestApp};
use crate::two_factor::{PASSWORD, code, switch_on};

const NEW: &str = "the new password";

async fn sign_in(app: &TestApp, password: &str) -> Answer {
    let request =
        LoginRequest { username: "anna".to_owned(), password: password.to_owned(), ..LoginRequest::default() };
    app.nobody().post(route::LOGIN, &request).await
}

async fn redeem(app: &TestApp, token: &str, password: &str) -> Answer {
    let request = ResetPasswordRequest { token: token.to_owned(), new_password: password.to_owned() };
    app.nobody().post(route::RESET, &request).await
}

async fn link(app: &TestApp, account: &str, lift: bool) -> String {
    account_service::reset_link(&app.config, account, lift).await.unwrap().url
}

fn token(link: &str) -> String {
    link.split_once("/reset#").unwrap().1.to_owned()
}

async fn assert_signed_out(person: &Person<'_>) {
    assert_eq!(person.get(route::ME).await.code(), ErrorCode::Unauthorized);
    let refresh =
        RefreshRequest { refresh_token: person.auth.clone().unwrap().refresh_token, ..RefreshRequest::default() };
    assert_eq!(person.app.nobody().post(route::REFRESH, &refresh).await.code(), ErrorCode::SessionEnded);
}

pub fn with_mail(server: &SmtpServer) -> impl FnOnce(&mut account_service::Config) + use<> {
    let url = format!("smtp://{}", server.address());
    |config| config.mail = Some(MailConfig { url: url.into(), from: "Pictures <pictures@example.com>".to_owned() })
}

async fn ask(app: &TestApp, account: &str) -> Answer {
    app.nobody().post(route::RECOVERY, &RecoveryRequest { account: account.to_owned() }).await
}

#[rstest]
#[tokio::test]
async fn an_operators_link_sets_a_new_password_once(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let bert = app.register("bert").await;
    let url = link(&app, "Anna", false).await;
    assert!(url.starts_with(&format!("{}/reset#", app.base)), "{url}");
    let token = token(&url);
    let kept = app.column("SELECT token_hash FROM reset_links").await;
    assert!(kept[0].len() == 64 && kept[0] != token);

    assert_eq!(redeem(&app, &token, "password").await.code(), ErrorCode::WeakPassword);
    let _: User = anna.get(route::ME).await.ok();
    let _: MessageResponse = redeem(&app, &token, NEW).await.ok();
    assert_signed_out(&anna).await;
    let _: User = bert.get(route::ME).await.ok();
    assert_eq!(sign_in(&app, PASSWORD).await.code(), ErrorCode::InvalidCredentials);
    let _: AuthResponse = sign_in(&app, NEW).await.ok();
    assert_eq!(redeem(&app, &token, "one more password").await.code(), ErrorCode::ResetLinkGone);
    assert_eq!(redeem(&app, "", NEW).await.code(), ErrorCode::ResetLinkGone);
    assert_eq!(redeem(&app, &kept[0], NEW).await.code(), ErrorCode::ResetLinkGone);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_used_at_the_same_moment_works_once(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    app.register("anna").await;
    let token = token(&link(&app, "anna@example.com", false).await);
    let passwords: Vec<String> = (0..4).map(|n| format!("new password {n}")).collect();
    let answers = join_all(passwords.iter().map(|password| redeem(&app, &token, password))).await;
    let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status.is_success());
    assert_eq!(done.len(), 1);
    assert!(refused.iter().all(|answer| answer.code() == ErrorCode::ResetLinkGone));
}

#[rstest]
#[tokio::test]
async fn an_old_link_and_one_before_a_new_password_are_gone(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    app.register("anna").await;
    let first = token(&link(&app, "anna", false).await);
    let second = token(&link(&app, "anna", false).await);
    let _: MessageResponse = redeem(&app, &second, NEW).await.ok();
    assert_eq!(redeem(&app, &first, NEW).await.code(), ErrorCode::ResetLinkGone);

    let anna: AuthResponse = sign_in(&app, NEW).await.ok();
    let third = token(&link(&app, "anna", false).await);
    let change = serde_json::json!({ "current_password": NEW, "new_password": PASSWORD });
    let _: MessageResponse = app.signed_in(anna).post(route::PASSWORD, &change).await.ok();
    assert_eq!(redeem(&app, &third, NEW).await.code(), ErrorCode::ResetLinkGone);

    let fourth = token(&link(&app, "anna", false).await);
    app.column("UPDATE reset_links SET expires_at = 1 RETURNING token_hash").await;
    assert_eq!(redeem(&app, &fourth, NEW).await.code(), ErrorCode::ResetLinkGone);
    app.housekeeping.once().await;
    assert!(app.column("SELECT token_hash FROM reset_links").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_new_password_leaves_the_second_factor_on_unless_the_operator_lifts_it(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
) {
    let app = TestApp::start(db).await;
    switch_on(&app.register("anna").await).await;
    let _: MessageResponse = redeem(&app, &token(&link(&app, "anna", false).await), NEW).await.ok();
    assert_eq!(sign_in(&app, NEW).await.code(), ErrorCode::TotpRequired);
    let _: MessageResponse = redeem(&app, &token(&link(&app, "anna", true).await), NEW).await.ok();
    let anna: AuthResponse = sign_in(&app, NEW).await.ok();
    let status: TotpStatus = app.signed_in(anna).get(route::TOTP).await.ok();
    assert!(!status.enabled);
}

#[tokio::test]
async fn there_is_no_link_for_nobody() {
    let app = TestApp::start(Db::Sqlite).await;
    let refused = account_service::reset_link(&app.config, "nobody", false).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
}

#[rstest]
#[tokio::test]
async fn a_recovery_code_sets_a_new_password(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    app.register("bert").await;
    let check = PasswordCheck { password: PASSWORD.to_owned() };
    // Without a second factor, too.
    let codes = anna.post(route::RECOVERY_CODES, &check).await.ok::<RecoveryCodesResponse>().recovery_codes;
    let recover = |account: &str, code: &str, password: &str| {
        let request = RecoverWithCodeRequest {
            account: account.to_owned(),
            recovery_code: code.to_owned(),
            new_password: password.to_owned(),
        };
        let nobody = app.nobody();
        async move { nobody.post(route::RECOVERY_CODE, &request).await }
    };
    let wrong = recover("anna", "0000-0000-0000-0000", NEW).await;
    let unknown = recover("nobody", &codes[0], NEW).await;
    assert_eq!(wrong.code(), ErrorCode::InvalidCredentials);
    assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body), "says nothing about who has an account");
    assert_eq!(recover("bert", &codes[0], NEW).await.code(), ErrorCode::InvalidCredentials);
    assert_eq!(recover("anna", &codes[0], "password").await.code(), ErrorCode::WeakPassword);
    let _: User = anna.get(route::ME).await.ok();

    let _: MessageResponse = recover("Anna@example.com", &codes[0], NEW).await.ok();
    assert_signed_out(&anna).await;
    assert_eq!(sign_in(&app, PASSWORD).await.code(), ErrorCode::InvalidCredentials);
    let _: AuthResponse = sign_in(&app, NEW).await.ok();
    assert_eq!(recover("anna", &codes[0], NEW).await.code(), ErrorCode::InvalidCredentials, "used");
    let _: MessageResponse = recover("anna", &codes[1], PASSWORD).await.ok();
}

#[rstest]
#[tokio::test]
async fn a_recovery_code_does_not_open_past_the_second_factor(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (secret, codes) = switch_on(&app.register("anna").await).await;
    let request = RecoverWithCodeRequest {
        account: "anna".to_owned(),
        recovery_code: codes[0].clone(),
        new_password: NEW.to_owned(),
    };
    let _: MessageResponse = app.nobody().post(route::RECOVERY_CODE, &request).await.ok();
    assert_eq!(sign_in(&app, NEW).await.code(), ErrorCode::TotpRequired);
    let request = LoginRequest {
        username: "anna".to_owned(),
        password: NEW.to_owned(),
        totp_code: Some(code(&secret, 1)),
        ..LoginRequest::default()
    };
    let _: AuthResponse = app.nobody().post(route::LOGIN, &request).await.ok();
}

#[rstest]
#[tokio::test]
async fn a_link_comes_by_mail(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let server = SmtpServer::start();
    let app = TestApp::start_with(db, with_mail(&server)).await;
    let anna = app.register("anna").await;
    let answer = ask(&app, "anna").await;
    let mail = server.next().await;
    assert_eq!((&*mail.from, &mail.to[..]), ("pictures@example.com", &["anna@example.com".to_owned()][..]));
    assert!(mail.source.contains("Auto-Submitted: auto-generated"));
    let text = mail.text();
    let url = text.split_whitespace().find(|word| word.starts_with(&app.base)).unwrap();
    let _: MessageResponse = redeem(&app, &token(url), NEW).await.ok();
    assert_signed_out(&anna).await;
    let _: AuthResponse = sign_in(&app, NEW).await.ok();

    let unknown = ask(&app, "nobody").await;
    assert_eq!((unknown.status, unknown.body), (answer.status, answer.body), "says nothing about who has an account");
}

#[tokio::test]
async fn nobodys_mailbox_is_filled_and_strangers_get_no_mail() {
    let server = SmtpServer::start();
    let app = TestApp::start_with(Db::Sqlite, with_mail(&server)).await;
    app.register("anna").await;
    for account in ["anna", "ANNA@example.com", "anna", "stranger@example.com", "stranger", "", "this computer"] {
        let _: MessageResponse = ask(&app, account).await.ok();
    }
    server.next().await;
    // The service ends only after it has dealt with all of them.
    app.stop().await;
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_mail_server_that_is_busy_is_tried_again() {
    let server = SmtpServer::start_with_login("pictures", "hush hush");
    server.refuse_for_now(1);
    let url = format!("smtp://pictures:hush%20hush@{}", server.address());
    let app = TestApp::start_with(Db::Sqlite, |config| {
        config.mail = Some(MailConfig { url: url.into(), from: "pictures@example.com".to_owned() });
        config.public_url = Some("https://pictures.example.com/images/".parse().unwrap());
    })
    .await;
    app.register("anna").await;
    let _: MessageResponse = ask(&app, "anna").await.ok();
    assert!(server.next().await.text().contains("https://pictures.example.com/images/reset#"));
}

#[tokio::test]
async fn without_a_mail_server_the_service_says_what_else_there_is() {
    let app = TestApp::start(Db::Sqlite).await;
    app.register("anna").await;
    assert_eq!(ask(&app, "anna").await.code(), ErrorCode::MailNotConfigured);
    assert_eq!(ask(&app, "nobody").await.code(), ErrorCode::MailNotConfigured);
}

#[tokio::test]
async fn the_links_page_runs_its_own_script_and_nothing_else() {
    let app = TestApp::start(Db::Sqlite).await;
    let page = app.nobody().get(route::RESET_PAGE).await;
    assert_eq!(page.status, 200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(String::from_utf8(page.body).unwrap().contains("api/auth/reset"));
}

#[rstest]
#[tokio::test]
async fn recovery_of_a_closed_account_says_so_after_proof_only(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let check = PasswordCheck { password: PASSWORD.to_owned() };
    let codes: RecoveryCodesResponse = anna.post(route::RECOVERY_CODES, &check).await.ok();
    let token = token(&link(&app, "anna", false).await);
    app.execute("UPDATE users SET disabled_at = 1").await;
    let with_code = |account: &str, code: &str| {
        let request = RecoverWithCodeRequest {
            account: account.to_owned(),
            recovery_code: code.to_owned(),
            new_password: NEW.to_owned(),
        };
        let nobody = app.nobody();
        async move { nobody.post(route::RECOVERY_CODE, &request).await }
    };
    let wrong = with_code("anna", "0000-0000-0000-0000").await;
    let nobody = with_code("nobody-of-this-name", "0000-0000-0000-0000").await;
    assert_eq!((wrong.code(), &wrong.body), (ErrorCode::InvalidCredentials, &nobody.body), "strangers learn nothing");
    assert_eq!(redeem(&app, "nonsense", NEW).await.code(), ErrorCode::ResetLinkGone);
    for answer in [with_code("anna", &codes.recovery_codes[0]).await, redeem(&app, &token, NEW).await] {
        assert_eq!(answer.code(), ErrorCode::Forbidden);
        assert!(String::from_utf8_lossy(&answer.body).contains("closed by the operator"));
    }
    let refused = account_service::reset_link(&app.config, "anna", false).await.unwrap_err();
    assert!(refused.message.contains("user enable anna"), "{}", refused.message);

    // Nothing was used up.
    app.execute("UPDATE users SET disabled_at = NULL").await;
    assert_eq!(sign_in(&app, NEW).await.code(), ErrorCode::InvalidCredentials);
    let _: MessageResponse = with_code("anna", &codes.recovery_codes[0]).await.ok();
    let _: AuthResponse = sign_in(&app, NEW).await.ok();
}
