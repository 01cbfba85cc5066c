//! Links that people can give to others, in the form they paste.

mod format;
mod life;

use std::collections::HashMap;

use account_api::{LinksRequest, MAX_BATCH};
use catalogue::table::picture;
use serde::Serialize;

use crate::library::Library;
use crate::view::{LinkFormat, LinkLife};
use crate::{EngineError, ErrorKind, Result};
pub(crate) use life::Lives;

/// A link, ready to be pasted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkText {
    /// The picture's local number.
    pub id: u32,
    /// The text in the format that was asked for.
    pub text: String,
    /// How long it lives.
    pub life: LinkLife,
}

/// Links of pictures, in the order of `ids`; pictures that are gone or in the trash are left out.
///
/// # Errors
/// When no picture is left, and when the service can't be reached.
pub(crate) async fn links(
    library: &Library,
    ids: Vec<u32>,
    format: LinkFormat,
    in_window: bool,
) -> Result<Vec<LinkText>> {
    let asked = ids.len();
    let pictures = library
        .catalogue
        .read(move |conn| {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                found.extend(picture::get(conn, id)?.filter(|picture| picture.image.deleted_at.is_none()));
            }
            Ok(found)
        })
        .await?;
    let mut urls = HashMap::with_capacity(pictures.len());
    for batch in pictures.chunks(MAX_BATCH) {
        let image_ids: Vec<String> = batch.iter().map(|picture| picture.image.id.clone()).collect();
        for link in library.client.links(&LinksRequest { image_ids }).await?.links {
            urls.insert(link.image_id, (link.url, link.expires_at));
        }
    }
    let lives = Lives::of(library, in_window).await;
    let texts: Vec<LinkText> = pictures
        .iter()
        .filter_map(|picture| {
            let (url, expires_at) = urls.get(&picture.image.id)?;
            let alt = picture.image.alt_text.as_deref().filter(|alt| !alt.is_empty()).unwrap_or(&picture.image.name);
            let life = lives.life(url, expires_at.as_deref());
            Some(LinkText { id: picture.id, text: format::text(format, url, alt), life })
        })
        .collect();
    if texts.is_empty() && asked > 0 {
        return Err(EngineError::new(ErrorKind::NotFound, messages::Link::None));
    }
    Ok(texts)
}
