//! Making accounts and signing in.

use account_api::{AuthResponse, ErrorCode, LoginRequest, RegisterRequest, User};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use uuid::Uuid;

use super::session;
use crate::clock;
use crate::config::Accounts;
use crate::error::{Error, Result};
use crate::quota;
use crate::service::Service;
use crate::storage::entity::user;

/// The local person of an embedded service. The space keeps it apart from every name that can be registered.
const LOCAL_NAME: &str = "this computer";

/// Makes an account and signs in.
///
/// # Errors
/// When a field is not as documented, or the name or address is taken.
pub async fn register(app: &Service, request: RegisterRequest) -> Result<AuthResponse> {
    open_to_all(app)?;
    let username = request.username.trim().to_owned();
    check_username(&username)?;
    let email = request.email.trim().to_owned();
    check_email(&email)?;
    let password_hash = app.passwords.hash(SecretString::from(request.password)).await?;
    let user = insert(app, username, email, Some(password_hash)).await?;
    let tokens = session::open(app, user.id, request.device_name).await?;
    Ok(response(app, "User registered successfully", tokens, user))
}

/// Signs in.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`], which doesn't say what of the two is wrong, nor by the time it takes.
pub async fn log_in(app: &Service, request: LoginRequest) -> Result<AuthResponse> {
    open_to_all(app)?;
    let user = by_name(app, request.username.trim()).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = app.passwords.verify(SecretString::from(request.password), hash).await?;
    let Some(user) = user.filter(|_| right) else {
        return Err(Error::new(ErrorCode::InvalidCredentials, "User name or password are wrong."));
    };
    let tokens = session::open(app, user.id, request.device_name).await?;
    Ok(response(app, "Login successful", tokens, user))
}

/// Signs the local person of an embedded service in, making them first if need be.
///
/// # Errors
/// When the database can't be used.
pub async fn local_person(app: &Service) -> Result<AuthResponse> {
    let user = local_user(app).await?;
    let tokens = session::open(app, user.id, Some("This computer".to_owned())).await?;
    Ok(response(app, "Login successful", tokens, user))
}

/// The local person of an embedded service, made first if need be.
///
/// # Errors
/// When the database can't be used.
pub async fn local_user(app: &Service) -> Result<user::Model> {
    match by_name(app, LOCAL_NAME).await? {
        Some(user) => Ok(user),
        None => match insert(app, LOCAL_NAME.to_owned(), "local@localhost".to_owned(), None).await {
            // The program runs twice and the other one was faster. Which constraint says so depends on the database.
            Err(error) if matches!(error.code(), ErrorCode::UsernameTaken | ErrorCode::EmailTaken) => {
                let there = by_name(app, LOCAL_NAME).await?;
                there.ok_or_else(|| Error::internal("the local person is there and is not there"))
            }
            other => other,
        },
    }
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

fn open_to_all(app: &Service) -> Result<()> {
    match app.accounts {
        Accounts::Open => Ok(()),
        Accounts::LocalPerson => {
            Err(Error::new(ErrorCode::Forbidden, "This library belongs to the person at this computer only."))
        }
    }
}

async fn by_name(app: &Service, username: &str) -> Result<Option<user::Model>> {
    // No name has one, and PostgreSQL takes no text that has.
    if username.contains('\0') {
        return Ok(None);
    }
    let found = user::Entity::find()
        .filter(user::Column::UsernameKey.eq(username.to_lowercase()))
        .one(app.database.read())
        .await?;
    Ok(found)
}

async fn insert(app: &Service, username: String, email: String, password_hash: Option<String>) -> Result<user::Model> {
    let write = app.database.write().await?;
    let user = user::ActiveModel {
        id: Set(Uuid::new_v4()),
        username_key: Set(username.to_lowercase()),
        username: Set(username),
        email_key: Set(email.to_lowercase()),
        email: Set(email),
        password_hash: Set(password_hash),
        revision: Set(0),
        created_at: Set(clock::now()),
        quota_bytes: Set(None),
        quota_pictures: Set(None),
        used_bytes: Set(0),
        used_pictures: Set(0),
    }
    .insert(&*write)
    .await?;
    write.commit().await?;
    Ok(user)
}

fn check_username(username: &str) -> Result<()> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if (1..=64).contains(&username.chars().count()) && username.chars().all(allowed) {
        return Ok(());
    }
    Err(Error::invalid("username: 1 to 64 letters, digits, dots, underscores and hyphens."))
}

/// Whether mail could go there is only known by sending some; this refuses what can't be an address.
fn check_email(email: &str) -> Result<()> {
    let parts = email.rsplit_once('@');
    let plausible = parts
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && local.chars().count() <= 64)
        && email.chars().count() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if plausible { Ok(()) } else { Err(Error::invalid("email: this is not an e-mail address.")) }
}
