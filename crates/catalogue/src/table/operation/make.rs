//! Making operations: shown at once, and noted for the account in the same transaction.

use std::collections::BTreeSet;

use account_api::{EditKind, Image};
use rusqlite::{Connection, Result, params};
use uuid::Uuid;

use super::inverse;
use crate::table::clock::{Ticker, now};
use crate::table::json::encode;
use crate::table::waiting::{apply_to_picture, is_models, replace, subject, to_album, to_picture};
use crate::table::{album, picture};

/// What came of making operations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// The pictures that they were about and that are there, changed or not.
    pub known: usize,
    /// The pictures that were changed.
    pub changed: BTreeSet<u32>,
    /// How many operations wait because of it.
    pub operations: usize,
    /// How many operations that had not been sent wait no longer because of it.
    pub withdrawn: usize,
}

/// What an operation did, for those who keep it.
pub(in crate::table) struct Record {
    /// Which of those that were asked for it is, counted from 0.
    pub(in crate::table) at: usize,
    /// Its identifier.
    pub(in crate::table) id: String,
    /// The picture, if it is about one.
    pub(in crate::table) picture: Option<u32>,
    /// What was done.
    pub(in crate::table) edit: EditKind,
    /// What undoes it; empty when nothing does.
    pub(in crate::table) before: Vec<EditKind>,
}

/// Makes operations, in their order: those of one picture belong one after another. What is so already, or is about a picture
/// or an album that isn't there, is left out. A place in an album that is empty is the one after all others.
pub fn make(conn: &Connection, edits: &[EditKind]) -> Result<Made> {
    make_noting(conn, edits, |_| Ok(()))
}

/// The same, and tells of each.
pub(in crate::table) fn make_noting(
    conn: &Connection,
    edits: &[EditKind],
    mut note: impl FnMut(Record) -> Result<()>,
) -> Result<Made> {
    let mut making = Making { conn, ticker: Ticker::load(conn)?, made_at: now(conn)?, made: Made::default() };
    let mut first = 0;
    for of_one in edits.chunk_by(|one, next| about(one) == about(next)) {
        let numbered = of_one.iter().enumerate().map(|(at, edit)| (first + at, edit));
        match about(&of_one[0]) {
            (Some(image_id), _) => making.of_picture(image_id, numbered, &mut note)?,
            (None, album_id) => making.of_album(album_id.unwrap_or_default(), numbered, &mut note)?,
        }
        first += of_one.len();
    }
    making.ticker.keep(conn)?;
    Ok(making.made)
}

/// The picture, else the album.
fn about(edit: &EditKind) -> (Option<&str>, Option<&str>) {
    match edit.image_id() {
        Some(image_id) => (Some(image_id), None),
        None => (None, edit.album_id()),
    }
}

struct Making<'a> {
    conn: &'a Connection,
    ticker: Ticker,
    made_at: String,
    made: Made,
}

impl Making<'_> {
    fn of_picture<'e>(
        &mut self,
        image_id: &str,
        edits: impl Iterator<Item = (usize, &'e EditKind)>,
        note: &mut impl FnMut(Record) -> Result<()>,
    ) -> Result<()> {
        let Some(known) = picture::state(self.conn, image_id)? else { return Ok(()) };
        if known.gone {
            return Ok(());
        }
        self.made.known += 1;
        let mut image = known.shown.clone();
        let (mut changed, mut gone, mut by_model) = (false, false, false);
        for (at, edit) in edits {
            if self.is_idle(edit, &image)? {
                continue;
            }
            let edit = self.placed(edit);
            let before = image.clone();
            to_picture(&edit, &mut image, &self.made_at);
            let removes = matches!(edit, EditKind::Remove { .. });
            if image == before && !removes {
                continue;
            }
            changed = true;
            gone |= removes;
            by_model |= is_models(&edit);
            let id = self.wait(Some(known.id), &edit)?;
            note(Record { at, id, picture: Some(known.id), before: inverse::of_picture(&edit, &before), edit })?;
        }
        if !changed {
            return Ok(());
        }
        if by_model {
            // A person's word that waits holds against it.
            image = known.account.clone();
            apply_to_picture(self.conn, known.id, &mut image)?;
        }
        self.made.changed.insert(known.id);
        let account = picture::Account::Kept(&known.account);
        picture::overwrite(self.conn, known.id, &known.shown, &image, &account, gone)
    }

    fn of_album<'e>(
        &mut self,
        album_id: &str,
        edits: impl Iterator<Item = (usize, &'e EditKind)>,
        note: &mut impl FnMut(Record) -> Result<()>,
    ) -> Result<()> {
        let known = album::state(self.conn, album_id)?;
        let mut shown = known.shown;
        let mut changed = false;
        for (at, edit) in edits {
            let before = shown.clone();
            to_album(edit, &mut shown, &self.made_at);
            if shown == before {
                continue;
            }
            changed = true;
            let id = self.wait(None, edit)?;
            let undoing = inverse::of_album(self.conn, edit, before.as_ref())?;
            note(Record { at, id, picture: None, edit: edit.clone(), before: undoing })?;
        }
        if !changed {
            return Ok(());
        }
        album::overwrite(self.conn, album_id, shown.as_ref(), known.account.as_ref(), true)
    }

    /// Notes an operation in place of one about the same; gives its identifier.
    fn wait(&mut self, picture: Option<u32>, edit: &EditKind) -> Result<String> {
        let subject = subject(edit);
        let id = Uuid::now_v7().to_string();
        if let (Some(subject), Some(picture)) = (&subject, picture) {
            replace(self.conn, picture, subject, &id)?;
        }
        let clock = self.ticker.tick().to_string();
        self.conn
            .prepare_cached(
                "INSERT INTO operation (id, clock, device, picture, album_id, subject, edit, made_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id,
                clock,
                self.ticker.device,
                picture,
                edit.album_id(),
                subject.unwrap_or_default(),
                encode(edit)?,
                self.made_at,
            ])?;
        self.made.operations += 1;
        Ok(id)
    }

    /// Whether a picture is to be put into an album that isn't there, or just somewhere into one that it is in.
    fn is_idle(&self, edit: &EditKind, image: &Image) -> Result<bool> {
        let EditKind::AddToAlbum { album_id, place, .. } = edit else { return Ok(false) };
        let is_in = image.albums.iter().any(|within| within.album_id == *album_id);
        Ok(place.is_empty() && is_in || !album::exists(self.conn, album_id)?)
    }

    /// With a place after all others: a moment's text is greater than those of all earlier moments.
    fn placed(&mut self, edit: &EditKind) -> EditKind {
        match edit {
            EditKind::AddToAlbum { image_id, album_id, place } if place.is_empty() => EditKind::AddToAlbum {
                image_id: image_id.clone(),
                album_id: album_id.clone(),
                place: self.ticker.tick().to_string(),
            },
            other => other.clone(),
        }
    }
}
