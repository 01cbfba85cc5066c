//! Who is calling: passwords, access tokens, sessions, second factors, and ways back in.

mod access_token;
mod accounts;
mod caller;
mod common;
mod devices;
mod password;
mod recovery;
mod recovery_codes;
mod second_factor;
mod session;
mod totp;

pub use access_token::AccessTokens;
pub use accounts::{add, by_name, change_password, local_person, local_user, log_in, register, wire_user};
pub use caller::Caller;
pub use devices::{end_all, end_one, end_others, list};
pub use password::Passwords;
pub use recovery::{MailRequests, ResetLink, reset, reset_link, send_mails, with_code};
pub use second_factor::{confirm, disable, enrol, new_recovery_codes, status};
pub use session::{end, refresh};
