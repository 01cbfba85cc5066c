//! Operations go out: in their order, a thousand at a time.

use account_api::{Author, Edit, EditKind, EditsRequest, MAX_EDITS};
use catalogue::table::operation::{self, Refused};
use catalogue::table::{history, waiting};
use catalogue::{Connection, SqliteError};
use messages::Sync;

use crate::open_library::OpenLibrary;
use crate::view::NoticeKind;
use crate::{EngineError, ErrorKind, Result};

/// The largest body of a request in bytes, as far as it has more than one operation.
const LARGEST: usize = 1 << 20;

/// What has been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// Nothing waited.
    Nothing,
    /// Everything that waited, and nobody else has changed anything: there is nothing to pull.
    Alone,
    /// Everything that waited.
    Everything,
}

/// Sends all operations that wait. What the service refuses for good is taken back here and told to the person; when it
/// can't be reached, everything that is left keeps waiting.
pub(super) async fn push(library: &OpenLibrary) -> Result<Pushed> {
    let mut pushed = Pushed::Nothing;
    loop {
        if library.catalogue.read(waiting::count).await? == 0 {
            return Ok(pushed);
        }
        // Noted before they go out: what is undone from now on was perhaps taken by the account.
        let (operations, fresh) = library.catalogue.write(hand_out).await?;
        if operations.is_empty() {
            return Ok(pushed);
        }
        let complete = send(library, EditsRequest { operations }, fresh).await?;
        pushed = if complete && pushed != Pushed::Everything { Pushed::Alone } else { Pushed::Everything };
    }
}

/// The oldest operations that wait, as they are sent, and the identifiers of those that are handed out for the first time.
fn hand_out(conn: &Connection) -> Result<(Vec<Edit>, Vec<String>), SqliteError> {
    let waiting = waiting::oldest(conn, 0, MAX_EDITS)?;
    let operations = fitting(waiting.into_iter().map(|one| one.edit).collect());
    let ids: Vec<&str> = operations.iter().map(|edit| edit.id.as_str()).collect();
    let fresh = waiting::sending(conn, &ids)?;
    Ok((operations, fresh))
}

/// The first of them, as many as fit into one request.
fn fitting(mut operations: Vec<Edit>) -> Vec<Edit> {
    let mut bytes = 0;
    let fit = operations.iter().position(|edit| {
        bytes += serde_json::to_string(edit).map_or(0, |json| json.len());
        bytes > LARGEST
    });
    operations.truncate(fit.unwrap_or(operations.len()).max(1));
    operations
}

/// Sends some; whether nobody else has changed anything. Those that are sent for the first time, and that certainly nobody got,
/// are as if they had not been handed out.
async fn send(library: &OpenLibrary, request: EditsRequest, fresh: Vec<String>) -> Result<bool> {
    let results = match library.client.edits(&request).await {
        Ok(answer) => answer.results,
        Err(error) => {
            if !error.may_be_made() {
                library.catalogue.write(move |conn| history::not_sent(conn, &fresh)).await?;
                library.events.library_changed();
            }
            return Err(error.into());
        }
    };
    let answered = |edit: &Edit| results.iter().any(|result| result.id == edit.id);
    if !request.operations.first().is_some_and(answered) {
        return Err(EngineError::new(ErrorKind::ServiceFailed, messages::Sync::NoAnswer));
    }
    let settled = library
        .catalogue
        .write(move |conn| {
            let settled = operation::settle(conn, &results)?;
            for refused in &settled.refused {
                history::forget(conn, &refused.id)?;
            }
            for id in &settled.superseded {
                history::supersede(conn, id)?;
            }
            Ok(settled)
        })
        .await?;
    for sha256 in &settled.removed {
        library.blobs.forget(sha256).await;
    }
    tell(library, &settled.refused);
    library.events.library_changed();
    Ok(settled.complete)
}

/// Says what was taken back, once.
fn tell(library: &OpenLibrary, refused: &[Refused]) {
    let Some(first) = refused.first() else { return };
    tracing::warn!(refused = refused.len(), message = first.message, "the service refused edits for good");
    let name = first.name.as_ref().map_or_else(|| Sync::APicture.to_string(), |name| format!("“{name}”"));
    let why = first.message.clone();
    let message = match refused.len() - 1 {
        0 => Sync::UndoneHere { name, why },
        more => Sync::SeveralUndoneHere { count: more as u64, name, why },
    };
    let words: Vec<String> = refused.iter().filter_map(words).collect();
    let message = match words.is_empty() {
        true => message.to_string(),
        false => format!("{message} {}", words.join(" ")),
    };
    library.events.notice(NoticeKind::Warning, message);
}

/// What a person wrote that is nowhere any more, in a sentence of its own.
fn words(refused: &Refused) -> Option<String> {
    let quoted = |text: &str| (!text.trim().is_empty()).then(|| format!("“{text}”"));
    let said = match &refused.edit {
        EditKind::SetName { name, .. } => Sync::YourName { words: quoted(name)? },
        EditKind::SetDescription { description, .. } => Sync::YourDescription { words: quoted(description)? },
        EditKind::SetAltText { alt_text, .. } => Sync::YourAltText { words: quoted(alt_text)? },
        EditKind::AddTag { tag, by: Author::Person, .. } => Sync::YourTag { words: quoted(tag)? },
        EditKind::CreateAlbum { name, .. } | EditKind::SetAlbum { name: Some(name), .. } => {
            Sync::YourAlbumName { words: quoted(name)? }
        }
        _ => return None,
    };
    Some(said.to_string())
}

#[cfg(test)]
mod tests {
    use account_api::Clock;

    use super::*;

    #[test]
    fn a_request_has_a_size_that_services_take() {
        let edit = |description: String| Edit {
            id: "i".into(),
            clock: Clock::at(1),
            device: "d".into(),
            kind: EditKind::SetDescription { image_id: "p".into(), description },
        };
        assert_eq!(fitting(vec![edit("x".into()); MAX_EDITS]).len(), MAX_EDITS);
        assert_eq!(fitting(vec![edit("x".repeat(LARGEST / 4)); 9]).len(), 3);
        assert_eq!(fitting(vec![edit("x".repeat(LARGEST)); 9]).len(), 1);
    }
}
