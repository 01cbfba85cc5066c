//! A catalogue in a temporary folder, and pictures to put into it.

use std::future::Future;

use account_api::{Author, EditKind, Image, Reading, Receipt, VerifiedBy};
use catalogue::search::{Filter, Query, layout};
use catalogue::table::operation::{self, Made};
use catalogue::table::picture::{self, Order};
use catalogue::{Catalogue, Connection};
use tempfile::TempDir;

/// A new catalogue. The folder goes with the value.
pub fn catalogue() -> (TempDir, Catalogue) {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    (folder, catalogue)
}

/// Waits without a runtime.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    futures::executor::block_on(future)
}

/// Runs in one transaction.
pub fn write<T: Send + 'static>(
    catalogue: &Catalogue,
    work: impl FnOnce(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
) -> T {
    wait(catalogue.write(work)).unwrap()
}

/// A picture with a number for everything that has to differ.
pub fn image(number: u32) -> Image {
    Image {
        id: format!("image-{number:08}"),
        revision: i64::from(number),
        name: format!("IMG_{number:04}.jpg"),
        format: "jpeg".into(),
        content_type: "image/jpeg".into(),
        size: 1000 + u64::from(number),
        sha256: format!("{number:064x}"),
        width: Some(4000),
        height: Some(3000),
        created_at: "2026-03-01T12:00:00.000Z".into(),
        updated_at: "2026-03-01T12:00:00.000Z".into(),
        receipt: Receipt {
            stored_size: 1000 + u64::from(number),
            verified_by: VerifiedBy::ContentMd5,
            verified_at: Some("2026-03-01T12:00:00.000Z".into()),
            ..Receipt::default()
        },
        ..Image::default()
    }
}

/// Puts pictures in and gives their numbers.
pub fn put(catalogue: &Catalogue, pictures: Vec<Image>) -> Vec<u32> {
    write(catalogue, move |conn| pictures.iter().map(|image| Ok(picture::upsert(conn, image)?.id)).collect())
}

/// The names of what a text finds in a part of the library.
pub fn names(catalogue: &Catalogue, part: impl Into<Filter>, order: Order, text: &str) -> Vec<String> {
    let query = Query { filter: Filter::parse(text).and(part), order, ..Query::default() };
    wait(catalogue.read(move |conn| {
        let ids: Vec<u32> = layout(conn, &query)?.iter().map(|row| row.id).collect();
        Ok(picture::tiles(conn, &ids)?.into_iter().map(|tile| tile.name).collect())
    }))
    .unwrap()
}

/// Makes operations.
pub fn make(catalogue: &Catalogue, edits: Vec<EditKind>) -> Made {
    write(catalogue, move |conn| operation::make(conn, &edits))
}

/// The record of a picture as it is shown.
pub fn shown(catalogue: &Catalogue, id: u32) -> Image {
    wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap().unwrap().image
}

/// A person's tag.
pub fn tag(number: u32, tag: &str) -> EditKind {
    EditKind::AddTag { image_id: image(number).id, tag: tag.into(), by: Author::Person }
}

/// What a model says.
pub fn reading(number: u32) -> Vec<EditKind> {
    let image_id = image(number).id;
    let reading = Reading {
        description: "A bird.".into(),
        alt_text: "Bird".into(),
        text_in_image: "KIOSK".into(),
        model: "gpt".into(),
        prompt: None,
        read_at: "2026-03-01T12:00:00.000Z".into(),
    };
    let tags =
        ["bird", "Sea"].map(|tag| EditKind::AddTag { image_id: image_id.clone(), tag: tag.into(), by: Author::Model });
    std::iter::once(EditKind::SetReading { image_id: image_id.clone(), reading }).chain(tags).collect()
}
