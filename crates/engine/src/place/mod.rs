//! The three places a library can live.
//!
//! All three are used through the same [`Client`](crate::service::Client): *This computer* and *My bucket* run the
//! account service inside this process, *An account* is somebody else's.

mod account;
mod bucket;
mod embedded;
mod folders;
mod known;
mod naming;
mod open_place;
mod places;
mod recovery;

pub(crate) use account::which_code;
pub(crate) use folders::app as prepare_folder;
pub use open_place::OpenPlace;
pub use places::Places;
pub use recovery::{Recovered, Recovery};
