//! Pictures that the account has confirmed, from this computer.

use account_api::Image;
use catalogue::Thumbnail;
use catalogue::table::picture;

use crate::Result;
use crate::library::Library;

/// Puts a picture that the account has just confirmed (or has had before) into the library, with the thumbnail that was
/// made of it, and gives its local number. A change feed that knows it already changes nothing.
///
/// To do this in one transaction with other writes, call `picture::upsert` in it, and then
/// [`Library::keep_thumbnail`] and `library.events.library_changed()`.
///
/// # Errors
/// When the catalogue can't be written. A thumbnail that can't be kept is no error: it is made again when needed.
pub async fn record_verified(library: &Library, image: &Image, thumbnail: Option<Thumbnail>) -> Result<u32> {
    library.keep_thumbnail(&image.sha256, thumbnail).await;
    let image = image.clone();
    let written = library.catalogue.write(move |conn| picture::upsert(conn, &image)).await?;
    if written.news {
        library.events.library_changed();
    }
    Ok(written.id)
}
