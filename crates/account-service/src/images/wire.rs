//! From a row to the wire.

use account_api::{Fault, Image, Receipt};

use crate::clock;
use crate::error::Result;
use crate::media;
use crate::object_store::{Disposition, GOOD_FOR};
use crate::service::Service;
use crate::storage::entity::image;

/// A picture without URLs, as it is in the change feed.
pub fn wire_image(row: image::Model) -> Image {
    let proof = row.proof();
    Image {
        id: row.id.to_string(),
        name: row.name,
        format: row.format,
        content_type: row.content_type,
        size: unsigned(row.size),
        sha256: row.sha256.clone(),
        width: row.width.and_then(|width| width.try_into().ok()),
        height: row.height.and_then(|height| height.try_into().ok()),
        taken_at: row.taken_at,
        taken_at_in_file: None,
        file_modified_at: row.file_modified_at,
        camera: row.camera,
        thumbhash: row.thumbhash,
        has_thumbnail: row.has_thumbnail,
        favourite: row.favourite,
        description: row.description,
        alt_text: row.alt_text,
        own_description: None,
        own_alt_text: None,
        reading: None,
        tags: serde_json::from_str(&row.tags).unwrap_or_default(),
        tags_by_model: Vec::new(),
        albums: Vec::new(),
        rotation: 0,
        crop: None,
        text_in_image: row.text_in_image,
        described_by: row.described_by,
        described_at: row.described_at.map(clock::wire),
        created_at: clock::wire(row.created_at),
        updated_at: clock::wire(row.updated_at),
        deleted_at: row.deleted_at.map(clock::wire),
        revision: row.revision,
        receipt: Receipt {
            sha256: row.sha256,
            stored_size: unsigned(row.stored_size),
            etag: row.etag,
            verified_by: proof,
            verified_at: proof.is_proof().then(|| clock::wire(row.verified_at)),
            fault: row.fault.as_deref().map(fault),
        },
        url: None,
        thumbnail_url: None,
    }
}

/// A picture with presigned URLs for the caller itself.
///
/// # Errors
/// When a URL can't be formed.
pub async fn with_urls(app: &Service, row: image::Model) -> Result<Image> {
    let inline = media::by_name(&row.format).is_some_and(|media| media.shown_inline);
    let bytes = Disposition { content_type: &row.content_type, inline, file_name: &row.name };
    let url = app.store.presign_get(&row.object_key, bytes, GOOD_FOR).await?;
    let thumbnail_url = match row.thumbnail_key.as_deref().filter(|_| row.has_thumbnail) {
        Some(key) => {
            let content_type = match key.rsplit_once('.') {
                Some((_, "png")) => "image/png",
                Some((_, "webp")) => "image/webp",
                _ => "image/jpeg",
            };
            let thumbnail = Disposition { content_type, inline: true, file_name: "thumbnail" };
            Some(app.store.presign_get(key, thumbnail, GOOD_FOR).await?)
        }
        None => None,
    };
    Ok(Image { url: Some(url), thumbnail_url, ..wire_image(row) })
}

/// As it stands in the database: as in JSON.
pub fn fault_text(fault: Fault) -> &'static str {
    match fault {
        Fault::Missing => "missing",
        Fault::Changed => "changed",
    }
}

fn fault(text: &str) -> Fault {
    if text == "missing" { Fault::Missing } else { Fault::Changed }
}

fn unsigned(size: i64) -> u64 {
    size.try_into().unwrap_or_default()
}
