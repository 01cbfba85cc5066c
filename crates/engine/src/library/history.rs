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
    turned(library, turn, messages::History::NothingToUndo)
}

/// Does again what was undone last.
pub(crate) async fn redo(library: &Library) -> Result<Turned> {
    let turn = library.catalogue.write(history::redo).await?;
    turned(library, turn, messages::History::NothingToRedo)
}

fn turned(library: &Library, turn: Turn, nothing: messages::History) -> Result<Turned> {
    match turn {
        Turn::Nothing => Err(EngineError::new(ErrorKind::NotFound, nothing)),
        Turn::Final(batch) => Err(invalid(messages::History::Final { what: title(&batch) })),
        Turn::Done { batch, made, left } => {
            told(library, &made);
            let done = made.operations + made.withdrawn > 0;
            Ok(Turned { title: title(&batch), pictures: made.changed.len() as u64, left: left as u64, done })
        }
    }
}

fn entry(batch: &Batch) -> HistoryEntry {
    HistoryEntry {
        number: batch.id,
        title: title(batch),
        pictures: batch.pictures,
        made_at: batch.made_at.clone(),
        undone: batch.state == State::Undone && !batch.spent,
        undoable: batch.what != What::Remove && batch.state != State::Final && !batch.spent,
    }
}

/// "Favourite on 10,000 pictures", "Tag “sea” added to “beach.jpg”".
fn title(batch: &Batch) -> String {
    use messages::History as Said;
    let quoted = |text: &str| format!("“{}”", one_line(text));
    let of = batch.name.as_deref().map_or_else(|| counted(batch.pictures), quoted);
    let said = match &batch.what {
        What::Rename { name } => Said::Renamed { name: quoted(name) },
        What::Favourite { favourite: true } => Said::FavouriteOn { of },
        What::Favourite { favourite: false } => Said::FavouriteOff { of },
        What::Mark { mark, value } => marked(mark, value, of),
        What::TakenAt => Said::DateTaken { of },
        What::Describe => Said::Description { of },
        What::AltText => Said::AltText { of },
        What::AddTag { tag } => Said::TagAdded { tag: quoted(tag), of },
        What::RemoveTag { tag } => Said::TagRemoved { tag: quoted(tag), of },
        What::ReplaceTags { tags, by } => {
            let tags: Vec<String> = tags.iter().map(|tag| quoted(tag)).collect();
            Said::TagReplaced { tags: tags.join(", "), by: quoted(by), of }
        }
        What::Replace => Said::Replaced,
        What::KeepDuplicates => Said::KeptDuplicates,
        What::Together => Said::Together { of },
        What::Apart => Said::Apart { of },
        What::Frame => Said::Frame { of },
        What::Trash => Said::Trashed { of },
        What::Restore => Said::Restored { of },
        What::Remove => Said::Removed { of },
        What::CreateAlbum { name } => Said::AlbumCreated { name: quoted(name) },
        What::RenameAlbum { name } => Said::AlbumRenamed { name: quoted(name) },
        What::ChangeAlbum { name } => Said::AlbumChanged { name: quoted(name) },
        What::RemoveAlbum { name } => Said::AlbumDeleted { name: quoted(name) },
        What::AddToAlbum { name } => Said::AddedToAlbum { of, name: quoted(name) },
        What::RemoveFromAlbum { name } => Said::RemovedFromAlbum { of, name: quoted(name) },
        What::Several => Said::Several { of },
    };
    said.to_string()
}

/// "Rating 4 on 3 pictures"
fn marked(mark: &str, value: &serde_json::Value, of: String) -> messages::History {
    let name: String = mark.chars().take(1).flat_map(char::to_uppercase).chain(mark.chars().skip(1)).collect();
    match value {
        serde_json::Value::Number(value) => messages::History::MarkValue { name, value: value.to_string(), of },
        serde_json::Value::Bool(false) | serde_json::Value::Null => messages::History::MarkOff { name, of },
        _ => messages::History::MarkOn { name, of },
    }
}

/// "1 picture", "10,000 pictures".
fn counted(pictures: u64) -> String {
    let digits = pictures.to_string();
    let mut number = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            number.push(',');
        }
        number.push(digit);
    }
    messages::History::Pictures { count: pictures, number }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(what: What, pictures: u64, name: Option<&str>) -> String {
        let (name, made_at) = (name.map(str::to_owned), String::new());
        title(&Batch { id: 1, what, pictures, name, made_at, state: State::Done, spent: false })
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
