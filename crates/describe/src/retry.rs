//! Trying again: for what passes by itself, and within bounds.

use std::future::Future;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable, Sleeper};

use crate::failure::Failure;

/// Most tries of one request.
const TRIES: usize = 4;

/// Runs a request again after "too many requests" and the like, waiting as long as the host asks but no more than
/// `patience` in all; `waits` is told of each wait before it begins. A host that asks for more gets its error reported at
/// once.
pub(crate) async fn with_patience<T, F, R>(
    patience: Duration,
    waits: impl Fn(&Failure, Duration),
    request: F,
) -> Result<T, Failure>
where
    F: FnMut() -> R,
    R: Future<Output = Result<T, Failure>>,
{
    sleeping_by(tokio::time::sleep, patience, waits, request).await
}

async fn sleeping_by<T, F, R, S>(
    sleep: S,
    patience: Duration,
    waits: impl Fn(&Failure, Duration),
    request: F,
) -> Result<T, Failure>
where
    F: FnMut() -> R,
    R: Future<Output = Result<T, Failure>>,
    S: Sleeper,
{
    let mut left = patience;
    let backoff = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(8))
        .with_max_times(TRIES - 1)
        .with_jitter();
    request
        .retry(backoff)
        .sleep(sleep)
        .when(Failure::is_worth_a_retry)
        .adjust(move |failure: &Failure, planned: Option<Duration>| {
            // `None`: all tries are used up.
            let planned = planned?;
            let wait = failure.retry_after().filter(|asked| *asked > Duration::ZERO).unwrap_or(planned);
            left = left.checked_sub(wait)?;
            Some(wait)
        })
        .notify(|failure, wait| {
            tracing::debug!(%failure, ?wait, "asking again");
            waits(failure, wait);
        })
        .await
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use super::*;
    use crate::error_answer::ErrorAnswer;

    fn limited(retry_after: Option<u64>) -> Failure {
        let retry_after = retry_after.map(Duration::from_secs);
        Failure::Answered(Box::new(ErrorAnswer { status: 429, retry_after, ..ErrorAnswer::default() }))
    }

    /// Tries and waits (in seconds) of a request with these outcomes; nothing really sleeps.
    async fn tried(patience: u64, outcome: impl Fn(usize) -> Result<(), Failure>) -> (usize, Vec<u64>, bool) {
        let tries = Cell::new(0);
        let waits = Rc::new(RefCell::new(Vec::new()));
        let slept = Rc::clone(&waits);
        let sleep = move |wait: Duration| {
            slept.borrow_mut().push(wait.as_secs());
            std::future::ready(())
        };
        let told = RefCell::new(Vec::new());
        let waits_are_told = |_: &Failure, wait: Duration| told.borrow_mut().push(wait.as_secs());
        let result = sleeping_by(sleep, Duration::from_secs(patience), waits_are_told, || {
            tries.set(tries.get() + 1);
            std::future::ready(outcome(tries.get()))
        })
        .await;
        assert_eq!(*told.borrow(), *waits.borrow(), "each wait is told");
        (tries.get(), waits.take(), result.is_ok())
    }

    #[tokio::test]
    async fn waits_as_long_as_it_is_asked_to() {
        let outcome = |n| if n < 3 { Err(limited(Some(7))) } else { Ok(()) };
        assert_eq!(tried(20, outcome).await, (3, vec![7, 7], true));
    }

    #[tokio::test]
    async fn patience_ends() {
        assert_eq!(tried(20, |_| Err(limited(Some(7)))).await, (3, vec![7, 7], false));
        assert_eq!(tried(20, |_| Err(limited(Some(3600)))).await, (1, vec![], false));
        assert_eq!(tried(0, |_| Err(limited(None))).await, (1, vec![], false));
    }

    #[tokio::test]
    async fn tries_end_and_waits_grow() {
        let (tries, waits, _) = tried(3600, |_| Err(limited(None))).await;
        assert_eq!(tries, TRIES);
        assert!(waits.is_sorted(), "{waits:?}");
    }

    #[tokio::test]
    async fn what_will_not_pass_is_not_tried_again() {
        assert_eq!(tried(20, |_| Err(Failure::TimedOut { through: None })).await, (1, vec![], false));
    }
}
