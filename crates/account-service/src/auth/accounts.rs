//! Making accounts and signing in.

use account_api::{AuthResponse, Clock, ErrorCode, LoginRequest, PasswordRequest, RegisterRequest, User};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;
use secrecy::SecretString;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

use super::second_factor::Proof;
use super::{Caller, devices, invitations, look_alike, second_factor, session, spelling, users};
use crate::clock;
use crate::config::Registration;
use crate::error::{Error, Result};
use crate::quota;
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::user;

/// The local person of an embedded service. The space keeps it apart from every name that can be registered.
const LOCAL_NAME: &str = "this computer";

/// Makes an account and signs in.
///
/// # Errors
/// [`ErrorCode::RegistrationClosed`], [`ErrorCode::InvitationRequired`]; when a field is not as documented, or the name or
/// address is taken.
pub async fn register(app: &Service, request: RegisterRequest) -> Result<AuthResponse> {
    users::open_to_all(app)?;
    // Before anything is worked on for somebody who may not register.
    match app.registration {
        Registration::Open => {}
        Registration::Invitation => invitations::check(app.database.read(), request.invitation.as_deref()).await?,
        Registration::Closed => {
            return Err(Error::new(
                ErrorCode::RegistrationClosed,
                "This service takes no registrations. Ask whoever runs it for an account.",
            ));
        }
    }
    let person = checked(app, &request.username, &request.email, SecretString::from(request.password)).await?;
    let write = app.database.write().await?;
    let user = insert_new(&write, person).await?;
    if app.registration == Registration::Invitation {
        invitations::use_up(&write, request.invitation.as_deref().unwrap_or_default(), user.id).await?;
    }
    let opened = session::open(&write, user.id, request.device_name).await?;
    write.commit().await?;
    Ok(response(app, "User registered successfully", opened.tokens(app)?, user))
}

/// Makes an account.
///
/// # Errors
/// When a field is not as documented, or the name or address is taken.
pub async fn add(app: &Service, username: &str, email: &str, password: SecretString) -> Result<user::Model> {
    let person = checked(app, username, email, password).await?;
    let write = app.database.write().await?;
    let user = insert_new(&write, person).await?;
    write.commit().await?;
    Ok(user)
}

/// What a new account is made of, found good.
struct NewPerson {
    username: String,
    email: String,
    password_hash: String,
}

async fn checked(app: &Service, username: &str, email: &str, password: SecretString) -> Result<NewPerson> {
    let username = spelling::shown(username);
    check_username(&username)?;
    look_alike::check(&username)?;
    let email = checked_email(email)?;
    // A name that an earlier version kept in another spelling is taken, too, without the database's index saying so.
    if users::by_name(app.database.read(), &username).await?.is_some() {
        return Err(Error::new(ErrorCode::UsernameTaken, "This user name is taken. Choose another one."));
    }
    let password_hash = app.passwords.hash(password).await?;
    Ok(NewPerson { username, email, password_hash })
}

/// An e-mail address as it is kept.
///
/// # Errors
/// When it can't be one.
pub(super) fn checked_email(email: &str) -> Result<String> {
    let email = spelling::shown(email);
    check_email(&email)?;
    Ok(email)
}

/// Somebody who registers, under a name that nobody has or seems to have.
async fn insert_new(write: &Write, person: NewPerson) -> Result<user::Model> {
    let NewPerson { username, email, password_hash } = person;
    let look = look_alike::look_of(&username);
    if look_alike::is_taken(write, &look).await? {
        return Err(Error::new(
            ErrorCode::UsernameTaken,
            "This user name is taken, or looks like one that is. Choose another one.",
        ));
    }
    insert(write, username, Some(look), email, Some(password_hash)).await
}

/// Signs in.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`], which doesn't say what of the two is wrong, nor by the time it takes; and when they
/// are right, [`ErrorCode::Forbidden`] when the operator has closed the account, [`ErrorCode::TotpRequired`] and
/// [`ErrorCode::TotpInvalid`] about the second factor.
pub async fn log_in(app: &Service, request: LoginRequest) -> Result<AuthResponse> {
    users::open_to_all(app)?;
    let user = users::by_name(app.database.read(), &request.username).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let password = SecretString::from(request.password);
    let right = app.passwords.verify(password.clone(), hash).await?;
    let Some(user) = user.filter(|_| right) else {
        return Err(users::wrong_credentials());
    };
    // Only to whoever knows the password: nobody else learns that the account exists.
    if user.disabled_at.is_some() {
        return Err(users::closed());
    }
    let stronger = match &user.password_hash {
        Some(hash) if app.passwords.is_outdated(hash) => Some(app.passwords.hash_again(password).await?),
        _ => None,
    };
    let proof = Proof { totp_code: request.totp_code, recovery_code: request.recovery_code };
    let write = app.database.write().await?;
    users::lock(&write, &user).await?;
    if !second_factor::check(app, &write, &user, &proof).await? {
        write.commit().await?;
        return Err(second_factor::wrong_code());
    }
    if let Some(hash) = stronger {
        users::set_password(&write, user.id, hash).await?;
    }
    let opened = session::open(&write, user.id, request.device_name).await?;
    write.commit().await?;
    Ok(response(app, "Login successful", opened.tokens(app)?, user))
}

/// Changes the password and signs all other devices out.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`] when the current one is wrong, [`ErrorCode::WeakPassword`] for a new one that can't
/// be taken.
pub async fn change_password(app: &Service, caller: &Caller, request: PasswordRequest) -> Result<()> {
    let user = users::with_password(app, caller.user_id, request.current_password).await?;
    let hash = app.passwords.hash(SecretString::from(request.new_password)).await?;
    let write = app.database.write().await?;
    users::lock(&write, &user).await?;
    users::set_password(&write, user.id, hash).await?;
    devices::end_all(&write, user.id, Some(caller.session_id)).await?;
    Ok(write.commit().await?)
}

/// Signs the local person of an embedded service in, making them first if need be.
///
/// # Errors
/// When the database can't be used.
pub async fn local_person(app: &Service) -> Result<AuthResponse> {
    let user = local_user(app).await?;
    let write = app.database.write().await?;
    let opened = session::open(&write, user.id, Some("This computer".to_owned())).await?;
    write.commit().await?;
    Ok(response(app, "Login successful", opened.tokens(app)?, user))
}

/// The local person of an embedded service, made first if need be.
///
/// # Errors
/// When the database can't be used.
pub async fn local_user(app: &Service) -> Result<user::Model> {
    match users::by_name(app.database.read(), LOCAL_NAME).await? {
        Some(user) => Ok(user),
        None => match insert_local(app).await {
            // The program runs twice and the other one was faster. Which constraint says so depends on the database.
            Err(error) if matches!(error.code(), ErrorCode::UsernameTaken | ErrorCode::EmailTaken) => {
                let there = users::by_name(app.database.read(), LOCAL_NAME).await?;
                there.ok_or_else(|| Error::internal("the local person is there and is not there"))
            }
            other => other,
        },
    }
}

async fn insert_local(app: &Service) -> Result<user::Model> {
    let write = app.database.write().await?;
    let user = insert(&write, LOCAL_NAME.to_owned(), None, "local@localhost".to_owned(), None).await?;
    write.commit().await?;
    Ok(user)
}

/// A person as it stands on the wire.
pub fn wire_user(app: &Service, user: user::Model) -> User {
    User {
        usage: Some(quota::usage(&app.quotas, &user)),
        id: user.id.to_string(),
        username: user.username,
        email: user.email,
        created_at: clock::wire(user.created_at),
    }
}

fn response(app: &Service, message: &str, tokens: session::Tokens, user: user::Model) -> AuthResponse {
    AuthResponse {
        message: message.to_owned(),
        access_token: tokens.access,
        expires_in: tokens.expires_in,
        refresh_token: tokens.refresh,
        user: wire_user(app, user),
    }
}

async fn insert(
    write: &Write,
    username: String,
    look: Option<String>,
    email: String,
    password_hash: Option<String>,
) -> Result<user::Model> {
    let user = user::ActiveModel {
        id: Set(Uuid::new_v4()),
        username_key: Set(spelling::key(&username)),
        username: Set(username),
        username_look: Set(look),
        email_key: Set(spelling::key(&email)),
        email: Set(email),
        password_hash: Set(password_hash),
        revision: Set(0),
        created_at: Set(clock::now()),
        quota_bytes: Set(None),
        quota_pictures: Set(None),
        used_bytes: Set(0),
        used_pictures: Set(0),
        disabled_at: Set(None),
        clock: Set(Clock::default().to_string()),
    };
    Ok(user.insert(&**write).await?)
}

fn check_username(username: &str) -> Result<()> {
    let allowed = |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '.' | '_' | '-');
    // Scripts such as Hindi's write one letter with several characters.
    let letters = username.chars().filter(|c| !is_combining_mark(*c)).count();
    let begins_with_mark = username.starts_with(is_combining_mark);
    let plausible = (1..=64).contains(&letters) && username.chars().count() <= 3 * 64 && !begins_with_mark;
    if plausible && username.chars().all(allowed) {
        return Ok(());
    }
    Err(Error::invalid("username: 1 to 64 letters, digits, dots, underscores and hyphens."))
}

/// A name of a host, or an address in brackets: labels between dots.
fn is_host(domain: &str) -> bool {
    domain.starts_with('[') || domain.split('.').all(|label| !label.is_empty())
}

/// Whether mail could go there is only known by sending some; this refuses what can't be an address.
fn check_email(email: &str) -> Result<()> {
    let parts = email.rsplit_once('@');
    let plausible = parts.is_some_and(|(local, domain)| {
        (1..=64).contains(&local.chars().count()) && is_host(domain) && !local.contains('@')
    }) && email.chars().count() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if plausible { Ok(()) } else { Err(Error::invalid("email: this is not an e-mail address.")) }
}
