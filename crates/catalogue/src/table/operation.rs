//! Making operations, and settling them once the account has answered. Those in between [wait](super::waiting).

mod inverse;
mod make;
mod settle;

pub(super) use make::make_noting;
pub use make::{Made, make};
pub use settle::{Refused, Settled, settle};
