//! The second factor: switching it on and off, and asking for it at sign-in.

use std::time::Duration;

use account_api::{ErrorCode, RecoveryCodesResponse, TotpEnrolment, TotpStatus};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::{pending, recovery_codes, totp, users};
use crate::clock::{self, Millis};
use crate::counted::counted;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::second_factor::{Column, Entity, Model};
use crate::storage::entity::{second_factor, user};

/// How many wrong codes in a row cost no waiting.
const FREE_FAILURES: i32 = 5;

/// The longest wait between two codes. It leaves 288 guesses a day, each of three codes of a million: whoever has the
/// password guesses for a year to get in with one chance in four.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// What somebody brings to the sign-in beside the password.
pub struct Proof {
    /// From the authenticator app.
    pub totp_code: Option<String>,
    /// From the sheet of recovery codes.
    pub recovery_code: Option<String>,
}

/// Whether it is on.
///
/// # Errors
/// When the database can't be reached.
pub async fn status(app: &Service, user_id: Uuid) -> Result<TotpStatus> {
    let factor = Entity::find_by_id(user_id).one(app.database.read()).await?;
    Ok(TotpStatus {
        enabled: factor.is_some_and(|factor| factor.confirmed_at.is_some()),
        recovery_codes_left: recovery_codes::left(app.database.read(), user_id).await?,
    })
}

/// Makes a secret. It does nothing until [`confirm`].
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`] for a wrong password, [`ErrorCode::Conflict`] when it is on already.
pub async fn enrol(app: &Service, user_id: Uuid, password: String) -> Result<TotpEnrolment> {
    let user = users::with_password(app, user_id, password).await?;
    let secret = totp::new_secret();
    let otpauth_uri = totp::uri(&secret, &user.username)?;
    let write = app.database.write().await?;
    users::lock(&write, &user).await?;
    if confirmed(&write, user_id).await?.is_some() {
        return Err(Error::new(ErrorCode::Conflict, "Two-factor sign-in is on already. Switch it off first."));
    }
    Entity::delete_by_id(user_id).exec(&*write).await?;
    let row = second_factor::ActiveModel {
        user_id: Set(user_id),
        secret: Set(app.sealing.seal(user_id, &secret)?),
        created_at: Set(clock::now()),
        confirmed_at: Set(None),
        last_step: Set(None),
        failures: Set(0),
        failed_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(&*write).await?;
    write.commit().await?;
    Ok(TotpEnrolment { secret, otpauth_uri })
}

/// Switches it on, when the code proves that the app has the secret.
///
/// # Errors
/// [`ErrorCode::TotpInvalid`] for a wrong code, [`ErrorCode::Conflict`] when no secret waits for one.
pub async fn confirm(app: &Service, user_id: Uuid, code: &str) -> Result<RecoveryCodesResponse> {
    users::open_to_all(app)?;
    let now = clock::now();
    let write = app.database.write().await?;
    let waiting = Entity::find_by_id(user_id).one(&*write).await?.filter(|factor| factor.confirmed_at.is_none());
    let factor = waiting.ok_or_else(|| {
        Error::new(ErrorCode::Conflict, "Nothing waits for a code. Begin to switch two-factor sign-in on again.")
    })?;
    let secret = app.sealing.open(user_id, &factor.secret)?;
    let step = totp::step(secret.expose_secret(), code, now)?.ok_or_else(wrong_code)?;
    let done = Entity::update_many()
        .col_expr(Column::ConfirmedAt, Expr::value(now))
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Secret.eq(factor.secret))
        .filter(Column::ConfirmedAt.is_null())
        .exec(&*write)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::new(ErrorCode::Conflict, "Someone else changed this at the same moment. Try again."));
    }
    let recovery_codes = recovery_codes::replace(&write, user_id).await?;
    pending::end(&write, user_id).await?;
    write.commit().await?;
    let message = "Two-factor sign-in is on. Keep the recovery codes: they are shown only now.".to_owned();
    Ok(RecoveryCodesResponse { message, recovery_codes })
}

/// Switches it off. The recovery codes stay good for a forgotten password.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`] for a wrong password.
pub async fn disable(app: &Service, user_id: Uuid, password: String) -> Result<()> {
    let user = users::with_password(app, user_id, password).await?;
    let write = app.database.write().await?;
    users::lock(&write, &user).await?;
    remove(&write, user_id).await?;
    pending::end(&write, user_id).await?;
    Ok(write.commit().await?)
}

/// New recovery codes in place of all earlier ones.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`] for a wrong password.
pub async fn new_recovery_codes(app: &Service, user_id: Uuid, password: String) -> Result<RecoveryCodesResponse> {
    let user = users::with_password(app, user_id, password).await?;
    let write = app.database.write().await?;
    users::lock(&write, &user).await?;
    let recovery_codes = recovery_codes::replace(&write, user_id).await?;
    write.commit().await?;
    let message = "Keep the recovery codes: they are shown only now. Earlier ones don’t work any more.".to_owned();
    Ok(RecoveryCodesResponse { message, recovery_codes })
}

/// Forgets the secret.
pub(super) async fn remove(write: &Write, user_id: Uuid) -> Result<()> {
    Entity::delete_by_id(user_id).exec(&**write).await?;
    Ok(())
}

/// At sign-in, once the password is known to be right and the person's row is held: whether what was brought is enough.
/// Uses it up. When it is not enough, that is noted: the caller commits, and answers with [`wrong_code`].
///
/// # Errors
/// [`ErrorCode::TotpRequired`] when nothing was brought, [`ErrorCode::RateLimited`] after many wrong codes in a row.
pub(super) async fn check(app: &Service, write: &Write, user: &user::Model, proof: &Proof) -> Result<bool> {
    let Some(factor) = confirmed(write, user.id).await? else { return Ok(true) };
    match (&proof.totp_code, &proof.recovery_code) {
        (Some(code), _) => {
            let now = clock::now();
            may_try(&factor, now)?;
            let secret = app.sealing.open(user.id, &factor.secret)?;
            if let Some(step) = totp::step(secret.expose_secret(), code, now)?
                && use_step(write, user.id, step).await?
            {
                return Ok(true);
            }
            note_failure(write, user.id, now).await?;
            Ok(false)
        }
        (None, Some(code)) => recovery_codes::use_up(write, user.id, code).await,
        (None, None) => Err(Error::new(
            ErrorCode::TotpRequired,
            "This account has two-factor sign-in: enter the code from your authenticator app, or a recovery code.",
        )),
    }
}

/// Whoever has the password could go through a million codes. After some wrong ones each further one has to wait, for
/// longer and longer. Recovery codes can't be guessed and never wait, so nobody is locked out.
fn may_try(factor: &Model, now: Millis) -> Result<()> {
    let (Some(failed_at), Ok(excess @ 1..)) = (factor.failed_at, u32::try_from(factor.failures - FREE_FAILURES)) else {
        return Ok(());
    };
    let wait = LONGEST_WAIT.min(Duration::from_secs(1_u64.checked_shl(excess).unwrap_or(u64::MAX)));
    let left = failed_at + wait.as_millis() as i64 - now;
    if left <= 0 {
        return Ok(());
    }
    let seconds = left / 1000 + 1;
    Err(Error::new(
        ErrorCode::RateLimited,
        format!("Too many wrong codes. Try again in {}, or use a recovery code.", counted(seconds, "second")),
    )
    .retry_after(seconds.unsigned_abs()))
}

async fn note_failure(write: &Write, user_id: Uuid, now: Millis) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Failures, Expr::col(Column::Failures).add(1))
        .col_expr(Column::FailedAt, Expr::value(now))
        .filter(Column::UserId.eq(user_id))
        .exec(&**write)
        .await?;
    Ok(())
}

/// RFC 6238, section 5.2: a code is not accepted a second time. Nor is an older one, which somebody may have seen.
async fn use_step(write: &Write, user_id: Uuid, step: i64) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .col_expr(Column::Failures, Expr::value(0))
        .filter(Column::UserId.eq(user_id))
        .filter(Condition::any().add(Column::LastStep.is_null()).add(Column::LastStep.lt(step)))
        .exec(&**write)
        .await?;
    Ok(done.rows_affected == 1)
}

async fn confirmed(write: &Write, user_id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(user_id).filter(Column::ConfirmedAt.is_not_null()).one(&**write).await?)
}

/// What is answered to a code that is not enough.
pub(super) fn wrong_code() -> Error {
    Error::new(
        ErrorCode::TotpInvalid,
        "This code is wrong or was used already. Wait for the next one; check the clock of the device that shows it.",
    )
}
