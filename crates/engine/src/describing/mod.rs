//! Descriptions: the kind of job ([`crate::jobs`]) that has an AI describe a picture. Each answer is kept in the same transaction
//! that ends its job, here and on the account.

mod answer;
mod controls;
mod cost;
mod failure;
mod progress;
mod waits;

use std::sync::Arc;

use catalogue::table::job::Kind;
use describe::{Endpoint, Price};
use futures::future::BoxFuture;

use crate::Result;
use crate::jobs::{Home, Jobs};

pub(crate) use controls::{
    cancel, checked_prompt, clear_finished, describe_all, describe_one, describe_wanted, enqueue, failures, finish,
    go_on, retry, retry_group, set_paused, settings_changed, uncancel, wanted,
};
pub use cost::dollars;
pub(crate) use cost::{Budget, estimate, usage};
pub(crate) use progress::{list, progress};
use waits::Waits;

/// Tells who is asked for descriptions: settings and the sealed key, read anew for each picture.
pub type WhomToAsk = Arc<dyn Fn() -> BoxFuture<'static, Result<Asked>> + Send + Sync>;

/// Who is asked, and what that may cost.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Host, model and key.
    pub endpoint: Endpoint,
    /// The person's own price, else the usual one; none when nobody knows it.
    pub price: Option<Price>,
    /// The most that a month may cost, in millionths of a US dollar.
    pub monthly_cap: Option<u64>,
}

/// Pictures that are described at the same time.
const AT_ONCE: usize = 2;

/// The longest side of what the AI is sent, in pixels.
const LONGEST_SIDE: u32 = 1024;

/// The descriptions of one library.
pub struct Describing {
    pub(crate) whom: WhomToAsk,
    jobs: Arc<Jobs>,
    waits: Waits,
}

impl Describing {
    pub(crate) fn new(whom: WhomToAsk, home: Home) -> Self {
        Self { whom, jobs: Arc::new(Jobs::new(Kind::Describe, AT_ONCE, home)), waits: Waits::default() }
    }

    /// Waits until background work has given back what it had. The library's token has been cancelled.
    pub(crate) async fn close(&self) {
        self.jobs.close().await;
    }
}
