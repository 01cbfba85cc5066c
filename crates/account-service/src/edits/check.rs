//! What an operation has to be like.

use account_api::{EditKind, Reading};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{PrimitiveDateTime, UtcOffset};
use uuid::Uuid;

use crate::clock;

/// The longest description and the longest text of a picture, in characters.
pub const LONG: usize = 20_000;
/// The longest alternative text, in characters.
pub const ALT: usize = 2_000;
/// The longest tag, the longest name of a model and the longest place in an album, in characters.
pub const SHORT: usize = 100;
/// The longest question to a model, in characters.
const PROMPT: usize = 4_000;

/// The operation, tidied up.
///
/// # Errors
/// A sentence about what is wrong with it.
pub fn checked(kind: EditKind) -> Result<EditKind, String> {
    if let Some(fault) = kind.mark_fault() {
        return Err(fault.to_owned());
    }
    Ok(match kind {
        EditKind::SetName { image_id, name: new } => EditKind::SetName { image_id, name: file_name(&new)? },
        EditKind::SetTakenAt { image_id, taken_at } => {
            let taken_at = taken_at.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            if taken_at.as_deref().is_some_and(|text| !is_local_time(text)) {
                return Err("taken_at: a date and a time such as 2026-03-01T12:00:00.".to_owned());
            }
            EditKind::SetTakenAt { image_id, taken_at }
        }
        EditKind::SetDescription { image_id, description } => {
            EditKind::SetDescription { image_id, description: text("description", &description, LONG)? }
        }
        EditKind::SetAltText { image_id, alt_text } => {
            EditKind::SetAltText { image_id, alt_text: text("alt_text", &alt_text, ALT)? }
        }
        EditKind::SetReading { image_id, reading: said } => EditKind::SetReading { image_id, reading: reading(said)? },
        EditKind::AddTag { image_id, tag: new, by } => EditKind::AddTag { image_id, tag: tag(&new)?, by },
        EditKind::RemoveTag { image_id, tag: old, by } => EditKind::RemoveTag { image_id, tag: tag(&old)?, by },
        EditKind::CreateAlbum { album_id, name: new } => {
            Uuid::try_parse(&album_id).map_err(|_| "album_id: a UUID.".to_owned())?;
            EditKind::CreateAlbum { album_id, name: album_name(&new)? }
        }
        EditKind::SetAlbum { album_id, name: new, cover, order, parent } => {
            let name = new.map(|new| album_name(&new)).transpose()?;
            for (field, id) in [("cover", &cover), ("parent", &parent)] {
                if id.as_deref().is_some_and(|id| !id.is_empty() && Uuid::try_parse(id).is_err()) {
                    return Err(format!("{field}: an identifier, or nothing."));
                }
            }
            if parent.as_ref().is_some_and(|parent| Uuid::try_parse(parent).ok() == Uuid::try_parse(&album_id).ok()) {
                return Err("parent: an album can’t be in itself.".to_owned());
            }
            EditKind::SetAlbum { album_id, name, cover, order, parent }
        }
        EditKind::AddToAlbum { ref place, .. } if !is_place(place) => {
            return Err(format!("place: at most {SHORT} characters of 0-9a-z."));
        }
        other => other,
    })
}

fn is_place(place: &str) -> bool {
    place.len() <= SHORT && place.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
}

/// A picture's name.
///
/// # Errors
/// A sentence about what is wrong with it.
pub fn file_name(name: &str) -> Result<String, String> {
    names::picture_name(name).map(str::to_owned).map_err(|fault| format!("name: {fault}"))
}

fn album_name(name: &str) -> Result<String, String> {
    names::album_name(name).map(str::to_owned).map_err(|fault| format!("name: {fault}"))
}

fn text(field: &str, text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    // PostgreSQL takes none with a NUL.
    if text.contains('\0') {
        return Err(format!("{field}: a text has a NUL character."));
    }
    if text.chars().count() > most {
        return Err(format!("{field}: at most {most} characters."));
    }
    Ok(text.to_owned())
}

fn tag(tag: &str) -> Result<String, String> {
    let tag = text("tag", tag, SHORT)?;
    if names::key(&tag).is_empty() || !names::has_visible(&tag) {
        return Err(format!("tag: 1 to {SHORT} characters, at least one of which can be seen."));
    }
    Ok(tag)
}

/// A model isn't refused for talking too much, or for saying a NUL; it is cut off.
pub fn cut(text: &str, most: usize) -> String {
    text.replace('\0', "").trim().chars().take(most).collect()
}

fn reading(said: Reading) -> Result<Reading, String> {
    let Reading { description, alt_text, text_in_image, model, prompt, read_at } = said;
    let read_at = match clock::read(&read_at) {
        Some(at) => clock::wire(at),
        None if read_at.is_empty() => read_at,
        None => return Err("read_at: a time such as 2026-03-01T12:00:00.000Z.".to_owned()),
    };
    Ok(Reading {
        description: cut(&description, LONG),
        alt_text: cut(&alt_text, ALT),
        text_in_image: cut(&text_in_image, LONG),
        model: cut(&model, SHORT),
        prompt: prompt.map(|prompt| cut(&prompt, PROMPT)).filter(|prompt| !prompt.is_empty()),
        read_at,
    })
}

const LOCAL: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
const OFFSET: &[BorrowedFormatItem<'_>] = format_description!("[offset_hour sign:mandatory]:[offset_minute]");

/// Whether a text is a camera's time: with an offset only if that is known.
fn is_local_time(text: &str) -> bool {
    let Some((time, offset)) = text.split_at_checked("2026-03-01T12:00:00".len()) else { return false };
    // There was no year 0.
    PrimitiveDateTime::parse(time, LOCAL).is_ok_and(|time| time.year() > 0)
        && (matches!(offset, "" | "Z") || UtcOffset::parse(offset, OFFSET).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local_and_may_know_their_offset() {
        for right in
            ["2026-03-01T12:00:00", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00+01:00", "1899-12-31T23:59:59-11:30"]
        {
            assert!(is_local_time(right), "{right}");
        }
        for wrong in [
            "",
            "2026",
            "2026-02-30T12:00:00",
            "2026-03-01 12:00:00",
            "2026-03-01T12:00:00+1",
            "2026-03-01T12:00:00.5",
            "0000-01-01T00:00:00",
        ] {
            assert!(!is_local_time(wrong), "{wrong}");
        }
    }
}
