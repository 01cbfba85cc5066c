//! Thumbnails go to the store after their pictures are verified. One that can't be sent now stays owed, in the ledger.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use account_api::{CompleteItem, CompleteOutcome, PresignedPut};
use bytes::Bytes;
use catalogue::table::upload;
use futures::StreamExt as _;
use tokio::sync::{Notify, mpsc};

use super::body::{Content, Counter};
use super::deliver::Permit;
use super::digest::content_md5;
use super::patience::Patience;
use super::turns::Rank;
use super::worker::Shared;

/// How many thumbnails wait in memory; then pictures wait, too.
const WAITING: usize = 128;

/// How many are on their way at a time, most of them waiting for a seat or for their confirmation.
const AT_ONCE: usize = 64;

/// How many debts are looked at together.
const PAGE: usize = 100;

/// A thumbnail to send.
pub(super) struct ThumbnailJob {
    /// The row that owes it.
    pub(super) row: u32,
    /// That row's place in the queue.
    pub(super) rank: Arc<Rank>,
    /// The picture.
    pub(super) image_id: String,
    /// Where and how.
    pub(super) put: PresignedPut,
    /// The encoded file.
    pub(super) bytes: Bytes,
    /// MD5 of the bytes in base64.
    pub(super) content_md5: String,
}

/// The way of thumbnails out; counts those under way.
#[derive(Clone)]
pub(super) struct Outbox {
    jobs: mpsc::Sender<ThumbnailJob>,
    under_way: Arc<AtomicUsize>,
    emptied: Arc<Notify>,
}

impl Outbox {
    /// The outbox, and what [`send_all`] takes from it.
    pub(super) fn new() -> (Self, mpsc::Receiver<ThumbnailJob>) {
        let (jobs, incoming) = mpsc::channel(WAITING);
        (Self { jobs, under_way: Arc::default(), emptied: Arc::default() }, incoming)
    }

    /// Hands one over.
    pub(super) async fn send(&self, job: ThumbnailJob) {
        self.under_way.fetch_add(1, Ordering::AcqRel);
        if self.jobs.send(job).await.is_err() {
            self.done();
        }
    }

    fn done(&self) {
        if self.under_way.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.emptied.notify_waiters();
        }
    }

    /// Waits until none is under way.
    pub(super) async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.under_way.load(Ordering::Acquire) == 0 {
                return;
            }
            emptied.await;
        }
    }
}

/// Sends what comes, several at a time.
pub(super) async fn send_all(shared: Arc<Shared>, incoming: mpsc::Receiver<ThumbnailJob>) {
    let stream =
        futures::stream::unfold(incoming, async |mut incoming| incoming.recv().await.map(|job| (job, incoming)));
    stream
        .for_each_concurrent(AT_ONCE, |job| {
            let shared = Arc::clone(&shared);
            async move {
                send(&shared, job).await;
                shared.thumbnails.done();
            }
        })
        .await;
}

async fn send(shared: &Shared, job: ThumbnailJob) {
    let permit = Permit::new(job.put);
    // Another version of the app may have announced another thumbnail for the same bytes; the store would refuse this one.
    if permit.header("content-md5").is_some_and(|granted| granted != job.content_md5) {
        settle(shared, job.row).await;
        return;
    }
    let content = Content::Memory(job.bytes);
    match shared.road.deliver(&job.rank, &permit, &content, &Counter::default(), &mut Patience::default()).await {
        Ok(_) => match shared.confirm_thumbnails.ask(job.image_id).await {
            Some(true) => settle(shared, job.row).await,
            Some(false) => tracing::warn!(row = job.row, "the store doesn't have a thumbnail that it took"),
            None => {}
        },
        Err(error) => tracing::warn!(row = job.row, ?error, "a thumbnail could not be sent; it is tried again later"),
    }
}

async fn settle(shared: &Shared, row: u32) {
    shared.write(move |conn| upload::thumbnail_done(conn, &[row])).await;
}

/// Sends what earlier runs still owed: completing again gives the URL.
pub(super) async fn pay_debts(shared: Arc<Shared>) {
    let mut after = 0;
    loop {
        let Some(rows) = shared.read(move |conn| upload::owed_thumbnails(conn, after, PAGE)).await else { return };
        let Some(last) = rows.last() else { return };
        after = last.id;
        let items = rows.iter().filter_map(|row| row.upload_id.clone());
        let items: Vec<_> = items.map(|upload_id| CompleteItem { upload_id, parts: Vec::new() }).collect();
        let Ok(results) = shared.account.complete(items).await else { return };
        for row in rows {
            let result = results.iter().find(|result| Some(&result.upload_id) == row.upload_id.as_ref());
            let owed = match result.map(|result| &result.outcome) {
                Some(CompleteOutcome::Verified { image, thumbnail: Some(put) }) => Some((image, put)),
                _ => None,
            };
            let Some((image, put)) = owed else {
                settle(&shared, row.id).await;
                continue;
            };
            match shared.context.session.thumbs.get(&image.sha256).await {
                Ok(Some(kept)) => {
                    let bytes = Bytes::from(kept.bytes);
                    let content_md5 = content_md5(&bytes);
                    let rank = Rank::new(row.id, row.position);
                    let (image_id, put) = (image.id.clone(), put.clone());
                    let job = ThumbnailJob { row: row.id, rank, image_id, put, bytes, content_md5 };
                    shared.thumbnails.send(job).await;
                }
                // Gone with the cache; whoever shows the picture next makes another one.
                _ => settle(&shared, row.id).await,
            }
        }
    }
}
