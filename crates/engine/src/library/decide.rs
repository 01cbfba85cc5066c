//! What a person decides about pictures that look the same: which are kept, which are the same, and which aren't. Decisions are
//! operations like all others, so that they hold on every computer and can be undone.

use std::collections::HashSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use account_api::{EditKind, Image, Verdict};
use catalogue::table::carry::carried;
use catalogue::table::history::{self, What};
use catalogue::table::likeness;
use catalogue::table::operation::Made;
use catalogue::table::picture::{self, Picture};
use catalogue::{Connection, SqliteError};
use uuid::{NoContext, Timestamp, Uuid};

use super::duplicates::{best_first, members};
use super::edit::told;
use super::refusal::invalid;
use crate::library::Library;
use crate::{EngineError, ErrorKind, Result};

/// Pictures of one group, of which some are kept.
#[derive(Default)]
struct Choice {
    keep: Vec<Picture>,
    trash: Vec<Picture>,
}

/// Keeps some of the pictures of a group that a person has seen: what was said of the others is said of the first of those that are
/// kept, and the others go into the trash. Several that are kept are not the same from then on. Gives those in the trash.
pub(crate) async fn keep(library: &Library, keep: Vec<u32>, others: Vec<u32>) -> Result<Vec<u32>> {
    let choose = move |conn: &Connection| {
        let kept: HashSet<u32> = keep.iter().copied().collect();
        let choice = Choice {
            trash: there(conn, others.iter().copied().filter(|id| !kept.contains(id)))?,
            keep: there(conn, keep.into_iter())?,
        };
        Ok(vec![choice])
    };
    kept(library, choose).await
}

/// The same of each group that any of these pictures is in with others.
pub(crate) async fn keep_of_groups(library: &Library, keep: Vec<u32>) -> Result<Vec<u32>> {
    crate::comparing::place(library).await?;
    let choose = move |conn: &Connection| {
        let wanted: HashSet<u32> = keep.iter().copied().collect();
        let (mut choices, mut seen) = (Vec::new(), HashSet::new());
        for id in keep {
            let Some(group) = likeness::group_of(conn, id)?.filter(|group| seen.insert(group.first)) else { continue };
            let (keep, trash) = members(conn, &group)?.into_iter().partition(|member| wanted.contains(&member.id));
            choices.push(Choice { keep, trash });
        }
        Ok(choices)
    };
    kept(library, choose).await
}

async fn kept(
    library: &Library,
    choose: impl FnOnce(&Connection) -> std::result::Result<Vec<Choice>, SqliteError> + Send + 'static,
) -> Result<Vec<u32>> {
    let made = library
        .catalogue
        .write(move |conn| {
            let mut choices = choose(conn)?;
            choices.retain(|choice| !choice.keep.is_empty() && choice.keep.len() + choice.trash.len() > 1);
            if choices.is_empty() {
                return Ok(None);
            }
            let mut edits = Vec::new();
            let mut trashed = Vec::new();
            for choice in choices {
                trashed.extend(choice.trash.iter().map(|other| other.id));
                edits.extend(choice.edits());
            }
            Ok(Some((history::edit(conn, &What::KeepDuplicates, &edits)?, trashed)))
        })
        .await?;
    let (made, trashed) = made.ok_or_else(|| EngineError::new(ErrorKind::NotFound, messages::Library::NoDuplicates))?;
    done(library, &made).await;
    Ok(trashed)
}

impl Choice {
    /// Operations of one picture follow one another.
    fn edits(mut self) -> Vec<EditKind> {
        best_first(&mut self.trash);
        let mut edits = Vec::new();
        let mut pictures: Vec<Image> = self.keep.into_iter().map(|picture| picture.image).collect();
        if let Some(kept) = pictures.first_mut() {
            let others = || self.trash.iter().map(|other| &other.image);
            let image_id = kept.id.clone();
            if !kept.favourite && others().any(|other| other.favourite) {
                edits.push(EditKind::SetFavourite { image_id: image_id.clone(), favourite: true });
            }
            let rating = others().map(|other| other.rating).max().unwrap_or(0);
            if kept.rating == 0 && rating > 0 {
                edits.push(EditKind::SetRating { image_id, rating });
            }
            for other in others() {
                edits.extend(carried(other, kept));
            }
        }
        if pictures.len() > 1 {
            // Those of the first stay with what is carried over to it.
            edits.extend(verdicts(&pictures, false));
        }
        edits.extend(self.trash.into_iter().map(|other| EditKind::Trash { image_id: other.image.id }));
        edits
    }
}

/// Says that some pictures are the same, or that they aren't, however alike they look. That holds until the other is said.
pub(crate) async fn decide(library: &Library, ids: Vec<u32>, same: bool) -> Result<()> {
    let mut met = HashSet::new();
    let ids: Vec<u32> = ids.into_iter().filter(|id| met.insert(*id)).collect();
    if ids.len() < 2 {
        return Err(invalid(messages::Library::OneAlone));
    }
    let asked = ids.len();
    let made = library
        .catalogue
        .write(move |conn| {
            let pictures = there(conn, ids.into_iter())?;
            if pictures.len() < asked {
                return Ok(None);
            }
            // One whose format isn't decoded can't be compared, and belongs where a person says.
            for picture in pictures.iter().filter(|_| same) {
                likeness::put(conn, picture.id, None)?;
            }
            let images: Vec<Image> = pictures.into_iter().map(|picture| picture.image).collect();
            let what = if same { What::Together } else { What::Apart };
            Ok(Some(history::edit(conn, &what, &verdicts(&images, same))?))
        })
        .await?;
    let made = made.ok_or_else(|| EngineError::new(ErrorKind::NotFound, messages::Library::Gone))?;
    done(library, &made).await;
    Ok(())
}

/// Says it, and compares at once: whoever looks sees the groups as they are now.
async fn done(library: &Library, made: &Made) {
    told(library, made);
    if let Err(error) = crate::comparing::place(library).await {
        tracing::warn!(%error, "pictures can't be compared");
    }
}

/// Pictures that are there and not in the trash.
fn there(conn: &Connection, ids: impl Iterator<Item = u32>) -> std::result::Result<Vec<Picture>, SqliteError> {
    let mut there = Vec::new();
    for id in ids {
        there.extend(picture::get(conn, id)?.filter(|picture| picture.image.deleted_at.is_none()));
    }
    Ok(there)
}

/// One verdict more of each.
fn verdicts(pictures: &[Image], same: bool) -> Vec<EditKind> {
    let set = later_than(pictures.iter().flat_map(|picture| &picture.verdicts));
    let with_it = |picture: &Image| {
        let mut verdicts = picture.verdicts.clone();
        Verdict { set: set.clone(), same }.put(&mut verdicts);
        EditKind::SetVerdicts { image_id: picture.id.clone(), verdicts }
    };
    pictures.iter().map(with_it).collect()
}

/// The name of a verdict that is greater than those of some: now, or right after the latest of a computer whose clock is ahead.
fn later_than<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> String {
    let moments = verdicts.filter_map(|verdict| Uuid::parse_str(&verdict.set).ok()?.get_timestamp());
    let latest = moments.map(|moment| moment.to_unix()).max().map(|(seconds, nanos)| Duration::new(seconds, nanos));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let moment = latest.map_or(now, |latest| now.max(latest + Duration::from_millis(1)));
    Uuid::new_v7(Timestamp::from_unix(NoContext, moment.as_secs(), moment.subsec_nanos())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_later_than_those_that_are_known() {
        let ahead = Uuid::new_v7(Timestamp::from_unix(NoContext, 32_503_680_000, 0)).to_string();
        let ahead = Verdict { set: ahead, same: true };
        let later = later_than([&ahead].into_iter());
        assert!(later > ahead.set, "{later}");
        assert!(later_than([].into_iter()) < ahead.set);
    }
}
