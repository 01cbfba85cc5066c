//! Numbers about the service's use, for whoever hosts one.

#[cfg(feature = "hosted")]
mod counters;
#[cfg(feature = "hosted")]
mod exposed;
#[cfg(not(feature = "hosted"))]
mod uncounted;

#[cfg(feature = "hosted")]
pub use counters::{Metrics, Raised};
#[cfg(feature = "hosted")]
pub use exposed::Exposed;
#[cfg(not(feature = "hosted"))]
pub use uncounted::{Metrics, Raised};
