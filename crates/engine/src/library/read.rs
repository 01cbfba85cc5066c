//! Reading: from the catalogue alone, so never waiting for a network.

use std::collections::HashMap;

use catalogue::Connection;
use catalogue::search::{self, Filter, Reason};
use catalogue::table::job::{self, Kind};
use catalogue::table::picture::{self, Found, Picture, Tile};
use catalogue::table::{album, audit, state};

use super::convert;
use crate::audit::needs_bytes;
use crate::blobs::local_copy;
use crate::library::Library;
use crate::view::{Counts, LayoutItem, LibraryQuery, Named, PictureDetail, PictureRow, SearchField};
use crate::{EngineError, ErrorKind, Result};

pub(crate) async fn layout(library: &Library, query: LibraryQuery) -> Result<Vec<LayoutItem>> {
    let album = query.album.clone();
    let query = convert::query(query);
    let (mut rows, within) = library
        .catalogue
        .read(move |conn| {
            let within = album.map(|album| album::picture_ids(conn, &album)).transpose()?;
            Ok((search::layout(conn, &query)?, within))
        })
        .await?;
    if let Some(within) = within {
        rows.retain(|row| within.contains(&row.id));
    }
    Ok(rows.into_iter().map(convert::layout_item).collect())
}

pub(crate) async fn rows(library: &Library, ids: Vec<u32>, text: &str) -> Result<Vec<PictureRow>> {
    let filter = Filter::parse(text);
    let read = move |conn: &catalogue::Connection| {
        let reasons: HashMap<_, _> = search::reasons(conn, &filter, &ids)?.into_iter().collect();
        Ok((picture::tiles(conn, &ids)?, reasons, state::trash(conn)?))
    };
    let (tiles, mut reasons, rule) = library.catalogue.read(read).await?;
    let vouched = library.vouches();
    let row = |tile: Tile| {
        let reasons = reasons.remove(&tile.id).unwrap_or_default();
        convert::row(tile, reasons, vouched, rule.as_ref())
    };
    Ok(tiles.into_iter().map(row).collect())
}

/// Where each of some pictures matches, in the order of `ids`; unknown ones are left out.
pub(crate) async fn matched(library: &Library, ids: Vec<u32>, text: &str) -> Result<Vec<(u32, Vec<SearchField>)>> {
    let filter = Filter::parse(text);
    let told = library.catalogue.read(move |conn| search::reasons(conn, &filter, &ids)).await?;
    let fields = |reasons: Vec<Reason>| {
        let mut fields: Vec<_> = reasons.iter().map(|reason| convert::search_field(reason.field)).collect();
        fields.dedup();
        fields
    };
    Ok(told.into_iter().map(|(id, reasons)| (id, fields(reasons))).collect())
}

pub(crate) async fn picture(library: &Library, id: u32) -> Result<PictureDetail> {
    let known = library.catalogue.read(move |conn| {
        let Some(picture) = picture::get(conn, id)? else { return Ok(None) };
        let local_copy = if needs_bytes(&picture) { local_copy(conn, &picture)? } else { None };
        let describing = job::waits(conn, Kind::Describe, id)?;
        let detail = convert::Known {
            albums: album::of_picture(conn, id)?,
            look: audit::look(conn, id)?,
            local_copy,
            describing,
            rule: state::trash(conn)?,
            picture,
        };
        Ok(Some(detail))
    });
    Ok(convert::detail(known.await?.ok_or_else(gone)?, library.vouches()))
}

pub(crate) async fn counts(library: &Library) -> Result<Counts> {
    Ok(convert::counts(library.catalogue.read(picture::counts).await?))
}

/// A picture as the catalogue has it, or an error that says that it is gone.
pub(crate) async fn known_picture(library: &Library, id: u32) -> Result<Picture> {
    library.catalogue.read(move |conn| picture::get(conn, id)).await?.ok_or_else(gone)
}

fn gone() -> EngineError {
    EngineError::new(ErrorKind::NotFound, messages::Library::Gone)
}

/// The picture that a reference means.
pub(crate) async fn resolve(library: &Library, reference: &str) -> Result<u32> {
    let wanted = reference.to_owned();
    meant(reference, library.catalogue.read(move |conn| picture::find(conn, &wanted)).await?)
}

/// The pictures that some references mean, in their order, and what they are called: read at once, as there may be thousands.
pub(crate) async fn named(library: &Library, references: Vec<String>) -> Result<Vec<Result<Named>>> {
    let read = move |conn: &Connection| {
        let mut pictures = Vec::with_capacity(references.len());
        for reference in references {
            let found = picture::find(conn, &reference)?;
            let names = match found {
                Found::One(id) => picture::names(conn, id)?,
                _ => None,
            };
            pictures.push((reference, found, names));
        }
        Ok(pictures)
    };
    let named = |(reference, found, names): (String, Found, Option<(String, String, bool)>)| {
        let id = meant(&reference, found)?;
        let (image_id, name, in_trash) = names.ok_or_else(gone)?;
        Ok(Named { id, image_id, name, in_trash })
    };
    Ok(library.catalogue.read(read).await?.into_iter().map(named).collect())
}

fn meant(reference: &str, found: Found) -> Result<u32> {
    match found {
        Found::One(id) => Ok(id),
        Found::None => {
            Err(EngineError::new(ErrorKind::NotFound, messages::Library::None { reference: reference.to_string() }))
        }
        Found::Several => Err(EngineError::new(
            ErrorKind::InvalidInput,
            messages::Library::Several { reference: reference.to_string() },
        )),
        Found::TooShort => Err(EngineError::new(
            ErrorKind::InvalidInput,
            messages::Library::ShortReference { reference: reference.to_string() },
        )),
    }
}
