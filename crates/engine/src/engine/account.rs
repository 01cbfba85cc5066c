//! The account that the library lives in, and those that are to be made or opened again.

use super::Engine;
use crate::view::{AccountSecurity, AppState, EmailChange, RecoveryForm, Registration, TwoFactorSetup};
use crate::{Result, account};
use futures::FutureExt;

impl Engine {
    /// The account that the library lives in: its devices and how it is opened.
    pub async fn account_security(&self) -> Result<AccountSecurity> {
        account::security(&*self.library().await?).await
    }

    /// Signs another device out.
    pub async fn sign_out_device(&self, id: &str) -> Result<()> {
        account::sign_out_device(&*self.library().await?, id).await
    }

    /// Signs all other devices out.
    pub async fn sign_out_others(&self) -> Result<()> {
        account::sign_out_others(&*self.library().await?).await
    }

    /// Changes the account's password, which signs all other devices out.
    pub async fn change_password(&self, current: String, new: String) -> Result<()> {
        account::change_password(&*self.library().await?, current, new).await
    }

    /// Changes the e-mail address: at once, or when the link is opened that the service sends there.
    pub async fn change_email(&self, email: String, password: String) -> Result<EmailChange> {
        account::change_email(&*self.library().await?, email, password).await
    }

    /// Removes the account and all of it, on the service, and leaves the place. Nothing is removed from this computer.
    pub async fn remove_account(&self, password: String, code: Option<String>) -> Result<AppState> {
        account::remove(&*self.library().await?, password, code).await?;
        self.host.change_place(|host| async move { host.places.account_removed().await }.boxed()).await
    }

    /// How people come by an account of a service. Needs no place.
    pub async fn registration(&self, service: &str) -> Result<Registration> {
        account::registration(service).await
    }

    /// Begins to switch the second factor on.
    pub async fn begin_two_factor(&self, password: String) -> Result<TwoFactorSetup> {
        account::begin_two_factor(&*self.library().await?, password).await
    }

    /// Switches the second factor on; gives the recovery codes, which are never shown again.
    pub async fn confirm_two_factor(&self, code: String) -> Result<Vec<String>> {
        account::confirm_two_factor(&*self.library().await?, code).await
    }

    /// Switches the second factor off.
    pub async fn end_two_factor(&self, password: String) -> Result<()> {
        account::end_two_factor(&*self.library().await?, password).await
    }

    /// New recovery codes, which are never shown again, in place of all earlier ones.
    pub async fn new_recovery_codes(&self, password: String) -> Result<Vec<String>> {
        account::new_recovery_codes(&*self.library().await?, password).await
    }

    /// Sets a new password of an account with a recovery code. Needs no place.
    pub async fn recover_account(&self, form: RecoveryForm) -> Result<()> {
        account::recover(form).await
    }

    /// Asks a service for a mail that lets one set a new password; gives what it says. Needs no place.
    pub async fn request_recovery_mail(&self, service: &str, account: String) -> Result<String> {
        account::request_mail(service, account).await
    }
}
