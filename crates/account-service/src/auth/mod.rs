//! Who is calling: passwords, access tokens, sessions, second factors, and ways back in.

mod access_token;
mod accounts;
mod address;
mod caller;
mod common;
mod devices;
mod invitations;
mod look_alike;
#[cfg_attr(not(feature = "hosted"), allow(dead_code, reason = "inside the app nothing sends mails"))]
mod mails;
#[cfg(feature = "hosted")]
mod outgoing;
mod password;
mod pending;
mod recovery;
mod recovery_codes;
mod removal;
mod sealing;
mod second_factor;
mod session;
mod spelling;
mod totp;
mod users;
mod written_code;

pub use access_token::AccessTokens;
pub use accounts::{add, change_password, local_person, local_user, log_in, register, wire_user};
pub use address::{change as change_email, confirm as confirm_email};
pub use caller::Caller;
pub use devices::{end_all, end_one, end_others, list};
pub use invitations::{Invitation, invite};
pub use look_alike::note_all as note_looks;
pub use mails::{MailRequest, MailRequests};
#[cfg(feature = "hosted")]
pub use outgoing::send_mails;
pub use password::Passwords;
pub use recovery::{ResetLink, reset, reset_link, with_code};
pub use removal::{clear as clear_removed, remove_any, remove_own};
pub use sealing::{Sealing, seal_all};
pub use second_factor::{confirm, disable, enrol, new_recovery_codes, status};
pub use session::{end, refresh};
pub use spelling::key as name_key;
pub use users::by_name;
