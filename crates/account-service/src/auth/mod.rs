//! Who is calling: passwords, access tokens, sessions.

mod access_token;
mod accounts;
mod caller;
mod password;
mod session;

pub use access_token::AccessTokens;
pub use accounts::{local_person, local_user, log_in, register, wire_user};
pub use caller::Caller;
pub use password::Passwords;
pub use session::{end, refresh};
