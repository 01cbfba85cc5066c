//! Thumbnails go to the store after their pictures are verified. One that can't be sent now stays owed, in the ledger.

use std::sync::Arc;

use account_api::{CompleteItem, CompleteOutcome};
use bytes::Bytes;
use catalogue::Connection;
use catalogue::table::{picture, upload};
use futures::StreamExt as _;
use tokio::sync::mpsc;

use crate::upload::intake::digest::content_md5;
use crate::upload::schedule::priority_semaphore::Rank;
use crate::upload::schedule::retry_budget::RetryBudget;
use crate::upload::shared::Shared;
use crate::upload::transfer::body::{Content, Counter};
use crate::upload::transfer::deliver::TimedGrant;
use crate::upload::transfer::outbox::ThumbnailJob;

/// How many are on their way at a time, most of them waiting for a permit or for their confirmation.
const AT_ONCE: usize = 128;

/// How many debts are looked at together.
const PAGE: usize = 100;

/// Sends what comes, several at a time.
pub(in crate::upload) async fn send_all(shared: Arc<Shared>, incoming: mpsc::Receiver<ThumbnailJob>) {
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
    let _own = job.own;
    let coming = shared.questions.confirm_thumbnails.on_the_way();
    let grant = TimedGrant::new(job.put);
    // Another version of the app may have announced another thumbnail for the same bytes; the store would refuse this one.
    if grant.header("content-md5").is_some_and(|granted| granted != job.content_md5) {
        settle(shared, job.row).await;
        return;
    }
    let content = Content::Memory(job.bytes);
    match shared.sender.deliver(&job.rank, &grant, &content, &Counter::default(), &mut RetryBudget::default()).await {
        Ok(_) => match shared.questions.confirm_thumbnails.arrive(job.image_id.clone(), Some(coming)).await {
            Some(true) => stored(shared, job.row, job.image_id).await,
            Some(false) => tracing::warn!(row = job.row, "the store doesn't have a thumbnail that it took"),
            None => {}
        },
        Err(error) => tracing::warn!(row = job.row, ?error, "a thumbnail could not be sent; it is tried again later"),
    }
}

/// The store has it. What the feed says of that later is no news here.
async fn stored(shared: &Shared, row: u32, image_id: String) {
    let done = move |conn: &Connection| {
        upload::thumbnail_done(conn, &[row])?;
        picture::thumbnail_stored(conn, &image_id)
    };
    shared.write(done).await;
}

/// It can't be sent, and need not be.
async fn settle(shared: &Shared, row: u32) {
    shared.write(move |conn| upload::thumbnail_done(conn, &[row])).await;
}

/// Sends what earlier runs still owed: completing again gives the URL.
pub(in crate::upload) async fn pay_debts(shared: Arc<Shared>) {
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
            match shared.context.library.thumbs.get(&image.sha256).await {
                Ok(Some(kept)) => {
                    let bytes = Bytes::from(kept.bytes);
                    let content_md5 = content_md5(&bytes);
                    let rank = Rank::new(row.id, row.position);
                    let (image_id, put) = (image.id.clone(), put.clone());
                    let own = shared.context.library.sync.own_change();
                    let job = ThumbnailJob { row: row.id, rank, image_id, put, bytes, content_md5, own };
                    shared.thumbnails.send(job).await;
                }
                // Gone with the cache; whoever shows the picture next makes another one.
                _ => settle(&shared, row.id).await,
            }
        }
    }
}
