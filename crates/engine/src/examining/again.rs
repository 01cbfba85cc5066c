//! One picture: its bytes from this computer, what they say, and where that is kept.

use std::time::Duration;

use account_api::{
    DateSource, Examination, ExaminationsRequest, Examined, Facts, Image, PresignedPut, Remark, ThumbnailSpec,
    ThumbnailsRequest,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use catalogue::Thumbnail;
use catalogue::table::job;
use catalogue::table::{likeness, picture};
use futures::FutureExt;
use futures::future::BoxFuture;
use pictures::Picture;

use super::means::Means;
use crate::blobs::local_bytes;
use crate::comparing::in_catalogue;
use crate::jobs::{Claim, Failure, Outcome, Work};
use crate::upload::{EXAMINED_UP_TO, content_md5, put_small};
use crate::{EngineError, ErrorKind, Result};

/// Looks at the pictures of a library.
pub(super) struct ExamineAgain(pub(super) Means);

impl Work for ExamineAgain {
    fn work<'a>(&'a self, claim: &'a Claim) -> BoxFuture<'a, std::result::Result<(), Failure>> {
        async move { Ok(self.look(claim).await?) }.boxed()
    }

    /// Nobody waits for it.
    fn tell(&self, _outcomes: Vec<Outcome>) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }

    fn waits<'a>(&'a self, _job: i64, _why: &'a EngineError, _wait: Duration) -> BoxFuture<'a, ()> {
        std::future::ready(()).boxed()
    }

    fn ended(&self, _job: i64) {}

    fn changed(&self) {}

    /// What keeps it from going on is told by whoever meets it while somebody looks.
    fn stopped(&self, why: &EngineError, waiting: u32) {
        tracing::info!(%why, waiting, "looking at pictures again has stopped for now");
    }

    fn passes(&self, code: &str) -> bool {
        const PASSING: [ErrorKind; 4] =
            [ErrorKind::ServiceUnreachable, ErrorKind::StoreUnreachable, ErrorKind::SignedOut, ErrorKind::Disk];
        PASSING.iter().any(|kind| kind.as_str() == code)
    }
}

impl ExamineAgain {
    async fn look(&self, claim: &Claim) -> Result<()> {
        let catalogue = &self.0.catalogue;
        let id = claim.job.picture;
        let known = catalogue.read(move |conn| picture::record(conn, id)).await?;
        let Some(known) = known.filter(|known| known.deleted_at.is_none()) else { return self.keep(claim, None).await };
        // So large a file isn't looked at when it is uploaded, either.
        if known.size > EXAMINED_UP_TO {
            return self.keep(claim, None).await;
        }
        // A file that has gone or changed is no reason to fetch what the store has.
        let Some(bytes) = local_bytes(catalogue, &known.sha256, known.size).await else {
            return self.keep(claim, None).await;
        };
        let examined = tokio::task::spawn_blocking(move || decoding::examine(&bytes)).await;
        let Ok(mut found) = examined.map_err(|_| EngineError::fault())? else { return self.keep(claim, None).await };
        // What was read before is more than nothing.
        if matches!(found.remark, Some(pictures::Remark::GaveUp { .. })) {
            return self.keep(claim, None).await;
        }
        let thumbnail = found.thumbnail.take();
        if let Some(made) = &thumbnail {
            self.keep_thumbnail(&known.sha256, made).await;
            let likeness = made.likeness.as_ref().map(in_catalogue);
            catalogue.write(move |conn| likeness::put(conn, id, likeness.as_ref())).await?;
            self.0.comparing.wake();
        }
        let missing = thumbnail.filter(|_| !known.has_thumbnail);
        let examination = examination(&known, found, missing.as_ref());
        if missing.is_none() && says_nothing_new(&known, &examination) {
            return self.keep(claim, None).await;
        }
        let request = ExaminationsRequest { examinations: vec![examination] };
        let Some(Examined { image, thumbnail: place }) = self.0.client.examinations(&request).await?.examined.pop()
        else {
            return self.keep(claim, None).await;
        };
        if let (Some(place), Some(made)) = (place, missing) {
            self.store(&image.id, &place, made.bytes.into()).await?;
        }
        self.keep(claim, Some(image)).await
    }

    /// One that is here already was made for the same bytes, and stays.
    async fn keep_thumbnail(&self, sha256: &str, made: &pictures::Thumbnail) {
        if matches!(self.0.thumbs.get(sha256).await, Ok(Some(_))) {
            return;
        }
        let thumbnail = Thumbnail { content_type: made.mime.to_owned(), bytes: made.bytes.clone() };
        if let Err(error) = self.0.thumbs.put(sha256, thumbnail).await {
            tracing::warn!(%error, "a thumbnail can't be kept");
        }
    }

    async fn store(&self, image_id: &str, place: &PresignedPut, bytes: Bytes) -> Result<()> {
        put_small(&self.0.client.object_http(), place, bytes, self.0.traffic.throttle()).await?;
        let request = ThumbnailsRequest { image_ids: vec![image_id.to_owned()] };
        self.0.client.confirm_thumbnails(&request).await?;
        Ok(())
    }

    /// Ends the job with what the account has now, if anything is new.
    async fn keep(&self, claim: &Claim, image: Option<Image>) -> Result<()> {
        let (worker, job) = (claim.worker.clone(), claim.job.id);
        let news = self
            .0
            .catalogue
            .write(move |conn| {
                let news = image.map(|image| picture::upsert(conn, &image)).transpose()?;
                job::end(conn, &worker, job, None)?;
                Ok(news.is_some_and(|written| written.news))
            })
            .await?;
        if news {
            self.0.events.library_changed();
        }
        Ok(())
    }
}

fn examination(known: &Image, found: Picture, thumbnail: Option<&pictures::Thumbnail>) -> Examination {
    Examination {
        image_id: known.id.clone(),
        width: found.width,
        height: found.height,
        taken_at: found.taken_at,
        camera: found.camera,
        facts: found.facts,
        thumbhash: found.thumbhash.map(|hash| STANDARD.encode(hash)),
        remark: found.remark.map(|remark| Remark { code: remark.code().to_owned(), message: remark.to_string() }),
        thumbnail: thumbnail.map(|made| ThumbnailSpec {
            content_type: made.mime.to_owned(),
            size: made.bytes.len() as u64,
            content_md5: content_md5(&made.bytes),
        }),
    }
}

/// When the file says that it was taken, whatever a person says.
fn date_in_file(known: &Image) -> Option<&str> {
    known.taken_at_in_file.as_deref().or(known.taken_at.as_deref()).filter(|date| !date.is_empty())
}

/// Whether the account knows all of it: most pictures say what they said before.
fn says_nothing_new(known: &Image, found: &Examination) -> bool {
    let by_file = found.taken_at.is_none() && known.file_modified_at.is_some();
    let by_file = Facts { date_source: by_file.then_some(DateSource::File), ..Facts::default() };
    found.facts.clone().or(by_file).sound() == known.facts
        && found.remark == known.remark
        && found.camera == known.camera
        && found.taken_at.as_deref() == date_in_file(known)
        && found.width.is_none_or(|width| known.width == Some(width))
        && found.height.is_none_or(|height| known.height == Some(height))
        && found.thumbhash.as_ref().is_none_or(|hash| known.thumbhash.as_ref() == Some(hash))
}
