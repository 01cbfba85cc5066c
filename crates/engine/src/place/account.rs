//! *An account*: somebody's account service.

use std::path::Path;
use std::sync::Arc;

use account_api::AuthResponse;
use futures::future::BoxFuture;
use secrecy::SecretString;

use crate::Result;
use crate::secrets::{SecretName, Vault};
use crate::service::{Client, ClientOptions, RefreshTokens, RetryPolicy, ServiceAddress, StoredSession};
use crate::settings::SavedPlace;

/// The name of an account's refresh token in the vault.
pub(super) fn token_name(place_id: &str) -> SecretName {
    SecretName::RefreshToken { place: place_id.to_owned() }
}

/// Whether what a person typed is a code of an authenticator app, or else a recovery code. Those have 16 characters.
pub(crate) fn which_code(typed: Option<String>) -> (Option<String>, Option<String>) {
    let Some(code) = typed.filter(|code| !code.trim().is_empty()) else { return (None, None) };
    let characters: Vec<char> = code.chars().filter(|c| c.is_alphanumeric()).collect();
    let from_an_app = characters.len() <= 8 && characters.iter().all(char::is_ascii_digit);
    if from_an_app { (Some(code), None) } else { (None, Some(code)) }
}

/// What the settings keep of an account.
pub(super) fn saved(address: &ServiceAddress, session: &AuthResponse) -> SavedPlace {
    SavedPlace::Account {
        service: address.to_string(),
        user_id: session.user.id.clone(),
        username: session.user.username.clone(),
    }
}

/// A client of an account, whose refresh token is in the vault.
pub(super) fn client(address: ServiceAddress, place_id: &str, vault: &Vault, library_dir: &Path) -> Result<Client> {
    let tokens = VaultToken { vault: vault.clone(), name: token_name(place_id) };
    let lock = library_dir.join("session.lock");
    let session = StoredSession::new(address.clone(), RetryPolicy::default(), Arc::new(tokens), lock)?;
    Client::new(ClientOptions { address, tokens: Arc::new(session), retry: RetryPolicy::default(), links_at: None })
}

/// The refresh token, as the vault keeps it.
struct VaultToken {
    vault: Vault,
    name: SecretName,
}

impl RefreshTokens for VaultToken {
    fn newest(&self) -> BoxFuture<'_, Result<Option<SecretString>>> {
        Box::pin(self.vault.get(&self.name))
    }

    fn keep(&self, token: SecretString) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.vault.set(&self.name, token).await.map(drop) })
    }

    fn forget(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.vault.remove(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::which_code;

    #[test]
    fn six_digits_are_an_apps_and_anything_else_is_a_recovery_code() {
        let which = |typed: &str| {
            let (totp, recovery) = which_code(Some(typed.to_owned()));
            (totp.is_some(), recovery.is_some())
        };
        assert_eq!(which("123456"), (true, false));
        assert_eq!(which(" 123 456 "), (true, false));
        assert_eq!(which("0123-4567-8901-2345"), (false, true));
        assert_eq!(which("ab12-cd34-ef56-gh78"), (false, true));
        assert_eq!(which("  "), (false, false));
        assert_eq!(which_code(None), (None, None));
    }
}
