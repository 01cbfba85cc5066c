//! Opening a session.

use std::time::Duration;

use account_api::{
    AuthResponse, ErrorCode, LoginRequest, MessageResponse, RecoverWithCodeRequest, RecoveryRequest, RegisterRequest,
    route,
};
use reqwest::Method;
use serde::de::IgnoredAny;

use super::ServiceAddress;
use super::call::Call;
use super::failure::ServiceError;
use super::transport::{RetryPolicy, Transport};
use crate::{EngineError, ErrorKind};

/// Hashing a password takes its time, and there may be a queue.
const SIGNING_IN: Duration = Duration::from_secs(60);

/// Makes an account and signs in.
///
/// # Errors
/// `RegistrationRefused` with the service's reason, or what keeps the service from being reached.
pub async fn register(address: &ServiceAddress, request: &RegisterRequest) -> Result<AuthResponse, ServiceError> {
    let transport = transport(address)?;
    let call = Call::new(Method::POST, address.route(route::REGISTER, &[])).json(request)?.within(SIGNING_IN).once();
    transport.send(&call, None).await
}

/// Signs in.
///
/// # Errors
/// `InvalidCredentials`, `CodeRequired` and `CodeInvalid`, or what keeps the service from being reached.
pub async fn login(address: &ServiceAddress, request: &LoginRequest) -> Result<AuthResponse, ServiceError> {
    let transport = transport(address)?;
    let call = Call::new(Method::POST, address.route(route::LOGIN, &[])).json(request)?.within(SIGNING_IN).once();
    transport.send(&call, None).await
}

/// Sets a new password with a recovery code.
///
/// # Errors
/// `InvalidCredentials`, `RegistrationRefused`, or what keeps the service from being reached.
pub async fn recover_with_code(
    address: &ServiceAddress,
    request: &RecoverWithCodeRequest,
) -> Result<MessageResponse, ServiceError> {
    let transport = transport(address)?;
    let url = address.route(route::RECOVERY_CODE, &[]);
    let call = Call::new(Method::POST, url).json(request)?.within(SIGNING_IN).once();
    transport.send(&call, None).await
}

/// Asks for a mail that lets one set a new password.
///
/// # Errors
/// `ServiceFailed` when the service sends no mail, or what keeps it from being reached.
pub async fn request_recovery(
    address: &ServiceAddress,
    request: &RecoveryRequest,
) -> Result<MessageResponse, ServiceError> {
    let transport = transport(address)?;
    let call = Call::new(Method::POST, address.route(route::RECOVERY, &[])).json(request)?.once();
    transport.send(&call, None).await
}

/// Makes sure that an account service answers there, before a password is sent: asked who we are without a token, it
/// says in its own words that it doesn't know.
///
/// # Errors
/// What is wrong with the address, or what keeps it from being reached.
pub async fn check(address: &ServiceAddress) -> Result<(), ServiceError> {
    let call = Call::new(Method::GET, address.route(route::ME, &[])).within(Duration::from_secs(15));
    match transport(address)?.send::<IgnoredAny>(&call, None).await {
        Err(error) if error.code() == Some(ErrorCode::Unauthorized) => Ok(()),
        Err(error) => Err(error),
        Ok(_) => {
            let message = messages::Service::NoService { address: address.to_string() };
            Err(EngineError::new(ErrorKind::ServiceFailed, message).into())
        }
    }
}

fn transport(address: &ServiceAddress) -> Result<Transport, ServiceError> {
    // The person waits: one more try is enough to tell a hiccup from an outage.
    let retry = RetryPolicy { repeats: 1, ..RetryPolicy::default() };
    Ok(Transport::new(address.clone(), retry)?)
}
