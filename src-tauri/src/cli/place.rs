//! `login`, `register`, `logout`, `whoami`, `use this-computer`.

use engine::view::{AccountForm, AppState, Connection, PlaceKind, RegisterForm};

use super::args::{Login, Register};
use super::failure::Failure;
use super::output::{Output, complain};
use super::secret;
use super::session::Session;

const PASSWORD_STDIN: &str = "--password-stdin";

/// Signs in to a hosted service.
pub async fn login(session: &Session, out: &Output, args: Login) -> Result<(), Failure> {
    secret::check(args.password_stdin, PASSWORD_STDIN)?;
    session.keep_secrets().await?;
    let password = secret::read("Password", args.password_stdin, PASSWORD_STDIN)?;
    let form = AccountForm { service: args.service, username: args.username, password };
    let state = session.engine().sign_in(form).await?;
    announce(out, &state);
    Ok(())
}

/// Makes an account on a hosted service and signs in.
pub async fn register(session: &Session, out: &Output, args: Register) -> Result<(), Failure> {
    let Register { login, email } = args;
    secret::check(login.password_stdin, PASSWORD_STDIN)?;
    session.keep_secrets().await?;
    let password = if login.password_stdin {
        secret::read("Password", true, PASSWORD_STDIN)?
    } else {
        secret::ask_twice("A password")?
    };
    let form = RegisterForm { service: login.service, username: login.username, email, password };
    let state = session.engine().register(form).await?;
    announce(out, &state);
    Ok(())
}

/// Leaves the place.
pub async fn logout(session: &Session, out: &Output) -> Result<(), Failure> {
    if session.engine().state().place.is_none() {
        complain("Nothing to sign out of: no place for the library has been chosen.");
    }
    let state = session.engine().sign_out().await?;
    if out.json() {
        out.object(&state);
    } else {
        complain("Signed out. What is stored stays where it is.");
    }
    Ok(())
}

/// Keeps the library on this computer.
pub async fn use_this_computer(session: &Session, out: &Output) -> Result<(), Failure> {
    let state = session.engine().choose_this_computer().await?;
    announce(out, &state);
    Ok(())
}

/// Says where the library lives, and whether it can be reached.
pub async fn whoami(session: &Session, out: &Output) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let state = engine.state();
    if out.json() {
        out.object(&state);
    } else if let Some(place) = &state.place {
        out.line(&place.title);
        out.line(&place.location);
        match &state.connection {
            Connection::Offline { reason } => complain(&format!("Offline: {reason}")),
            Connection::SignedOut => complain("The session has ended. Sign in again with `image-manager login`."),
            Connection::Connecting | Connection::Online => {}
        }
    }
    let ended = state.place.is_some_and(|place| place.kind == PlaceKind::Account && !place.signed_in);
    if ended { Err(Failure::Some) } else { Ok(()) }
}

/// Says where the library lives now.
pub fn announce(out: &Output, state: &AppState) {
    if out.json() {
        out.object(state);
    } else if let Some(place) = &state.place {
        complain(&format!("The library lives here now: {} ({})", place.title, place.location));
    }
}
