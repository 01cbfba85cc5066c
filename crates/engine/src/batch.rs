//! Many callers, few requests: what is asked while a request is out goes with the next one, up to a limit. A batch also waits
//! a little for those who are known to be about to ask; when nobody is, it waits for nobody.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

/// Questions that are answered a batch at a time.
pub(crate) struct Batcher<Q, A> {
    questions: mpsc::Sender<Asked<Q, A>>,
    coming: Arc<Coming>,
}

impl<Q, A> Clone for Batcher<Q, A> {
    fn clone(&self) -> Self {
        Self { questions: self.questions.clone(), coming: Arc::clone(&self.coming) }
    }
}

/// How many are about to ask.
#[derive(Default)]
struct Coming {
    number: AtomicUsize,
    none: Notify,
}

impl Coming {
    fn none(&self) -> bool {
        self.number.load(Ordering::Acquire) == 0
    }
}

/// Somebody who is about to ask, until this is dropped.
pub(crate) struct OnTheWay(Arc<Coming>);

impl Drop for OnTheWay {
    fn drop(&mut self) {
        if self.0.number.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.none.notify_one();
        }
    }
}

/// How long a batch waits for those who are about to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gather {
    /// Also when nobody is known to come.
    pub(crate) least: Duration,
    /// However many are still to come.
    pub(crate) most: Duration,
    /// So many are worth a request of their own.
    pub(crate) enough: usize,
}

impl Gather {
    /// For nobody.
    pub(crate) const NOT: Self = Self::up_to(Duration::ZERO);

    /// At most so long, and only while somebody is to come.
    pub(crate) const fn up_to(most: Duration) -> Self {
        Self { least: Duration::ZERO, most, enough: 64 }
    }
}

/// A question, and where its answer goes.
pub(crate) struct Asked<Q, A> {
    /// What is asked.
    pub(crate) question: Q,
    answer: oneshot::Sender<A>,
}

impl<Q, A> Asked<Q, A> {
    /// Answers. False when whoever asked has gone away.
    pub(crate) fn answer(self, answer: A) -> bool {
        self.answer.send(answer).is_ok()
    }

    /// Takes question and way back apart.
    pub(crate) fn split(self) -> (Q, Answer<A>) {
        (self.question, Answer(self.answer))
    }
}

/// Where one answer goes.
pub(crate) struct Answer<A>(oneshot::Sender<A>);

impl<A> Answer<A> {
    /// Answers. False when whoever asked has gone away.
    pub(crate) fn give(self, answer: A) -> bool {
        self.0.send(answer).is_ok()
    }
}

/// What was asked, to be worked off.
pub(crate) struct Incoming<Q, A> {
    questions: mpsc::Receiver<Asked<Q, A>>,
    coming: Arc<Coming>,
    limit: usize,
    gather: Gather,
}

impl<Q, A> Incoming<Q, A> {
    /// Hands batches to `work`, one after the other, until there is no asking end any more.
    pub(crate) async fn run<F: Future<Output = ()>>(mut self, mut work: impl FnMut(Vec<Asked<Q, A>>) -> F) {
        loop {
            let mut batch = Vec::new();
            if self.questions.recv_many(&mut batch, self.limit).await == 0 {
                return;
            }
            self.gather(&mut batch).await;
            work(batch).await;
        }
    }

    async fn gather(&mut self, batch: &mut Vec<Asked<Q, A>>) {
        let begun = Instant::now();
        while batch.len() < self.limit.min(self.gather.enough) {
            let wait = if self.coming.none() { self.gather.least } else { self.gather.most };
            if begun.elapsed() >= wait {
                break;
            }
            tokio::select! {
                some = self.questions.recv_many(batch, self.limit - batch.len()) => if some == 0 { break },
                () = self.coming.none.notified() => {}
                () = sleep_until(begun + wait) => {}
            }
        }
        // Whoever has asked is on the way no more; what was asked meanwhile is there.
        while batch.len() < self.limit
            && let Ok(asked) = self.questions.try_recv()
        {
            batch.push(asked);
        }
    }
}

impl<Q: Send + 'static, A: Send + 'static> Batcher<Q, A> {
    /// The asking end, and the one that works off batches of at most `limit`.
    pub(crate) fn new(limit: usize, gather: Gather) -> (Self, Incoming<Q, A>) {
        let (questions, incoming) = mpsc::channel(limit);
        let coming = Arc::new(Coming::default());
        (Self { questions, coming: Arc::clone(&coming) }, Incoming { questions: incoming, coming, limit, gather })
    }

    /// Announces somebody who is about to ask.
    pub(crate) fn on_the_way(&self) -> OnTheWay {
        self.coming.number.fetch_add(1, Ordering::AcqRel);
        OnTheWay(Arc::clone(&self.coming))
    }

    /// Asks and waits; `None` when the loop has ended.
    pub(crate) async fn ask(&self, question: Q) -> Option<A> {
        self.arrive(question, None).await
    }

    /// The same for somebody who was announced.
    pub(crate) async fn arrive(&self, question: Q, on_the_way: Option<OnTheWay>) -> Option<A> {
        let (answer, answered) = oneshot::channel();
        self.questions.send(Asked { question, answer }).await.ok()?;
        drop(on_the_way);
        answered.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn what_is_asked_meanwhile_goes_together() {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sizes);
        let (batcher, incoming) = Batcher::new(8, Gather::NOT);
        let run = incoming.run(move |batch: Vec<Asked<u32, u32>>| {
            seen.lock().unwrap().push(batch.len());
            async move {
                // Lets the others ask.
                tokio::task::yield_now().await;
                batch.into_iter().for_each(|asked| {
                    let doubled = asked.question * 2;
                    asked.answer(doubled);
                });
            }
        });
        let run = tokio::spawn(run);
        let answers = futures::future::join_all((0..20).map(|n| batcher.ask(n))).await;
        assert_eq!(answers, (0..20).map(|n| Some(n * 2)).collect::<Vec<_>>());
        let sizes = std::mem::take(&mut *sizes.lock().unwrap());
        assert!(sizes.len() < 20 && sizes.iter().all(|size| *size <= 8), "{sizes:?}");
        drop(batcher);
        run.await.unwrap();
    }

    #[tokio::test]
    async fn a_batch_waits_for_those_who_are_on_the_way_and_for_nobody_else() {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sizes);
        let (batcher, incoming) = Batcher::new(8, Gather::up_to(Duration::from_secs(600)));
        let run = incoming.run(move |batch: Vec<Asked<u32, ()>>| {
            seen.lock().unwrap().push(batch.len());
            async move { batch.into_iter().for_each(|asked| assert!(asked.answer(()))) }
        });
        let run = tokio::spawn(run);
        let (first, second, nobody) = (batcher.on_the_way(), batcher.on_the_way(), batcher.on_the_way());
        let late = async {
            tokio::task::yield_now().await;
            tokio::join!(batcher.arrive(2, Some(second)), async {
                tokio::task::yield_now().await;
                drop(nobody);
            })
        };
        tokio::join!(batcher.arrive(1, Some(first)), late);
        assert_eq!(*sizes.lock().unwrap(), [2]);
        assert_eq!(batcher.ask(3).await, Some(()));
        assert_eq!(*sizes.lock().unwrap(), [2, 1]);
        // However many are on the way, a full one goes.
        let _more = batcher.on_the_way();
        futures::future::join_all((0..8).map(|n| batcher.ask(n))).await;
        assert_eq!(*sizes.lock().unwrap(), [2, 1, 8]);
        drop(batcher);
        run.await.unwrap();
    }
}
