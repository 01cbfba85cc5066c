//! `edit`, `undo`, `redo`, `history`.

use engine::view::{HistoryEntry, NewMarks, PictureEdit, Turned};

use super::args::{Edit, YesNo};
use super::failure::Failure;
use super::output::{Output, complain};
use super::session::Session;
use super::several::{Doing, several};

/// Changes what was named of some pictures.
pub async fn edit(session: &Session, out: &Output, args: Edit) -> Result<(), Failure> {
    let Edit { change, ids } = args;
    let edit = PictureEdit {
        name: change.name,
        marks: NewMarks {
            favourite: change.favourite.map(|said| said == YesNo::Yes),
            rating: change.rating,
            ..NewMarks::default()
        },
        taken_at: change.taken_at,
        description: change.description,
        alt_text: change.alt,
        add_tags: change.add_tags,
        remove_tags: change.remove_tags,
        goes_on: false,
    };
    let edited = Doing::always("edited", messages::Cli::Edited);
    several(session, out, &ids, edited, async |engine, ids| engine.edit(ids, edit).await).await
}

/// Undoes what was done last.
pub async fn undo(session: &Session, out: &Output) -> Result<(), Failure> {
    let turned = session.fresh_library().await?.undo().await?;
    session.send_edits().await;
    let what = turned.title.clone();
    let said = if turned.done { messages::Cli::Undone { what } } else { messages::Cli::NothingUndone { what } };
    tell(out, &turned, said)
}

/// Does again what was undone last.
pub async fn redo(session: &Session, out: &Output) -> Result<(), Failure> {
    let turned = session.fresh_library().await?.redo().await?;
    session.send_edits().await;
    let what = turned.title.clone();
    let said = if turned.done { messages::Cli::DoneAgain { what } } else { messages::Cli::NothingDoneAgain { what } };
    tell(out, &turned, said)
}

fn tell(out: &Output, turned: &Turned, said: messages::Cli) -> Result<(), Failure> {
    if out.json() {
        out.object(turned);
    } else if turned.done {
        out.line(said.clone());
    }
    if !turned.done {
        complain(said);
        return Err(Failure::Some);
    }
    if turned.left > 0 {
        complain(messages::Cli::ChangesLeft { count: turned.left });
        return Err(Failure::Some);
    }
    Ok(())
}

/// Lists what can be undone and done again, the newest first.
pub async fn history(session: &Session, out: &Output) -> Result<(), Failure> {
    let entries = session.library().await?.history().await?;
    if entries.is_empty() {
        complain(messages::Cli::NothingDone);
    }
    for entry in &entries {
        if out.json() {
            out.object(entry);
        } else {
            out.line(format!("{}  {}{}", entry.made_at, entry.title, state(entry)));
        }
    }
    Ok(())
}

fn state(entry: &HistoryEntry) -> String {
    match (entry.undone, entry.undoable) {
        (true, _) => format!("  ({})", messages::Cli::StateUndone),
        (_, false) => format!("  ({})", messages::Cli::StateNotUndoable),
        _ => String::new(),
    }
}
