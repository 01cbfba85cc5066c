//! Where thumbnails are in the store: whatever a screen shows is asked for with one call.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use account_api::{MAX_BATCH, ThumbnailUrlsRequest};

use crate::batch::{Asked, Batcher, Gather, OnTheWay};
use crate::service::Client;
use crate::{EngineError, Result};

/// A window asks for its thumbnails one by one, one right after the other.
const GATHER: Gather = Gather { least: Duration::from_millis(10), ..Gather::up_to(Duration::from_millis(400)) };

/// Where a picture's thumbnail is; none when the store has none.
type Address = Result<Option<String>>;

/// Asks for addresses.
pub(super) struct Addresses {
    client: Client,
    batcher: OnceLock<Batcher<String, Address>>,
}

impl Addresses {
    /// Of a place.
    pub(super) fn new(client: Client) -> Self {
        Self { client, batcher: OnceLock::new() }
    }

    /// Announces somebody who may be about to ask.
    pub(super) fn on_the_way(&self) -> OnTheWay {
        self.batcher().on_the_way()
    }

    /// Where a picture's thumbnail is, by the service's identifier.
    pub(super) async fn ask(&self, image_id: String, on_the_way: OnTheWay) -> Address {
        self.batcher().arrive(image_id, Some(on_the_way)).await.unwrap_or_else(|| Err(EngineError::fault()))
    }

    fn batcher(&self) -> &Batcher<String, Address> {
        self.batcher.get_or_init(|| {
            let (batcher, incoming) = Batcher::new(MAX_BATCH, GATHER);
            let client = self.client.clone();
            // Ends with the asking end.
            tokio::spawn(incoming.run(move |batch| look_up(client.clone(), batch)));
            batcher
        })
    }
}

async fn look_up(client: Client, batch: Vec<Asked<String, Address>>) {
    let image_ids = batch.iter().map(|asked| asked.question.clone()).collect();
    match client.thumbnail_urls(&ThumbnailUrlsRequest { image_ids }).await {
        Ok(answer) => {
            let mut urls: HashMap<String, String> =
                answer.thumbnails.into_iter().map(|one| (one.image_id, one.url)).collect();
            for asked in batch {
                let url = urls.remove(&asked.question);
                asked.answer(Ok(url));
            }
        }
        Err(error) => {
            let error = EngineError::from(error);
            for asked in batch {
                asked.answer(Err(error.clone()));
            }
        }
    }
}
