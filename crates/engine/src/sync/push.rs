//! Operations go out: in their order, a thousand at a time.

use account_api::{Edit, EditsRequest, MAX_EDITS};
use catalogue::table::operation::{self, Refused};
use catalogue::table::{history, waiting};
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
        let waiting = library.catalogue.read(|conn| waiting::oldest(conn, 0, MAX_EDITS)).await?;
        if waiting.is_empty() {
            return Ok(pushed);
        }
        let operations = fitting(waiting.into_iter().map(|one| one.edit).collect());
        let complete = send(library, EditsRequest { operations }).await?;
        pushed = if complete && pushed != Pushed::Everything { Pushed::Alone } else { Pushed::Everything };
    }
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

/// Sends some; whether nobody else has changed anything.
async fn send(library: &OpenLibrary, request: EditsRequest) -> Result<bool> {
    let results = library.client.edits(&request).await?.results;
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
    library.events.notice(NoticeKind::Warning, message);
}

#[cfg(test)]
mod tests {
    use account_api::{Clock, EditKind};

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
