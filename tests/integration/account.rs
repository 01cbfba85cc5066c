//! The account that a library lives in: devices, password, second factor, ways back in.

use std::time::{SystemTime, UNIX_EPOCH};

use account_service::config::MailConfig;
use engine::view::{AccountForm, AccountSecurity, RecoveryForm};
use engine::{ErrorKind, Role};
use rstest::rstest;
use testkit::smtp::SmtpServer;
use totp_rs::{Builder, Secret};

use crate::cli_app::Terminal;
use crate::world::{Database, Hosted, Person, Store, password_of};

/// The code that an authenticator app shows so many steps from now. The service takes those of the neighbouring steps, each
/// once: a test that has used the present one goes on with the next.
fn code(secret: &str, steps: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(now + steps * 30).to_string()
}

fn form(hosted: &Hosted, password: &str, code: Option<String>) -> AccountForm {
    AccountForm { service: hosted.url(), username: "anna".to_owned(), password: password.to_owned(), code }
}

async fn security(person: &Person) -> AccountSecurity {
    person.engine.account_security().await.unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_sees_their_devices_and_signs_them_out(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let hosted = Hosted::start(database, Store::Embedded).await;
    let laptop = hosted.person("anna").await;
    let phone = Person::new(Role::CommandLine).await;
    phone.sign_in(&hosted, "anna").await;
    let tablet = Person::new(Role::CommandLine).await;
    tablet.sign_in(&hosted, "anna").await;

    let seen = security(&laptop).await;
    assert_eq!((&*seen.username, &*seen.email), ("anna", "anna@example.com"));
    assert_eq!(seen.devices.len(), 3);
    assert!(seen.devices.iter().all(|device| device.name.as_deref() == Some("test computer")));
    assert_eq!(seen.devices.iter().filter(|device| device.current).count(), 1);

    let phones = security(&phone).await.devices.into_iter().find(|device| device.current).unwrap().id;
    laptop.engine.sign_out_device(&phones).await.unwrap();
    laptop.engine.sign_out_device(&phones).await.expect("what is done already is fine");
    assert_eq!(phone.engine.sync().await.unwrap_err().code, ErrorKind::SignedOut);
    assert!(!phone.engine.state().place.unwrap().signed_in);
    tablet.engine.sync().await.unwrap();

    laptop.engine.sign_out_others().await.unwrap();
    assert_eq!(tablet.engine.sync().await.unwrap_err().code, ErrorKind::SignedOut);
    laptop.engine.sync().await.unwrap();
    assert_eq!(security(&laptop).await.devices.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_signs_other_devices_out() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let laptop = hosted.person("anna").await;
    let phone = Person::new(Role::CommandLine).await;
    phone.sign_in(&hosted, "anna").await;
    let change = |current: &str, new: &str| laptop.engine.change_password(current.to_owned(), new.to_owned());
    assert_eq!(change("a guess of hers", "another password").await.unwrap_err().code, ErrorKind::InvalidCredentials);
    assert_eq!(
        change(&password_of("anna"), "password").await.unwrap_err().code,
        ErrorKind::RegistrationRefused,
        "too common"
    );
    phone.engine.sync().await.unwrap();
    change(&password_of("anna"), "another password").await.unwrap();
    assert_eq!(phone.engine.sync().await.unwrap_err().code, ErrorKind::SignedOut);
    laptop.engine.sync().await.unwrap();
    let laptop = laptop.restart(Role::CommandLine).await;
    laptop.engine.sync().await.expect("this device’s session goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_asks_for_a_code_once_two_factor_is_on() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let laptop = hosted.person("anna").await;
    let password = password_of("anna");
    assert_eq!(
        laptop.engine.begin_two_factor("a guess of hers".to_owned()).await.unwrap_err().code,
        ErrorKind::InvalidCredentials
    );
    let setup = laptop.engine.begin_two_factor(password.clone()).await.unwrap();
    assert!(setup.otpauth_uri.starts_with("otpauth://totp/") && setup.qr_path.starts_with("M0 0h7v1"));
    assert_eq!(laptop.engine.confirm_two_factor("nonsense".to_owned()).await.unwrap_err().code, ErrorKind::CodeInvalid);
    let codes = laptop.engine.confirm_two_factor(code(&setup.secret, 0)).await.unwrap();
    assert_eq!(codes.len(), 10);
    let seen = security(&laptop).await;
    assert!(seen.two_factor && seen.recovery_codes_left == 10);

    let phone = Person::new(Role::CommandLine).await;
    let sign_in = |code: Option<String>| phone.engine.sign_in(form(&hosted, &password, code));
    assert_eq!(sign_in(None).await.unwrap_err().code, ErrorKind::CodeRequired);
    assert!(phone.engine.state().place.is_none());
    assert_eq!(sign_in(Some("abcd-efgh-jkmn-pqrs".to_owned())).await.unwrap_err().code, ErrorKind::CodeInvalid);
    sign_in(Some(code(&setup.secret, 1))).await.unwrap();
    phone.engine.sign_out().await.unwrap();
    sign_in(Some(codes[0].clone())).await.unwrap();
    assert_eq!(security(&phone).await.recovery_codes_left, 9);

    let codes = laptop.engine.new_recovery_codes(password.clone()).await.unwrap();
    assert_eq!(codes.len(), 10);
    laptop.engine.end_two_factor(password.clone()).await.unwrap();
    phone.engine.sign_out().await.unwrap();
    sign_in(None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_password_is_replaced_with_a_recovery_code_or_by_mail() {
    let mails = SmtpServer::start();
    let url = format!("smtp://{}", mails.address());
    let hosted = Hosted::start_with(Database::Sqlite, Store::Embedded, |config| {
        config.mail = Some(MailConfig { url: url.into(), from: "pictures@example.com".to_owned() });
    })
    .await;
    let anna = hosted.person("anna").await;
    let codes = anna.engine.new_recovery_codes(password_of("anna")).await.unwrap();
    let stranger = Person::new(Role::CommandLine).await;
    let recover = |code: &str| {
        stranger.engine.recover_account(RecoveryForm {
            service: hosted.url(),
            account: "anna".to_owned(),
            recovery_code: code.to_owned(),
            new_password: "another password".to_owned(),
        })
    };
    assert_eq!(recover("0000-0000-0000-0000").await.unwrap_err().code, ErrorKind::InvalidCredentials);
    recover(&codes[0]).await.unwrap();
    assert_eq!(anna.engine.sync().await.unwrap_err().code, ErrorKind::SignedOut);
    anna.engine.sign_in(form(&hosted, "another password", None)).await.unwrap();

    let said = stranger.engine.request_recovery_mail(&hosted.url(), "anna@example.com".to_owned()).await.unwrap();
    assert!(said.contains("on its way"), "{said}");
    assert!(mails.next().await.text().contains(&format!("{}/reset#", hosted.url())));
    let silent = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let refused = stranger.engine.request_recovery_mail(&silent.url(), "anna".to_owned()).await.unwrap_err();
    assert!(refused.message.contains("sends no mail"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_in_no_account_has_no_devices() {
    let person = Person::new(Role::CommandLine).await;
    person.engine.choose_this_computer().await.unwrap();
    assert_eq!(person.engine.account_security().await.unwrap_err().code, ErrorKind::InvalidInput);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_passes_a_code_on_standard_input() {
    let hosted = Hosted::start(Database::Sqlite, Store::Embedded).await;
    let anna = hosted.person("anna").await;
    let password = password_of("anna");
    let setup = anna.engine.begin_two_factor(password.clone()).await.unwrap();
    anna.engine.confirm_two_factor(code(&setup.secret, 0)).await.unwrap();

    let terminal = Terminal::new().with_passphrase();
    let url = hosted.url();
    let mut login = vec!["login", "--json", "--service", &url, "--username", "anna", "--password-stdin"];
    let ran = terminal.run_with(&login, &password).await.ended(1);
    assert_eq!(ran.object()["error"]["code"], "code_required");
    assert!(ran.err.contains("--code-stdin"), "{}", ran.err);

    login.push("--code-stdin");
    terminal.run_with(&login, &password).await.ended(2);
    let wrong = terminal.run_with(&login, &format!("{password}\n0000-0000-0000-0000\n")).await.ended(1);
    assert_eq!(wrong.object()["error"]["code"], "code_invalid");
    let right = code(&setup.secret, 1);
    let ran = terminal.run_with(&login, &format!("{password}\n{right}\n")).await.ok();
    assert_eq!(ran.object()["place"]["username"], "anna");
    assert!(!ran.err.contains(&right));
}
