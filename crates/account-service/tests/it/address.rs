//! Another e-mail address.

use account_api::{
    EmailConfirmRequest, EmailRequest, EmailResponse, ErrorCode, MessageResponse, PasswordCheck, PasswordRequest,
    RecoverWithCodeRequest, RecoveryRequest, ResetPasswordRequest, User, route,
};
use rstest::rstest;
use testkit::smtp::SmtpServer;

use crate::app::{Answer, Db, Person, TestApp};
use crate::recovery::with_mail;
use crate::two_factor::{PASSWORD, switch_on};

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

/// What stands behind the page in a mail's link.
fn token_of(text: &str, page: &str) -> String {
    text.split_once(page).unwrap().1.split_whitespace().next().unwrap().to_owned()
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
    assert_eq!(email(&anna).await, "NEW@example.com", "its own is nobody else’s");
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
    let token = token_of(&mail.text(), "/email#");
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
    let token = token_of(&mail.text(), "/email#");
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

/// What ends an address that awaits its confirmation.
#[derive(Debug, Clone, Copy)]
enum End {
    NewPassword,
    ResetByMail,
    ResetByOperator,
    RecoveryCode,
    SignedOutEverywhere,
    SecondFactorOn,
    SecondFactorOff,
}

/// Somebody who was at the account for a moment had their own address confirmed after its owner had locked them out.
#[rstest]
#[tokio::test]
async fn a_change_that_was_begun_before_ends_with_what_locks_others_out(
    #[values(Db::Sqlite, Db::Postgres)] db: Db,
    #[values(
        End::NewPassword,
        End::ResetByMail,
        End::ResetByOperator,
        End::RecoveryCode,
        End::SignedOutEverywhere,
        End::SecondFactorOn,
        End::SecondFactorOff
    )]
    end: End,
) {
    const NEW: &str = "another long password";
    let server = SmtpServer::start();
    let app = TestApp::start_with(db, with_mail(&server)).await;
    let anna = app.register("anna").await;
    let codes = match end {
        End::RecoveryCode | End::SecondFactorOff => switch_on(&anna).await.1,
        _ => Vec::new(),
    };
    let _: EmailResponse = change(&anna, "thief@example.com", PASSWORD).await.ok();
    let token = token_of(&server.next().await.text(), "/email#");
    let reset = |link: String| {
        let token = link.split_once('#').unwrap().1.to_owned();
        let request = ResetPasswordRequest { token, new_password: NEW.to_owned() };
        let nobody = app.nobody();
        async move { nobody.post(route::RESET, &request).await.ok::<MessageResponse>() }
    };
    match end {
        End::NewPassword => {
            let request = PasswordRequest { current_password: PASSWORD.to_owned(), new_password: NEW.to_owned() };
            let _: MessageResponse = anna.post(route::PASSWORD, &request).await.ok();
        }
        End::ResetByMail => {
            let _: MessageResponse =
                app.nobody().post(route::RECOVERY, &RecoveryRequest { account: "anna".to_owned() }).await.ok();
            reset(format!("#{}", token_of(&server.next().await.text(), "/reset#"))).await;
        }
        End::ResetByOperator => {
            reset(account_service::reset_link(&app.config, "anna", false).await.unwrap().url).await;
        }
        End::RecoveryCode => {
            let request = RecoverWithCodeRequest {
                account: "anna".to_owned(),
                recovery_code: codes[0].clone(),
                new_password: NEW.to_owned(),
            };
            let _: MessageResponse = app.nobody().post(route::RECOVERY_CODE, &request).await.ok();
        }
        End::SignedOutEverywhere => {
            let _: MessageResponse = anna.delete(route::SESSIONS).await.ok();
        }
        End::SecondFactorOn => {
            switch_on(&anna).await;
        }
        End::SecondFactorOff => {
            let request = PasswordCheck { password: PASSWORD.to_owned() };
            let _: MessageResponse = anna.post(route::TOTP_DISABLE, &request).await.ok();
        }
    }
    let answer = confirm(&app, &token).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (410, ErrorCode::ResetLinkGone));
    let kept = app.column("SELECT email FROM users WHERE username = 'anna'").await;
    assert_eq!(kept, ["anna@example.com"]);
}
