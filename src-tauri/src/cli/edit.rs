//! `edit`, `undo`, `redo`, `history`.

use engine::view::{HistoryEntry, NewMarks, PictureEdit, Turned};

use super::args::{Edit, YesNo};
use super::failure::Failure;
use super::library::several;
use super::output::{Output, complain};
use super::session::Session;

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
    several(session, out, &ids, ("edited", "edited"), async |engine, ids| engine.edit(ids, edit).await).await
}

/// Undoes what was done last.
pub async fn undo(session: &Session, out: &Output) -> Result<(), Failure> {
    let turned = session.fresh_library().await?.undo().await?;
    session.send_edits().await;
    tell(out, &turned, "Undone");
    Ok(())
}

/// Does again what was undone last.
pub async fn redo(session: &Session, out: &Output) -> Result<(), Failure> {
    let turned = session.fresh_library().await?.redo().await?;
    session.send_edits().await;
    tell(out, &turned, "Done again");
    Ok(())
}

fn tell(out: &Output, turned: &Turned, done: &str) {
    if out.json() {
        out.object(turned);
    } else {
        out.line(&format!("{done}: {}", turned.title));
    }
    if turned.left > 0 {
        complain(&format!(
            "{} of its changes were left as they are: something else was done there since.",
            turned.left
        ));
    }
}

/// Lists what can be undone and done again, the newest first.
pub async fn history(session: &Session, out: &Output) -> Result<(), Failure> {
    let entries = session.library().await?.history().await?;
    if entries.is_empty() {
        complain("Nothing was done yet that could be undone.");
    }
    for entry in &entries {
        if out.json() {
            out.object(entry);
        } else {
            out.line(&format!("{}  {}{}", entry.made_at, entry.title, state(entry)));
        }
    }
    Ok(())
}

fn state(entry: &HistoryEntry) -> &'static str {
    match (entry.undone, entry.undoable) {
        (true, _) => "  (undone)",
        (_, false) => "  (can't be undone)",
        _ => "",
    }
}
