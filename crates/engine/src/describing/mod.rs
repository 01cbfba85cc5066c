//! Batches of descriptions: a few pictures at a time, each result kept at once, here and on the account.

mod failure;
mod one;
mod queue;

use std::sync::Arc;

use describe::Endpoint;
use futures::future::BoxFuture;

use crate::Result;

pub(crate) use one::describe_one;
pub use queue::Describing;
pub(crate) use queue::checked_prompt;

/// Tells who is asked for descriptions: settings and the sealed key, read anew for each batch.
pub type WhomToAsk = Arc<dyn Fn() -> BoxFuture<'static, Result<Endpoint>> + Send + Sync>;
