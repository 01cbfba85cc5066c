//! From rows to the wire, and back.

use account_api::{Fault, Image, InAlbum, Marks, PERSON, Reading, Receipt, Timestamp};

use super::picture::{Picture, gather};
use crate::clock;
use crate::error::{Error, Result};
use crate::media;
use crate::object_store::{Disposition, GOOD_FOR};
use crate::service::Service;
use crate::stamps::Stamps;
use crate::storage::entity::image;

/// A picture without URLs, as it is in the change feed.
///
/// # Errors
/// When the row was written by another version in another form.
pub fn wire_image(picture: Picture) -> Result<Image> {
    let Picture { row, tags, albums, there } = picture;
    let (proof, remark, facts, marks) = (row.proof(), row.remark(), row.facts(), row.marks()?);
    let reading: Option<Reading> = from_json(row.reading.as_deref())?;
    let (described_by, described_at) = described(&row, reading.as_ref())?;
    let models = |text: fn(&Reading) -> &String| reading.as_ref().map(text).filter(|text| !text.is_empty()).cloned();
    let present = tags.iter().filter(|tag| tag.present);
    let by_model = present.clone().filter(|tag| tag.author != PERSON);
    let in_album = albums.into_iter().filter(|pair| pair.present && there.contains(&pair.album_id));
    let mut image = Image {
        id: row.id.to_string(),
        name: row.name,
        format: row.format,
        content_type: row.content_type,
        size: unsigned(row.size),
        sha256: row.sha256.clone(),
        width: row.width.and_then(|width| width.try_into().ok()),
        height: row.height.and_then(|height| height.try_into().ok()),
        taken_at_in_file: row.taken_at_corrected.is_some().then(|| row.taken_at.clone().unwrap_or_default()),
        taken_at: row.taken_at_corrected.or(row.taken_at),
        file_modified_at: row.file_modified_at,
        camera: row.camera,
        facts,
        thumbhash: row.thumbhash,
        remark,
        has_thumbnail: row.has_thumbnail,
        description: row.own_description.clone().or_else(|| models(|said| &said.description)),
        alt_text: row.own_alt_text.clone().or_else(|| models(|said| &said.alt_text)),
        text_in_image: models(|said| &said.text_in_image),
        own_description: row.own_description,
        own_alt_text: row.own_alt_text,
        tags_by_model: by_model.map(|tag| tag.tag.clone()).collect(),
        tags: present.map(|tag| tag.tag.clone()).collect(),
        albums: in_album.map(|pair| InAlbum { album_id: pair.album_id.to_string(), place: pair.place }).collect(),
        reading,
        described_by,
        described_at,
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
        ..Image::default()
    };
    marks.put(&mut image);
    Ok(image)
}

/// Who has written what is shown, and when: the person, else a model.
fn described(row: &image::Model, reading: Option<&Reading>) -> Result<(Option<String>, Option<Timestamp>)> {
    if row.own_description.is_some() || row.own_alt_text.is_some() {
        let stamps = Stamps::read(&row.stamps)?;
        let written = ["description", "alt_text"].into_iter().filter_map(|field| stamps.of(field)).max();
        let at = written.map(|stamp| clock::wire(stamp.clock.millis()));
        return Ok((Some(PERSON.to_owned()), at));
    }
    let said = reading.filter(|said| !said.model.is_empty());
    Ok(said.map(|said| (said.model.clone(), said.read_at.clone())).unzip())
}

/// What people and models say in an image of the wire, in the columns where it stands. What versions said that knew of one
/// author only is for [`Legacy`](crate::legacy::Legacy).
///
/// # Errors
/// None that is known: it can be written as JSON.
pub fn said_in(image: &Image, row: &mut image::Model) -> Result<()> {
    (row.taken_at, row.taken_at_corrected) = match &image.taken_at_in_file {
        Some(in_file) => (Some(in_file.clone()).filter(|text| !text.is_empty()), image.taken_at.clone()),
        None => (image.taken_at.clone(), None),
    };
    row.own_description.clone_from(&image.own_description);
    row.own_alt_text.clone_from(&image.own_alt_text);
    row.reading = image.reading.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?;
    row.marks = image::marks_text(&Marks::of(image))?;
    Ok(())
}

fn from_json<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Option<T>> {
    text.map(serde_json::from_str).transpose().map_err(Error::internal)
}

/// A picture with presigned URLs for the caller itself.
///
/// # Errors
/// When a URL can't be formed, or the database can't be reached.
pub async fn with_urls(app: &Service, row: image::Model) -> Result<Image> {
    let mut images = with_urls_all(app, vec![row]).await?;
    images.pop().ok_or_else(|| Error::not_found("picture"))
}

/// A picture without URLs, for whoever has its bytes.
///
/// # Errors
/// When the database can't be reached.
pub async fn without_urls(app: &Service, row: image::Model) -> Result<Image> {
    let picture = gather(app.database.read(), vec![row]).await?.pop();
    wire_image(picture.ok_or_else(|| Error::not_found("picture"))?)
}

/// Pictures with presigned URLs, in this order.
///
/// # Errors
/// As [`with_urls`].
pub async fn with_urls_all(app: &Service, rows: Vec<image::Model>) -> Result<Vec<Image>> {
    let mut images = Vec::with_capacity(rows.len());
    for picture in gather(app.database.read(), rows).await? {
        let (url, thumbnail_url) = urls(app, &picture.row).await?;
        images.push(Image { url: Some(url), thumbnail_url, ..wire_image(picture)? });
    }
    Ok(images)
}

async fn urls(app: &Service, row: &image::Model) -> Result<(String, Option<String>)> {
    let inline = media::by_name(&row.format).is_some_and(|media| media.shown_inline);
    let bytes = Disposition { content_type: &row.content_type, inline, file_name: &row.name };
    let url = app.store.presign_get(&row.object_key, bytes, GOOD_FOR).await?;
    let thumbnail_url = match row.thumbnail_key.as_deref().filter(|_| row.has_thumbnail) {
        Some(key) => Some(thumbnail_url(app, key).await?),
        None => None,
    };
    Ok((url, thumbnail_url))
}

/// A presigned URL of a thumbnail, for the caller itself.
///
/// # Errors
/// When it can't be formed.
pub async fn thumbnail_url(app: &Service, key: &str) -> Result<String> {
    let content_type = match key.rsplit_once('.') {
        Some((_, "png")) => "image/png",
        Some((_, "webp")) => "image/webp",
        _ => "image/jpeg",
    };
    let thumbnail = Disposition { content_type, inline: true, file_name: "thumbnail" };
    Ok(app.store.presign_get(key, thumbnail, GOOD_FOR).await?)
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
