//! What the test and the proxy's connections share: orders, and what happened.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::fault::{Fault, When};

/// A request that went through, or tried to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// `PUT`, `GET`…
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Bytes of the request's body that were handed on to the server.
    pub body_bytes: u64,
    /// The status that the client was sent; `None` when the connection broke before that.
    pub status: Option<u16>,
    /// The status that the server gave, which the client may not have got to see.
    pub server_status: Option<u16>,
    /// What was done to it.
    pub fault: Option<Fault>,
}

/// What connections and the test share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) upstream: String,
    pub(super) script: Mutex<Script>,
    pub(super) progress: watch::Sender<Progress>,
    /// Counts up when every connection has to break.
    pub(super) broken: watch::Sender<u64>,
    /// Counts up when stalled connections may go on.
    pub(super) released: watch::Sender<u64>,
    /// Whether connections are kept, and closed in the moment in which they are used again.
    pub(super) closes_on_reuse: AtomicBool,
}

#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) rules: VecDeque<Rule>,
    pub(super) exchanges: Vec<Exchange>,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) when: When,
    pub(super) fault: Fault,
    /// How often it still applies; `None` means always.
    pub(super) left: Option<usize>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Progress {
    pub(super) arrived: usize,
    pub(super) finished: usize,
    pub(super) stalled: usize,
    /// Requests on connections that were closed in that moment.
    pub(super) lost: usize,
    /// Of bodies, handed on to the server.
    pub(super) bytes: u64,
    pub(super) most_at_once: usize,
}

impl Shared {
    pub(super) fn closes_on_reuse(&self) -> bool {
        self.closes_on_reuse.load(Ordering::Relaxed)
    }

    pub(super) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault for a request, if one is ordered. The oldest order that fits wins.
    pub(super) fn fault_for(&self, method: &str, target: &str) -> Option<Fault> {
        let mut script = self.script();
        let place = script.rules.iter().position(|rule| rule.when.fits(method, target))?;
        let rule = &mut script.rules[place];
        let fault = rule.fault.clone();
        match &mut rule.left {
            Some(left) if *left > 1 => *left -= 1,
            Some(_) => drop(script.rules.remove(place)),
            None => {}
        }
        Some(fault)
    }
}
