//! What people do with the account that their library lives in: devices, password, second factor, and the ways back in.

use account_api::{
    EmailRequest, MessageResponse, PasswordCheck, PasswordRequest, RecoverWithCodeRequest, RecoveryRequest,
    RemoveAccountRequest, TotpConfirmRequest,
};
use fast_qr::qr::QRBuilder;

use crate::library::Library;
use crate::place::which_code;
use crate::service::{Client, ServiceAddress, auth, health};
use crate::view::{AccountDevice, AccountSecurity, EmailChange, PlaceKind, RecoveryForm, Registration, TwoFactorSetup};
use crate::{EngineError, ErrorKind, Result};

/// The account as it stands.
///
/// # Errors
/// `InvalidInput` when the library lives in no account; `SignedOut`, or what keeps the service from being reached.
pub async fn security(library: &Library) -> Result<AccountSecurity> {
    let client = client(library)?;
    let (user, sessions, totp) = futures::try_join!(client.me(), client.sessions(), client.totp_status())?;
    let device = |session: account_api::Session| AccountDevice {
        id: session.id,
        name: session.device_name,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        current: session.current,
    };
    Ok(AccountSecurity {
        username: user.username,
        email: user.email,
        devices: sessions.sessions.into_iter().map(device).collect(),
        two_factor: totp.enabled,
        recovery_codes_left: totp.recovery_codes_left,
    })
}

/// Signs another device out. One that is signed out already is fine.
///
/// # Errors
/// As for [`security`].
pub async fn sign_out_device(library: &Library, id: &str) -> Result<()> {
    match client(library)?.end_session(id).await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        answer => Ok(answer.map(drop)?),
    }
}

/// Signs all other devices out.
///
/// # Errors
/// As for [`security`].
pub async fn sign_out_others(library: &Library) -> Result<()> {
    Ok(client(library)?.end_other_sessions().await.map(drop)?)
}

/// Changes the password, which signs all other devices out.
///
/// # Errors
/// `InvalidCredentials` when the current one is wrong, `RegistrationRefused` when the new one is too weak.
pub async fn change_password(library: &Library, current: String, new: String) -> Result<()> {
    let request = PasswordRequest { current_password: current, new_password: new };
    Ok(client(library)?.change_password(&request).await.map(drop)?)
}

/// Changes the e-mail address: at once, or when the link is opened that the service sends there.
///
/// # Errors
/// `InvalidCredentials` when the password is wrong, `RegistrationRefused` when another account has the address.
pub async fn change_email(library: &Library, email: String, password: String) -> Result<EmailChange> {
    let answer = client(library)?.change_email(&EmailRequest { email, password }).await?;
    Ok(EmailChange { message: answer.message, confirmed: answer.confirmed })
}

/// Removes the account and all of it, on the service. Nothing is removed from this computer.
///
/// # Errors
/// `InvalidCredentials` when the password is wrong; `CodeRequired` and `CodeInvalid`. Then nothing was removed.
pub async fn remove(library: &Library, password: String, code: Option<String>) -> Result<()> {
    let (totp_code, recovery_code) = which_code(code);
    let request = RemoveAccountRequest { password, totp_code, recovery_code };
    Ok(client(library)?.remove_account(&request).await.map(drop)?)
}

/// How people come by an account of a service.
///
/// # Errors
/// What is wrong with the address, or what keeps the service from being reached.
pub async fn registration(service: &str) -> Result<Registration> {
    let health = health(&ServiceAddress::parse(service)?).await?;
    Ok(match health.registration {
        None | Some(account_api::Registration::Open) => Registration::Open,
        Some(account_api::Registration::Invitation) => Registration::Invitation,
        Some(account_api::Registration::Closed) => Registration::Closed,
    })
}

/// Begins to switch the second factor on.
///
/// # Errors
/// `InvalidCredentials` when the password is wrong.
pub async fn begin_two_factor(library: &Library, password: String) -> Result<TwoFactorSetup> {
    let enrolment = client(library)?.enrol_totp(&PasswordCheck { password }).await?;
    let (qr_path, qr_size) = qr(&enrolment.otpauth_uri)?;
    Ok(TwoFactorSetup { secret: enrolment.secret, otpauth_uri: enrolment.otpauth_uri, qr_path, qr_size })
}

/// Switches the second factor on, and gives the recovery codes, this one time.
///
/// # Errors
/// `CodeInvalid` when the code is wrong.
pub async fn confirm_two_factor(library: &Library, code: String) -> Result<Vec<String>> {
    Ok(client(library)?.confirm_totp(&TotpConfirmRequest { code }).await?.recovery_codes)
}

/// Switches the second factor off.
///
/// # Errors
/// `InvalidCredentials` when the password is wrong.
pub async fn end_two_factor(library: &Library, password: String) -> Result<()> {
    Ok(client(library)?.disable_totp(&PasswordCheck { password }).await.map(drop)?)
}

/// New recovery codes in place of all earlier ones.
///
/// # Errors
/// `InvalidCredentials` when the password is wrong.
pub async fn new_recovery_codes(library: &Library, password: String) -> Result<Vec<String>> {
    Ok(client(library)?.new_recovery_codes(&PasswordCheck { password }).await?.recovery_codes)
}

/// Sets a new password with a recovery code, for somebody who is signed in nowhere.
///
/// # Errors
/// `InvalidCredentials`, `RegistrationRefused` when the new password is too weak, or what is wrong with the address.
pub async fn recover(form: RecoveryForm) -> Result<()> {
    let address = ServiceAddress::parse(&form.service)?;
    auth::check(&address).await?;
    let request = RecoverWithCodeRequest {
        account: form.account,
        recovery_code: form.recovery_code,
        new_password: form.new_password,
    };
    Ok(auth::recover_with_code(&address, &request).await.map(drop)?)
}

/// Asks the service for a mail with a link that sets a new password, and gives what it says to that.
///
/// # Errors
/// `ServiceFailed` with what else there is, when the service sends no mail; or what is wrong with the address.
pub async fn request_mail(service: &str, account: String) -> Result<String> {
    let address = ServiceAddress::parse(service)?;
    auth::check(&address).await?;
    let MessageResponse { message } = auth::request_recovery(&address, &RecoveryRequest { account }).await?;
    Ok(message)
}

fn client(library: &Library) -> Result<&Client> {
    match library.place.kind {
        PlaceKind::Account => Ok(&library.client),
        PlaceKind::ThisComputer | PlaceKind::Bucket => {
            Err(EngineError::new(ErrorKind::InvalidInput, messages::Account::None))
        }
    }
}

/// A QR code's dark modules as the `d` of an SVG path, row by row, and the modules on each side.
fn qr(text: &str) -> Result<(String, u32)> {
    use std::fmt::Write;
    let code = QRBuilder::new(text).build().map_err(|error| {
        tracing::error!(%error, "a QR code can't be made");
        EngineError::fault()
    })?;
    let mut path = String::new();
    for y in 0..code.size {
        let row = &code[y];
        let mut x = 0;
        while x < code.size {
            let dark = row[x..code.size].iter().take_while(|module| module.value()).count();
            if dark > 0 {
                // Writing to a string never fails.
                let _ = write!(path, "M{x} {y}h{dark}v1h-{dark}z");
            }
            x += dark.max(1);
        }
    }
    Ok((path, u32::try_from(code.size).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_has_its_three_corners() {
        let (path, size) = qr("otpauth://totp/Image%20Manager:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert!(size > 21 && (size - 17) % 4 == 0, "{size}");
        // Each corner begins with a line of seven dark modules (ISO/IEC 18004, section 6.3.3).
        for corner in ["M0 0h7v1".to_owned(), format!("M{} 0h7v1", size - 7), format!("M0 {}h7v1", size - 7)] {
            assert!(path.contains(&corner), "{corner} in {path}");
        }
    }
}
