//! Another e-mail address.

use account_api::{
    EmailConfirmRequest, EmailRequest, EmailResponse, ErrorCode, MessageResponse, RecoveryRequest, User, route,
};
use rstest::rstest;
use testkit::smtp::SmtpServer;

use crate::app::{Answer, Db, Person, TestApp};
use crate::recovery::with_mail;
use crate::two_factor::PASSWORD;

async fn change(person: &Person<'_>, email: &str, password: &str) -> Answer {
    let request = EmailRequest { email: email.to_owned(), password: password.to_owned() };
    person.post(route::EMAIL, &request).await
}

async fn email(person: &Person<'_>) -> String {
    person.get(route::ME).await.ok::<User>().email
}

async fn confirm(app: &TestApp, token: &str) -> Answer {
    app.nobody().post(route::EMAIL_CONFIRM, &EmailConfirmRequest { token: token.to_owned() }).await
}

#[rstest]
#[tokio::test]
async fn without_mail_it_changes_at_once_after_the_password(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (anna, _bert) = (app.register("anna").await, app.register("bert").await);
    assert_eq!(change(&anna, "new@example.com", "a wrong password").await.code(), ErrorCode::InvalidCredentials);
    assert_eq!(change(&anna, "nothing", PASSWORD).await.code(), ErrorCode::InvalidRequest);
    assert_eq!(change(&anna, "BERT@example.com", PASSWORD).await.code(), ErrorCode::EmailTaken);
    assert_eq!(email(&anna).await, "anna@example.com");
    let changed: EmailResponse = change(&anna, " new@example.com ", PASSWORD).await.ok();
    assert!(changed.confirmed && changed.email == "new@example.com");
    assert_eq!(email(&anna).await, "new@example.com");
    let _: EmailResponse = change(&anna, "NEW@example.com", PASSWORD).await.ok();
    assert_eq!(email(&anna).await, "NEW@example.com", "its own is nobody else's");
}

#[rstest]
#[tokio::test]
async fn with_mail_it_changes_when_the_link_is_opened(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let server = SmtpServer::start();
    let app = TestApp::start_with(db, with_mail(&server)).await;
    let (anna, bert) = (app.register("anna").await, app.register("bert").await);
    let asked: EmailResponse = change(&anna, "new@example.com", PASSWORD).await.ok();
    assert!(!asked.confirmed && asked.message.contains("new@example.com"), "{}", asked.message);
    assert_eq!(email(&anna).await, "anna@example.com", "not before");
    let mail = server.next().await;
    assert_eq!(mail.to, ["new@example.com".to_owned()]);
    let text = mail.text();
    let token = text.split_once("/email#").unwrap().1.split_whitespace().next().unwrap().to_owned();
    let kept = app.column("SELECT token_hash FROM email_changes").await;
    assert!(kept[0].len() == 64 && kept[0] != token);
    assert_eq!(change(&anna, "other@example.com", PASSWORD).await.code(), ErrorCode::RateLimited, "one mail a minute");

    assert_eq!(confirm(&app, "nonsense").await.code(), ErrorCode::ResetLinkGone);
    let _: MessageResponse = confirm(&app, &token).await.ok();
    assert_eq!(email(&anna).await, "new@example.com");
    let told = server.next().await;
    assert_eq!(told.to, ["anna@example.com".to_owned()]);
    assert!(told.text().contains("new@example.com"));
    assert_eq!(confirm(&app, &token).await.code(), ErrorCode::ResetLinkGone, "once");

    // Taken meanwhile.
    let _: EmailResponse = change(&bert, "third@example.com", PASSWORD).await.ok();
    let mail = server.next().await;
    app.execute("UPDATE users SET email_key = 'third@example.com' WHERE username = 'anna'").await;
    let text = mail.text();
    let token = text.split_once("/email#").unwrap().1.split_whitespace().next().unwrap().to_owned();
    assert_eq!(confirm(&app, &token).await.code(), ErrorCode::EmailTaken);
    assert_eq!(email(&bert).await, "bert@example.com");
}

#[rstest]
#[tokio::test]
async fn a_closed_account_is_told_so_at_its_address_and_nobody_else(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let server = SmtpServer::start();
    let app = TestApp::start_with(db, with_mail(&server)).await;
    app.register("anna").await;
    app.execute("UPDATE users SET disabled_at = 1").await;
    let said = |account: &str| {
        let (nobody, request) = (app.nobody(), RecoveryRequest { account: account.to_owned() });
        async move { nobody.post(route::RECOVERY, &request).await.ok::<MessageResponse>().message }
    };
    assert_eq!(said("anna").await, said("nobody-of-this-name").await);
    let mail = server.next().await;
    assert_eq!(mail.to, ["anna@example.com".to_owned()]);
    assert!(mail.text().contains("closed by the operator") && !mail.text().contains("/reset#"), "{}", mail.text());
}
