//! Coming by an account, and the end of one.

use account_service::config::Registration;
use engine::view::{RegisterForm, Registration as Takes};
use engine::{ErrorKind, Role};

use crate::computer::{Computer, Hosted, files_below};
use crate::support::Service;

fn form(service: &str, invitation: Option<&str>) -> RegisterForm {
    RegisterForm {
        service: service.to_owned(),
        username: "anna".to_owned(),
        email: "anna@example.com".to_owned(),
        password: "a long enough password".to_owned(),
        invitation: invitation.map(str::to_owned),
    }
}

#[tokio::test]
async fn the_service_says_whom_it_takes_in_and_why_not() {
    let computer = Computer::new(Role::Window).await;
    for (registration, takes, refused) in [
        (Registration::Open, Takes::Open, None),
        (Registration::Invitation, Takes::Invitation, Some(ErrorKind::InvitationRequired)),
        (Registration::Closed, Takes::Closed, Some(ErrorKind::RegistrationRefused)),
    ] {
        let service = Service::start_with(|config| config.registration = registration).await;
        assert_eq!(computer.engine.registration(&service.url).await.unwrap(), takes);
        let answer = computer.engine.register(form(&service.url, Some("0000-0000-0000-0000"))).await;
        assert_eq!(answer.err().map(|error| error.code), refused, "{registration:?}");
    }
}

#[tokio::test]
async fn a_removed_account_leaves_no_place_and_everything_that_is_on_this_computer() {
    let hosted = Hosted::start().await;
    let computer = Computer::registered(Role::Window, &hosted, "anna").await;
    let library = computer.library_dir();
    computer.upload("a.png", &testkit::photos::bmp(40, 30, 1)).await;
    let wrong = computer.engine.remove_account("not her password".to_owned(), None).await.unwrap_err();
    assert_eq!(wrong.code, ErrorKind::InvalidCredentials);
    assert!(computer.engine.state().place.is_some());

    let state = computer.engine.remove_account("anna has a password".to_owned(), None).await.unwrap();
    assert!(state.place.is_none());
    let left = files_below(&library);
    for name in ["catalogue.db", "thumbs.db"] {
        assert!(left.iter().any(|file| file.ends_with(name)), "{name}: {left:?}");
    }
    let again = computer.engine.sign_in(engine::view::AccountForm {
        service: hosted.url(),
        username: "anna".to_owned(),
        password: "anna has a password".to_owned(),
        code: None,
    });
    assert_eq!(again.await.unwrap_err().code, ErrorKind::InvalidCredentials);
}

#[tokio::test]
async fn the_address_changes_after_the_password() {
    let hosted = Hosted::start().await;
    let computer = Computer::registered(Role::Window, &hosted, "anna").await;
    let change = |password: &str| computer.engine.change_email("new@example.com".to_owned(), password.to_owned());
    assert_eq!(change("not her password").await.unwrap_err().code, ErrorKind::InvalidCredentials);
    assert!(change("anna has a password").await.unwrap().confirmed);
    assert_eq!(computer.engine.account_security().await.unwrap().email, "new@example.com");
}
