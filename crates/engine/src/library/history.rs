//! What was done, to be undone and done again.

use catalogue::table::history::{self, Batch, State, Turn, What};
use names::one_line;

use super::edit::told;
use super::refusal::invalid;
use crate::library::Library;
use crate::view::{HistoryEntry, Turned, Turns};
use crate::{EngineError, ErrorKind, Result};

/// The last 200 things that a person did, the newest first.
pub(crate) async fn history(library: &Library) -> Result<Vec<HistoryEntry>> {
    Ok(library.catalogue.read(history::batches).await?.iter().map(entry).collect())
}

/// What can be undone and done again next.
pub(crate) async fn turns(library: &Library) -> Result<Turns> {
    let next = library.catalogue.read(|conn| Ok((history::undoable(conn)?, history::redoable(conn)?)));
    let (undo, redo) = next.await?;
    let named = |batch: Option<Batch>| batch.as_ref().map(title);
    Ok(Turns { undo: named(undo), redo: named(redo) })
}

/// Undoes what was done last.
pub(crate) async fn undo(library: &Library) -> Result<Turned> {
    let turn = library.catalogue.write(history::undo).await?;
    turned(library, turn, "There is nothing to undo.")
}

/// Does again what was undone last.
pub(crate) async fn redo(library: &Library) -> Result<Turned> {
    let turn = library.catalogue.write(history::redo).await?;
    turned(library, turn, "There is nothing to do again.")
}

fn turned(library: &Library, turn: Turn, nothing: &str) -> Result<Turned> {
    match turn {
        Turn::Nothing => Err(EngineError::new(ErrorKind::NotFound, nothing)),
        Turn::Final(batch) => Err(invalid(format!(
            "“{}” can't be undone: what is removed for good is gone. Undo once more for what was done before it.",
            title(&batch)
        ))),
        Turn::Done { batch, made, left } => {
            told(library, &made);
            Ok(Turned { title: title(&batch), pictures: made.changed.len() as u64, left: left as u64 })
        }
    }
}

fn entry(batch: &Batch) -> HistoryEntry {
    HistoryEntry {
        number: batch.id,
        title: title(batch),
        pictures: batch.pictures,
        made_at: batch.made_at.clone(),
        undone: batch.state == State::Undone,
        undoable: batch.what != What::Remove,
    }
}

/// "Favourite on 10,000 pictures", "Tag “sea” added to “beach.jpg”".
fn title(batch: &Batch) -> String {
    let quoted = |text: &str| format!("“{}”", one_line(text));
    let of = batch.name.as_deref().map_or_else(|| counted(batch.pictures), quoted);
    match &batch.what {
        What::Rename { name } => format!("Renamed to {}", quoted(name)),
        What::Favourite { favourite: true } => format!("Favourite on {of}"),
        What::Favourite { favourite: false } => format!("Favourite off on {of}"),
        What::Mark { mark, value } => marked(mark, value, &of),
        What::TakenAt => format!("Date taken of {of}"),
        What::Describe => format!("Description of {of}"),
        What::AltText => format!("Alt text of {of}"),
        What::AddTag { tag } => format!("Tag {} added to {of}", quoted(tag)),
        What::RemoveTag { tag } => format!("Tag {} removed from {of}", quoted(tag)),
        What::ReplaceTags { tags, by } => {
            let tags: Vec<String> = tags.iter().map(|tag| quoted(tag)).collect();
            format!("Tag {} became {} on {of}", tags.join(", "), quoted(by))
        }
        What::Frame => format!("Rotation or crop of {of}"),
        What::Trash => format!("{of} moved to the trash"),
        What::Restore => format!("{of} restored"),
        What::Remove => format!("{of} removed for good"),
        What::CreateAlbum { name } => format!("Album {} created", quoted(name)),
        What::RenameAlbum { name } => format!("Album renamed to {}", quoted(name)),
        What::ChangeAlbum { name } => format!("Album {} changed", quoted(name)),
        What::RemoveAlbum { name } => format!("Album {} deleted", quoted(name)),
        What::AddToAlbum { name } => format!("{of} added to album {}", quoted(name)),
        What::RemoveFromAlbum { name } => format!("{of} removed from album {}", quoted(name)),
        What::Several => format!("Several changes of {of}"),
    }
}

/// "Rating 4 on 3 pictures"
fn marked(mark: &str, value: &serde_json::Value, of: &str) -> String {
    let name: String = mark.chars().take(1).flat_map(char::to_uppercase).chain(mark.chars().skip(1)).collect();
    match value {
        serde_json::Value::Number(value) => format!("{name} {value} on {of}"),
        serde_json::Value::Bool(false) | serde_json::Value::Null => format!("{name} off on {of}"),
        _ => format!("{name} on {of}"),
    }
}

/// "1 picture", "10,000 pictures".
fn counted(pictures: u64) -> String {
    let digits = pictures.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if pictures == 1 { "1 picture".to_owned() } else { format!("{grouped} pictures") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(what: What, pictures: u64, name: Option<&str>) -> String {
        let (name, made_at) = (name.map(str::to_owned), String::new());
        title(&Batch { id: 1, what, pictures, name, made_at, state: State::Done })
    }

    #[test]
    fn batches_are_named_with_their_pictures() {
        assert_eq!(titled(What::Favourite { favourite: true }, 10_000, None), "Favourite on 10,000 pictures");
        assert_eq!(titled(What::AddTag { tag: "sea".into() }, 1, Some("a.jpg")), "Tag “sea” added to “a.jpg”");
        let turned = What::Mark { mark: "rotation".into(), value: 90.into() };
        assert_eq!(titled(turned, 3, None), "Rotation 90 on 3 pictures");
        assert_eq!(titled(What::Trash, 1, Some("a.jpg")), "“a.jpg” moved to the trash");
        assert_eq!(titled(What::Remove, 1, None), "1 picture removed for good");
        assert_eq!(counted(1_234_567), "1,234,567 pictures");
    }
}
