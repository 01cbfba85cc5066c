//! Thumbnails: from this computer, else from the store, else made here; kept once they are there.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use catalogue::Thumbnail;
use pictures::Format;

use super::original::small_object;
use super::{Blob, Blobs, Original};
use crate::batch::OnTheWay;
use crate::library::known_picture;
use crate::{EngineError, ErrorKind, Result};

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

/// Short side of a thumbnail for screens with two pixels for one, in pixels, and the longest that it may be.
const SHARP_SHORT: u32 = 512;
const SHARP_LONGEST: u32 = 2048;

impl Blobs {
    /// A larger thumbnail, where the picture's bytes are on this computer: none are fetched for it. Otherwise, and where the
    /// usual one is as sharp, that.
    pub(crate) async fn sharp_thumbnail(self: &Arc<Self>, id: u32) -> Result<Option<Blob>> {
        let picture = known_picture(&self.library, id).await?;
        let size = picture.image.width.zip(picture.image.height);
        if let Some(side) = size.and_then(sharp_side)
            && let Some(path) = self.made_sharp(Original::of(&picture), side).await?
        {
            let bytes = tokio::fs::read(&path).await.map_err(|error| EngineError::unreadable(&path, &error))?;
            let content_type = pictures::sniff(&bytes).map_or("", Format::mime).to_owned();
            return Ok(Some(Blob { bytes: Bytes::from(bytes), content_type }));
        }
        self.thumbnail(id).await
    }

    async fn made_sharp(self: &Arc<Self>, original: Original, side: u32) -> Result<Option<PathBuf>> {
        let (cache, key) = (Arc::clone(&self.cache), format!("{}.sharp", original.sha256));
        let wanted = key.clone();
        let kept = tokio::task::spawn_blocking(move || cache.get(&wanted, None)).await;
        if let Ok(Some(path)) = kept {
            return Ok(Some(path));
        }
        let Some(bytes) = self.bytes_here(&original).await else { return Ok(None) };
        let folder = self.library.library_dir.clone();
        let blobs = Arc::clone(self);
        let made = self.files.run(key.clone(), move || async move {
            let cache = Arc::clone(&blobs.cache);
            let work = move || {
                let made = decoding::thumbnail(&bytes, side).map_err(|error| {
                    EngineError::new(ErrorKind::BrokenPicture, messages::Preview::NotMade { why: error.to_string() })
                })?;
                let failed = |error: std::io::Error| EngineError::unwritable(&folder, &error);
                let mut file = cache.temporary().map_err(failed)?;
                file.write_all(&made.bytes).map_err(failed)?;
                cache.keep(&key, file).map_err(failed)
            };
            blobs.decode(work).await?
        });
        match made.await {
            Ok(path) => Ok(Some(path)),
            // Of what can't be decoded there may be a thumbnail all the same, from another computer.
            Err(error) if error.code == ErrorKind::BrokenPicture => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The longest side of a sharp thumbnail; nothing where the usual one is as good.
fn sharp_side((width, height): (u32, u32)) -> Option<u32> {
    let (short, long) = (u64::from(width.min(height)).max(1), u64::from(width.max(height)));
    let wanted = (u64::from(SHARP_SHORT) * long).div_ceil(short).min(SHARP_LONGEST.into()).min(long);
    u32::try_from(wanted).ok().filter(|side| *side > pictures::THUMBNAIL_SIDE)
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

#[cfg(test)]
mod tests {
    use super::sharp_side;

    #[test]
    fn a_sharp_thumbnail_has_a_short_side_of_512_pixels() {
        assert_eq!(sharp_side((3000, 2000)), Some(768));
        assert_eq!(sharp_side((2000, 3000)), Some(768));
        // No larger than the picture, nor than a panorama's tile needs.
        assert_eq!(sharp_side((600, 400)), Some(600));
        assert_eq!(sharp_side((20_000, 1_000)), Some(2048));
        // The usual one will do.
        assert_eq!(sharp_side((2000, 2000)), None);
        assert_eq!(sharp_side((500, 300)), None);
    }
}
