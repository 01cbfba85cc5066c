//! Thumbnails: from this computer, else from the store, else made here; kept once they are there.

use std::sync::Arc;

use bytes::Bytes;
use catalogue::Thumbnail;
use pictures::Format;

use super::original::small_object;
use super::{Blob, Blobs, Original};
use crate::batch::OnTheWay;
use crate::library::known_picture;
use crate::{ErrorKind, Result};

/// The largest thumbnail that is taken from a store, in bytes.
const LARGEST: usize = 2 << 20;

impl Blobs {
    /// The thumbnail of a picture; `None` for a format that has none.
    pub(crate) async fn thumbnail(self: &Arc<Self>, id: u32) -> Result<Option<Blob>> {
        // Whoever else is at it now asks for its address with this one.
        let on_the_way = self.addresses.on_the_way();
        let picture = known_picture(&self.library, id).await?;
        if let Some(kept) = self.library.thumbs.get(&picture.image.sha256).await? {
            return Ok(Some(blob(kept)));
        }
        let format = Format::from_name(&picture.image.format);
        let decodable = format.is_some_and(Format::decodable);
        if !picture.image.has_thumbnail && !decodable {
            return Ok(None);
        }
        let original = Original::of(&picture);
        let stored = picture.image.has_thumbnail;
        let blobs = Arc::clone(self);
        self.thumbnails
            .run(original.sha256.clone(), move || async move {
                let mut thumbnail = None;
                if stored {
                    thumbnail = from_store(&blobs, &original, on_the_way).await?;
                }
                if thumbnail.is_none() && decodable {
                    thumbnail = made_here(&blobs, &original).await?;
                }
                blobs.library.keep_thumbnail(&original.sha256, thumbnail.clone()).await;
                Ok(thumbnail.map(blob))
            })
            .await
    }
}

fn blob(thumbnail: Thumbnail) -> Blob {
    Blob { bytes: Bytes::from(thumbnail.bytes), content_type: thumbnail.content_type }
}

/// `None` when the store has something else than a thumbnail: then it is made here.
async fn from_store(blobs: &Blobs, original: &Original, on_the_way: OnTheWay) -> Result<Option<Thumbnail>> {
    let asked = blobs.addresses.ask(original.image_id.clone(), on_the_way);
    let Some(url) = asked.await? else { return Ok(None) };
    let bytes = match small_object(&blobs.library, &url, LARGEST).await {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.code, ErrorKind::NotFound | ErrorKind::ChecksumMismatch) => return Ok(None),
        Err(error) => return Err(error),
    };
    let format = pictures::sniff(&bytes).filter(|f| matches!(f, Format::Jpeg | Format::Png | Format::WebP));
    Ok(format.map(|format| Thumbnail { content_type: format.mime().to_owned(), bytes }))
}

async fn made_here(blobs: &Arc<Blobs>, original: &Original) -> Result<Option<Thumbnail>> {
    let bytes = blobs.original_bytes(original).await?;
    let made = blobs.decode(move || decoding::examine(&bytes)).await?;
    match made {
        Ok(picture) => Ok(picture
            .thumbnail
            .map(|thumbnail| Thumbnail { content_type: thumbnail.mime.to_owned(), bytes: thumbnail.bytes })),
        Err(error) => {
            tracing::info!(code = error.code(), "no thumbnail can be made");
            Ok(None)
        }
    }
}
