//! Signing in with a second factor.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use account_api::{
    AuthResponse, ErrorCode, LoginRequest, MessageResponse, PasswordCheck, RecoveryCodesResponse, TotpConfirmRequest,
    TotpEnrolment, TotpStatus, User, route,
};
use futures::future::join_all;
use rstest::rstest;
use totp_rs::{Builder, Secret};

use crate::app::{Answer, Db, Person, TestApp};

pub const PASSWORD: &str = "a long enough password";

/// The code that an authenticator app shows so many steps from now.
pub fn code(secret: &str, steps: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(now.saturating_add_signed(steps * 30)).to_string()
}

/// One that none of the steps has that may be the present one while the test runs.
fn wrong_code(secret: &str) -> String {
    let near: BTreeSet<String> = (-3..10).map(|steps| code(secret, steps)).collect();
    (0..100).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
}

fn check(password: &str) -> PasswordCheck {
    PasswordCheck { password: password.to_owned() }
}

async fn confirm(person: &Person<'_>, code: &str) -> Answer {
    person.post(route::TOTP_CONFIRM, &TotpConfirmRequest { code: code.to_owned() }).await
}

async fn status(person: &Person<'_>) -> (bool, u32) {
    let status: TotpStatus = person.get(route::TOTP).await.ok();
    (status.enabled, status.recovery_codes_left)
}

/// Switches it on with the present code, which is used up then: the next one works already.
pub async fn switch_on(person: &Person<'_>) -> (String, Vec<String>) {
    let enrolment: TotpEnrolment = person.post(route::TOTP, &check(PASSWORD)).await.ok();
    let answer = confirm(person, &code(&enrolment.secret, 0)).await;
    (enrolment.secret, answer.ok::<RecoveryCodesResponse>().recovery_codes)
}

async fn sign_in(app: &TestApp, totp_code: Option<&str>, recovery_code: Option<&str>) -> Answer {
    let request = LoginRequest {
        username: "anna".to_owned(),
        password: PASSWORD.to_owned(),
        totp_code: totp_code.map(str::to_owned),
        recovery_code: recovery_code.map(str::to_owned),
        ..LoginRequest::default()
    };
    app.nobody().post(route::LOGIN, &request).await
}

#[rstest]
#[tokio::test]
async fn switching_it_on_takes_a_password_and_a_code(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    assert_eq!(status(&anna).await, (false, 0));
    assert_eq!(anna.post(route::TOTP, &check("a wrong password")).await.code(), ErrorCode::InvalidCredentials);
    assert_eq!(confirm(&anna, "123456").await.code(), ErrorCode::Conflict, "nothing to confirm");

    let first: TotpEnrolment = anna.post(route::TOTP, &check(PASSWORD)).await.ok();
    assert!(first.otpauth_uri.starts_with("otpauth://totp/Image%20Manager:anna?secret="));
    assert!(first.otpauth_uri.contains(&first.secret));
    assert_eq!(status(&anna).await, (false, 0), "not before a code was confirmed");
    let _: AuthResponse = sign_in(&app, None, None).await.ok();

    // Begun again, the first secret is forgotten.
    let second: TotpEnrolment = anna.post(route::TOTP, &check(PASSWORD)).await.ok();
    assert_ne!(first.secret, second.secret);
    assert_eq!(confirm(&anna, &wrong_code(&second.secret)).await.code(), ErrorCode::TotpInvalid);
    let on: RecoveryCodesResponse = confirm(&anna, &code(&second.secret, 0)).await.ok();
    assert_eq!(on.recovery_codes.iter().collect::<BTreeSet<_>>().len(), 10);
    assert_eq!(status(&anna).await, (true, 10));
    let _: User = anna.get(route::ME).await.ok();
    assert_eq!(anna.post(route::TOTP, &check(PASSWORD)).await.code(), ErrorCode::Conflict, "it is on already");
}

#[rstest]
#[tokio::test]
async fn signing_in_asks_for_a_code_and_takes_it_once(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let secret = anna.post(route::TOTP, &check(PASSWORD)).await.ok::<TotpEnrolment>().secret;
    let first = code(&secret, 0);
    let _: RecoveryCodesResponse = confirm(&anna, &first).await.ok();

    assert_eq!(sign_in(&app, None, None).await.code(), ErrorCode::TotpRequired);
    assert_eq!(sign_in(&app, Some(&wrong_code(&secret)), None).await.code(), ErrorCode::TotpInvalid);
    assert_eq!(sign_in(&app, Some(&first), None).await.code(), ErrorCode::TotpInvalid, "it was confirmed with");
    let next = code(&secret, 1);
    let spaced = format!("{} {}", &next[..3], &next[3..]);
    let _: AuthResponse = sign_in(&app, Some(&spaced), None).await.ok();
    assert_eq!(sign_in(&app, Some(&next), None).await.code(), ErrorCode::TotpInvalid, "used");
    assert_eq!(sign_in(&app, Some(&first), None).await.code(), ErrorCode::TotpInvalid, "older");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_code_at_the_same_moment_opens_one_session(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (secret, recovery) = switch_on(&app.register("anna").await).await;
    let next = code(&secret, 1);
    let answers = join_all((0..6).map(|_| sign_in(&app, Some(&next), None))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1);
    let answers = join_all((0..6).map(|_| sign_in(&app, None, Some(&recovery[0])))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1);
}

#[rstest]
#[tokio::test]
async fn without_the_password_nothing_is_said_about_the_second_factor(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (secret, _) = switch_on(&app.register("anna").await).await;
    let request = LoginRequest {
        username: "anna".to_owned(),
        password: "a wrong password".to_owned(),
        totp_code: Some(code(&secret, 1)),
        ..LoginRequest::default()
    };
    assert_eq!(app.nobody().post(route::LOGIN, &request).await.code(), ErrorCode::InvalidCredentials);
    let _: AuthResponse = sign_in(&app, Some(&code(&secret, 1)), None).await.ok::<AuthResponse>();
}

#[rstest]
#[tokio::test]
async fn a_recovery_code_opens_once_and_is_kept_as_a_hash(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    let (_, codes) = switch_on(&anna).await;
    let written_down = codes[0].to_uppercase().replace('-', " ");
    let _: AuthResponse = sign_in(&app, None, Some(&written_down)).await.ok();
    assert_eq!(sign_in(&app, None, Some(&codes[0])).await.code(), ErrorCode::TotpInvalid);
    let _: AuthResponse = sign_in(&app, None, Some(&codes[1])).await.ok();
    assert_eq!(sign_in(&app, None, Some("0000-0000-0000-0000")).await.code(), ErrorCode::TotpInvalid);
    assert_eq!(status(&anna).await, (true, 8));

    let kept = app.column("SELECT code_hash FROM recovery_codes").await;
    assert_eq!(kept.len(), 10);
    assert!(kept.iter().all(|hash| hash.len() == 64 && !codes.contains(hash)));

    // New ones end the old ones, and take the password.
    assert_eq!(anna.post(route::RECOVERY_CODES, &check("a wrong one")).await.code(), ErrorCode::InvalidCredentials);
    let new: RecoveryCodesResponse = anna.post(route::RECOVERY_CODES, &check(PASSWORD)).await.ok();
    assert_eq!(sign_in(&app, None, Some(&codes[2])).await.code(), ErrorCode::TotpInvalid);
    let _: AuthResponse = sign_in(&app, None, Some(&new.recovery_codes[0])).await.ok();
}

#[rstest]
#[tokio::test]
async fn somebody_elses_recovery_code_opens_nothing(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    switch_on(&app.register("anna").await).await;
    let (_, berts) = switch_on(&app.register("bert").await).await;
    assert_eq!(sign_in(&app, None, Some(&berts[0])).await.code(), ErrorCode::TotpInvalid);
}

#[rstest]
#[tokio::test]
async fn guessing_codes_gets_slow_and_locks_nobody_out(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (secret, codes) = switch_on(&app.register("anna").await).await;
    for _ in 0..6 {
        assert_eq!(sign_in(&app, Some(&wrong_code(&secret)), None).await.code(), ErrorCode::TotpInvalid);
    }
    // As after some more of them.
    app.column("UPDATE second_factors SET failures = failures + 10 RETURNING secret").await;
    // Not even the right one, now; whoever guesses must not learn that it is.
    assert_eq!(sign_in(&app, Some(&code(&secret, 1)), None).await.code(), ErrorCode::RateLimited);
    assert_eq!(sign_in(&app, Some(&wrong_code(&secret)), None).await.code(), ErrorCode::RateLimited);
    let _: AuthResponse = sign_in(&app, None, Some(&codes[0])).await.ok();

    app.column("UPDATE second_factors SET failed_at = failed_at - 300000 RETURNING secret").await;
    let _: AuthResponse = sign_in(&app, Some(&code(&secret, 1)), None).await.ok();
    // The right code has set the count back.
    assert_eq!(sign_in(&app, Some(&wrong_code(&secret)), None).await.code(), ErrorCode::TotpInvalid);
    assert_eq!(sign_in(&app, Some(&wrong_code(&secret)), None).await.code(), ErrorCode::TotpInvalid);
}

#[rstest]
#[tokio::test]
async fn switching_it_off_takes_the_password(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let anna = app.register("anna").await;
    switch_on(&anna).await;
    assert_eq!(anna.post(route::TOTP_DISABLE, &check("a wrong one")).await.code(), ErrorCode::InvalidCredentials);
    assert_eq!(sign_in(&app, None, None).await.code(), ErrorCode::TotpRequired);
    let _: MessageResponse = anna.post(route::TOTP_DISABLE, &check(PASSWORD)).await.ok();
    assert!(!status(&anna).await.0);
    let _: AuthResponse = sign_in(&app, None, None).await.ok();
    // And on again, with a new secret.
    switch_on(&anna).await;
    assert_eq!(sign_in(&app, None, None).await.code(), ErrorCode::TotpRequired);
}

/// Starts another service on the same database and folder, which brings what is kept up to date, and ends it.
async fn start_anew(app: &TestApp, change: impl FnOnce(&mut account_service::Config)) -> TestApp {
    let (folder, url) = (app.config.data_dir.clone(), app.config.database_url.clone());
    TestApp::start_with(Db::Sqlite, |config| {
        config.data_dir = folder;
        config.database_url = url;
        change(config);
    })
    .await
}

#[rstest]
#[tokio::test]
async fn secrets_are_sealed_with_a_key_that_is_not_in_the_database(#[values(Db::Sqlite, Db::Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let (secret, _) = switch_on(&app.register("anna").await).await;
    let kept = app.column("SELECT secret FROM second_factors").await.remove(0);
    assert!(kept.starts_with("sealed:1:") && !kept.contains(&secret), "{kept}");
    let key = app.config.data_dir.join("sealing.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let _: AuthResponse = sign_in(&app, Some(&code(&secret, 1)), None).await.ok();

    // As an earlier version kept it: sealed at the next start, and good as before.
    app.execute(&format!("UPDATE second_factors SET secret = '{secret}', last_step = 0")).await;
    let again = start_anew(&app, |_| {}).await;
    assert!(again.column("SELECT secret FROM second_factors").await[0].starts_with("sealed:1:"));
    let _: AuthResponse = sign_in(&again, Some(&code(&secret, 0)), None).await.ok();
    drop(again);

    // A key of one's own, in place of the file's; then without the file.
    let own = |config: &mut account_service::Config| config.sealing = Some("a key of one’s own".into());
    drop(start_anew(&app, own).await);
    std::fs::remove_file(&key).unwrap();
    let again = start_anew(&app, own).await;
    again.execute("UPDATE second_factors SET last_step = 0").await;
    let _: AuthResponse = sign_in(&again, Some(&code(&secret, 0)), None).await.ok();
    drop(again);

    // Without that key, codes can't be checked, which is said; a recovery code still lets people in.
    let again = start_anew(&app, |config| config.sealing = Some("another key".into())).await;
    let answer = sign_in(&again, Some(&code(&secret, 1)), None).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (503, ErrorCode::SecondFactorUnavailable));
    assert!(String::from_utf8_lossy(&answer.body).contains("recovery code"));
}
