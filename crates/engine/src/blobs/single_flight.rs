//! Work that many ask for at once is done once.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use crate::{EngineError, Result};

type Running<V> = Shared<BoxFuture<'static, Result<V>>>;

/// Work in progress by key.
pub(super) struct SingleFlight<K, V> {
    running: Arc<Mutex<HashMap<K, Running<V>>>>,
}

impl<K, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self { running: Arc::default() }
    }
}

impl<K, V> SingleFlight<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Gives what the work for `key` gives: work that is in progress is waited for, otherwise `work` is started. It runs
    /// to its end even when whoever asked goes away: somebody else may be waiting, and what it makes is kept.
    pub(super) async fn run<F>(&self, key: K, work: impl FnOnce() -> F) -> Result<V>
    where
        F: Future<Output = Result<V>> + Send + 'static,
    {
        let running = {
            let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            match all.get(&key) {
                Some(running) => running.clone(),
                None => {
                    let registry = Arc::clone(&self.running);
                    let own = key.clone();
                    let work = work();
                    // The task can't take its entry away before it is there: the registry is locked.
                    let task = tokio::spawn(async move {
                        let value = std::panic::AssertUnwindSafe(work).catch_unwind().await;
                        registry.lock().unwrap_or_else(PoisonError::into_inner).remove(&own);
                        value.unwrap_or_else(|_| Err(EngineError::fault()))
                    });
                    let running: Running<V> =
                        async move { task.await.unwrap_or_else(|_| Err(EngineError::fault())) }.boxed().shared();
                    all.insert(key, running.clone());
                    running
                }
            }
        };
        running.await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn many_who_ask_share_one_run_and_the_next_one_runs_again() {
        let flight = SingleFlight::<u8, u32>::default();
        let runs = Arc::new(AtomicU32::new(0));
        let work = || {
            let runs = Arc::clone(&runs);
            async move {
                tokio::task::yield_now().await;
                Ok(runs.fetch_add(1, Ordering::SeqCst) + 1)
            }
        };
        let all = futures::future::join_all((0..10).map(|_| flight.run(1, work))).await;
        assert_eq!(all, vec![Ok(1); 10]);
        assert_eq!(flight.run(1, work).await, Ok(2));
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_leaves_no_trace() {
        let flight = SingleFlight::<u8, u32>::default();
        let broken = flight.run(1, || async { panic!("on purpose") }).await;
        assert_eq!(broken.unwrap_err().code, crate::ErrorKind::Internal);
        assert_eq!(flight.run(1, || async { Ok(7) }).await, Ok(7));
    }
}
