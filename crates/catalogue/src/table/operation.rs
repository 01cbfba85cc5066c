//! Making operations, withdrawing those that were not sent, and settling them once the account has answered. Those in between
//! [wait](super::waiting).

mod inverse;
mod make;
mod settle;
mod withdraw;

pub(super) use make::make_noting;
pub use make::{Made, make};
pub use settle::{Refused, Settled, settle};
pub(super) use withdraw::{Withdrawn, are_unsent, withdraw};
