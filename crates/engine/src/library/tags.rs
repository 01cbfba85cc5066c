//! The tags of the whole library.

use std::collections::BTreeSet;

use account_api::{Author, EditKind};
use catalogue::table::history::{self, What};
use catalogue::table::{picture, tag};
use names::one_line;

use super::edit::{checked_tag, told};
use crate::library::Library;
use crate::view::TagRow;
use crate::{EngineError, ErrorKind, Result};

/// All tags, in the order of their names.
pub(crate) async fn tags(library: &Library) -> Result<Vec<TagRow>> {
    let tags = library.catalogue.read(tag::all).await?;
    let row = |one: tag::Tag| TagRow { tag: one_line(&one.tag), pictures: one.pictures, by_model: one.by_model };
    Ok(tags.into_iter().map(row).collect())
}

/// Gives every picture that has one of some tags another one in their place, also those in the trash; gives how many had one.
pub(crate) async fn replace_tags(library: &Library, old: Vec<String>, new: &str) -> Result<usize> {
    let by = checked_tag(new)?;
    let (wanted, replaced) = (old.join("”, “"), by.clone());
    let (found, made) = library
        .catalogue
        .write(move |conn| {
            let mut ids = BTreeSet::new();
            for tag in &old {
                ids.extend(tag::pictures(conn, tag)?);
            }
            let ids: Vec<u32> = ids.into_iter().collect();
            let mut edits = Vec::new();
            for (image_id, _) in picture::presence(conn, &ids)? {
                let gone = old.iter().filter(|tag| !tag::same(tag, &replaced)).map(|tag| EditKind::RemoveTag {
                    image_id: image_id.clone(),
                    tag: tag.clone(),
                    by: Author::Person,
                });
                edits.extend(gone);
                edits.push(EditKind::AddTag { image_id, tag: replaced.clone(), by: Author::Person });
            }
            let what = What::ReplaceTags { tags: old, by: replaced };
            Ok((ids.len(), history::edit(conn, &what, &edits)?))
        })
        .await?;
    if found == 0 {
        return Err(EngineError::new(ErrorKind::NotFound, messages::Library::NoTag { tag: wanted.to_string() }));
    }
    told(library, &made);
    Ok(found)
}
