//! Something that a browser shows at full size: the file itself where that is possible, else a JPEG made of it.

use std::io::Write;
use std::sync::Arc;

use account_api::Remark;
use bytes::Bytes;
use pictures::{Format, PictureError};

use super::{Blob, Blobs, Original};
use crate::library::{has_preview, known_picture};
use crate::{EngineError, ErrorKind, Result};

/// The longest side of a JPEG made for showing, in pixels.
const LONGEST_SIDE: u32 = 4096;

impl Blobs {
    /// The preview of a picture, of a TIFF that of one page, counted from 0; offline, only one that is in the cache.
    pub(crate) async fn preview(self: &Arc<Self>, id: u32, page: u32) -> Result<Blob> {
        let picture = known_picture(&self.library, id).await?;
        let format = Format::from_name(&picture.image.format).filter(|_| has_preview(&picture.image.format));
        let Some(format) = format else {
            return Err(EngineError::new(
                ErrorKind::NotFound,
                messages::Preview::NoFormat { format: picture.image.format.to_uppercase() },
            ));
        };
        let original = Original::of(&picture);
        // Of a damaged file browsers show less than can be decoded, or nothing.
        let damaged = picture.image.remark.as_ref().is_some_and(Remark::is_damage) && format.decodable();
        // A sequence of AVIF moves in WebKitGTK, WKWebView and WebView2, and wouldn't as a JPEG.
        let moves = format == Format::Avif && picture.image.facts.frames.is_some_and(|frames| frames > 1);
        if !damaged && (format.shown_by_browsers() || moves) {
            let bytes = self.original_bytes(&original).await?;
            let found = pictures::sniff(&bytes);
            if found.is_none() && format == Format::Bmp {
                // Without a file's header no browser shows it.
                return self.made(original, page).await;
            }
            if found != Some(format) {
                // Whatever it is, the window doesn't get it under another name.
                return Err(EngineError::new(
                    ErrorKind::BrokenPicture,
                    messages::Preview::OtherFormat { format: format.to_string() },
                ));
            }
            return Ok(Blob { bytes: Bytes::from(bytes), content_type: format.mime().to_owned() });
        }
        self.made(original, page).await
    }

    /// A JPEG made of the picture.
    async fn made(self: &Arc<Self>, original: Original, page: u32) -> Result<Blob> {
        let path = self.made_jpeg(original, page).await?;
        let bytes = tokio::fs::read(&path).await.map_err(|error| EngineError::unreadable(&path, &error))?;
        Ok(Blob { bytes: Bytes::from(bytes), content_type: Format::Jpeg.mime().to_owned() })
    }

    async fn made_jpeg(self: &Arc<Self>, original: Original, page: u32) -> Result<std::path::PathBuf> {
        let key = match page {
            0 => format!("{}.jpg", original.sha256),
            page => format!("{}.{page}.jpg", original.sha256),
        };
        let blobs = Arc::clone(self);
        self.files
            .run(key.clone(), move || async move {
                let (cache, wanted) = (Arc::clone(&blobs.cache), key.clone());
                let kept = tokio::task::spawn_blocking(move || cache.get(&wanted, None)).await;
                if let Ok(Some(path)) = kept {
                    return Ok(path);
                }
                let bytes = blobs.original_bytes(&original).await?;
                let cache = Arc::clone(&blobs.cache);
                let folder = blobs.library.library_dir.clone();
                blobs
                    .decode(move || {
                        let made = decoding::rendition_of_page(&bytes, page, LONGEST_SIDE).map_err(|error| {
                            let code = match error {
                                PictureError::NoSuchPage { .. } => ErrorKind::NotFound,
                                _ => ErrorKind::BrokenPicture,
                            };
                            EngineError::new(code, messages::Preview::NotMade { why: error.to_string() })
                        })?;
                        let failed = |error: std::io::Error| EngineError::unwritable(&folder, &error);
                        let mut file = cache.temporary().map_err(failed)?;
                        file.write_all(&made.bytes).map_err(failed)?;
                        cache.keep(&key, file).map_err(failed)
                    })
                    .await?
            })
            .await
    }
}
