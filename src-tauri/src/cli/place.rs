//! `login`, `register`, `logout`, `whoami`, `use this-computer`.

use engine::ErrorKind;
use engine::view::{AccountForm, AppState, Connection, RegisterForm};

use super::args::{Login, Register};
use super::failure::Failure;
use super::output::{Output, complain};
use super::secret;
use super::session::Session;
use super::shell;

const PASSWORD_STDIN: &str = "--password-stdin";
const CODE_STDIN: &str = "--code-stdin";

/// How often a code is asked for.
const CODES: usize = 3;

/// Signs in to a hosted service.
pub async fn login(session: &Session, out: &Output, args: Login) -> Result<(), Failure> {
    let Login { account, code_stdin } = args;
    secret::check(account.password_stdin, PASSWORD_STDIN)?;
    session.keep_secrets().await?;
    let (password, code) = if code_stdin {
        let [password, code] = secret::read_two([PASSWORD_STDIN, CODE_STDIN])?;
        (password, Some(code))
    } else {
        (secret::read(messages::Ask::Password, account.password_stdin, PASSWORD_STDIN)?, None)
    };
    let form = AccountForm { service: account.service, username: account.username, password, code };
    let state = sign_in(session, form).await?;
    announce(out, &state);
    Ok(())
}

/// Signs in; asks for a code when the account wants one and somebody can be asked.
pub async fn sign_in(session: &Session, mut form: AccountForm) -> Result<AppState, Failure> {
    for _ in 0..CODES {
        match session.engine().sign_in(form.clone()).await {
            Err(error) if error.code == ErrorKind::CodeRequired && form.code.is_none() && !secret::can_ask() => {
                complain(messages::Cli::PassCode { option: CODE_STDIN.to_string() });
                return Err(error.into());
            }
            Err(error) if error.code == ErrorKind::CodeRequired && form.code.is_none() => {}
            Err(error) if error.code == ErrorKind::CodeInvalid && secret::can_ask() => complain(&error.message),
            answer => return Ok(answer?),
        }
        form.code = Some(secret::ask(messages::Ask::Code)?);
    }
    Ok(session.engine().sign_in(form).await?)
}

/// Makes an account on a hosted service and signs in.
pub async fn register(session: &Session, out: &Output, args: Register) -> Result<(), Failure> {
    let Register { account, email, invitation } = args;
    secret::check(account.password_stdin, PASSWORD_STDIN)?;
    session.keep_secrets().await?;
    let password = if account.password_stdin {
        secret::read(messages::Ask::Password, true, PASSWORD_STDIN)?
    } else {
        secret::ask_twice(messages::Ask::NewPassword)?
    };
    let form = RegisterForm { service: account.service, username: account.username, email, password, invitation };
    let state = session.engine().register(form).await?;
    // Whether that can be had or not: the account is made, and what is in it will be asked for again.
    if let Err(error) = session.engine().sync().await {
        tracing::debug!(%error, "a new account gives no news");
    }
    announce(out, &state);
    Ok(())
}

/// Leaves the place.
pub async fn logout(session: &Session, out: &Output) -> Result<(), Failure> {
    if session.engine().state().place.is_none() {
        complain(messages::Cli::NothingToSignOut);
    }
    let before = session.engine().state().place;
    let waiting = match &before {
        Some(_) => session.engine().uploads().await.map_or(0, |list| list.summary.unfinished()),
        None => 0,
    };
    let state = session.engine().sign_out().await?;
    if out.json() {
        out.object(&state);
    }
    match before.filter(|_| waiting > 0) {
        // What is in the queue is a promise that somebody may be counting on.
        Some(place) => {
            complain(messages::Cli::SignedOutWaiting { place: place.title, waiting: waiting.to_string() });
        }
        None if out.json() => {}
        None => complain(messages::Cli::SignedOut),
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
    let engine = session.library().await?;
    let synced = engine.sync().await;
    if engine.state().connection == Connection::Online {
        engine.check_store().await?;
    }
    let state = engine.state();
    // What keeps the place from being reached is said with the place.
    if let (Err(error), Connection::Connecting | Connection::Online) = (synced, &state.connection) {
        complain(messages::Cli::GoingByKnown { why: error.message.to_string() });
    }
    if out.json() {
        out.object(&state);
    } else if let Some(place) = &state.place {
        out.line(&place.title);
        out.line(&place.location);
        match &state.connection {
            Connection::Offline { reason } => complain(messages::Cli::Offline { why: reason.to_string() }),
            Connection::StoreOffline { reason } => complain(messages::Cli::StoreOffline { why: reason.to_string() }),
            Connection::StoreRefused { reason } => complain(messages::Cli::StoreRefuses { why: reason.to_string() }),
            Connection::SignedOut => {
                complain(messages::Cli::SignInAgain { place: typed(&place.name) });
            }
            Connection::KeyMissing { reason } => {
                complain(messages::Cli::KeyMissing { why: reason.to_string(), place: typed(&place.name) });
            }
            Connection::Locked { reason } => complain(reason),
            Connection::Connecting | Connection::Online => {}
        }
        let waiting = engine.uploads().await?.summary.unfinished();
        if waiting > 0 {
            complain(messages::Cli::UploadsUnfinished { waiting: waiting.to_string() });
        }
    }
    let lacking = state.place.is_some_and(|place| !place.signed_in);
    if lacking { Err(Failure::Some) } else { Ok(()) }
}

/// The name of a place as it is typed; its usual name can be, unless somebody chose an odd one.
fn typed(name: &str) -> String {
    shell::word(name).unwrap_or_else(|| "NAME".to_owned())
}

/// Says where the library lives now.
pub fn announce(out: &Output, state: &AppState) {
    if out.json() {
        out.object(state);
    } else if let Some(place) = &state.place {
        complain(messages::Cli::LivesHere { title: place.title.to_string(), location: place.location.to_string() });
    }
}
