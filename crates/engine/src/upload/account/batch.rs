//! Many callers, few requests: what is asked while a request is out goes with the next one, up to a limit. Nobody waits
//! for a batch to fill.

use std::future::Future;

use tokio::sync::{mpsc, oneshot};

/// Questions that are answered a batch at a time.
pub(in crate::upload) struct Batcher<Q, A> {
    questions: mpsc::Sender<Asked<Q, A>>,
}

impl<Q, A> Clone for Batcher<Q, A> {
    fn clone(&self) -> Self {
        Self { questions: self.questions.clone() }
    }
}

/// A question, and where its answer goes.
pub(in crate::upload) struct Asked<Q, A> {
    /// What is asked.
    pub(in crate::upload) question: Q,
    answer: oneshot::Sender<A>,
}

impl<Q, A> Asked<Q, A> {
    /// Answers. False when whoever asked has gone away.
    pub(in crate::upload) fn answer(self, answer: A) -> bool {
        self.answer.send(answer).is_ok()
    }

    /// Takes question and way back apart.
    pub(in crate::upload) fn split(self) -> (Q, Answer<A>) {
        (self.question, Answer(self.answer))
    }
}

/// Where one answer goes.
pub(in crate::upload) struct Answer<A>(oneshot::Sender<A>);

impl<A> Answer<A> {
    /// Answers. False when whoever asked has gone away.
    pub(in crate::upload) fn give(self, answer: A) -> bool {
        self.0.send(answer).is_ok()
    }
}

/// What was asked, to be worked off.
pub(in crate::upload) struct Incoming<Q, A> {
    questions: mpsc::Receiver<Asked<Q, A>>,
    limit: usize,
}

impl<Q, A> Incoming<Q, A> {
    /// Hands batches to `work`, one after the other, until there is no asking end any more.
    pub(in crate::upload) async fn run<F: Future<Output = ()>>(mut self, mut work: impl FnMut(Vec<Asked<Q, A>>) -> F) {
        loop {
            let mut batch = Vec::new();
            if self.questions.recv_many(&mut batch, self.limit).await == 0 {
                return;
            }
            work(batch).await;
        }
    }
}

impl<Q: Send + 'static, A: Send + 'static> Batcher<Q, A> {
    /// The asking end, and the one that works off batches of at most `limit`.
    pub(in crate::upload) fn new(limit: usize) -> (Self, Incoming<Q, A>) {
        let (questions, incoming) = mpsc::channel(limit);
        (Self { questions }, Incoming { questions: incoming, limit })
    }

    /// Asks and waits; `None` when the loop has ended.
    pub(in crate::upload) async fn ask(&self, question: Q) -> Option<A> {
        let (answer, answered) = oneshot::channel();
        self.questions.send(Asked { question, answer }).await.ok()?;
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
        let (batcher, incoming) = Batcher::new(8);
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
}
