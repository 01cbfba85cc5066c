//! The account that the library lives in: its devices and how it is opened.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AccountSecurity {
    /// The user name.
    pub username: String,
    /// For recovery.
    pub email: String,
    /// The devices that are signed in, the most recently used one first.
    pub devices: Vec<AccountDevice>,
    /// Whether signing in asks for a code of an authenticator app.
    pub two_factor: bool,
    /// How many recovery codes have not been used.
    pub recovery_codes_left: u32,
}

/// How people come by an account of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Registration {
    /// Everybody may register.
    Open,
    /// Whoever has an invitation may register.
    Invitation,
    /// Whoever runs it makes accounts, and nobody else.
    Closed,
}

/// What came of asking for another e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EmailChange {
    /// What happens next, in the service's words.
    pub message: String,
    /// Whether it is the account's address already; else when the link in the mail is opened.
    pub confirmed: bool,
}

/// A device that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AccountDevice {
    /// Names it to the service.
    pub id: String,
    /// What it called itself when it signed in.
    pub name: Option<String>,
    /// When it signed in, in RFC 3339.
    pub created_at: String,
    /// When it last talked to the service, to within ten minutes, in RFC 3339.
    pub last_used_at: String,
    /// Whether it is this one.
    pub current: bool,
}

/// What an authenticator app has to be told.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TwoFactorSetup {
    /// For typing: base32.
    pub secret: String,
    /// The same as an address that authenticator apps open.
    pub otpauth_uri: String,
    /// The address as a QR code: the `d` of an SVG path, one unit a module.
    pub qr_path: String,
    /// Modules on each side, without the quiet zone.
    pub qr_size: u32,
}

/// Setting a new password with a recovery code.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
pub struct RecoveryForm {
    /// The service's address.
    pub service: String,
    /// The user name or the e-mail address.
    pub account: String,
    /// One of the account's recovery codes.
    pub recovery_code: String,
    /// The password from now on.
    pub new_password: String,
}

/// Leaves out the secret.
impl std::fmt::Debug for TwoFactorSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TwoFactorSetup").finish_non_exhaustive()
    }
}
