//! Doing something with several pictures at once.

use std::collections::HashSet;

use engine::view::Named;
use engine::{Engine, EngineError};
use serde::Serialize;

use super::failure::Failure;
use super::output::{FailedPicture, Output, complain, one_line};
use super::session::Session;

/// A line of `delete --json`, `restore --json` and the like.
#[derive(Serialize)]
struct Moved<'a> {
    id: &'a str,
    status: &'static str,
}

/// What is said of each picture that something is done with.
pub struct Doing {
    /// A word for programs.
    status: &'static str,
    /// Words for people.
    said: messages::Cli,
    /// Of which pictures there is nothing to do; for programs they are `unchanged`.
    idle: Option<Idle>,
}

struct Idle {
    is: fn(&Named) -> bool,
    /// Words for people.
    said: messages::Cli,
}

impl Doing {
    /// Something that is done with every picture.
    pub fn always(status: &'static str, said: messages::Cli) -> Self {
        Self { status, said, idle: None }
    }

    /// The same, but for pictures with which there is nothing to do, of which that is said.
    pub fn unless(self, is: fn(&Named) -> bool, said: messages::Cli) -> Self {
        Self { idle: Some(Idle { is, said }), ..self }
    }

    fn of(&self, picture: &Named) -> (&'static str, &messages::Cli) {
        match &self.idle {
            Some(idle) if (idle.is)(picture) => ("unchanged", &idle.said),
            _ => (self.status, &self.said),
        }
    }

    fn changes(&self, picture: &Named) -> bool {
        self.idle.as_ref().is_none_or(|idle| !(idle.is)(picture))
    }
}

/// Does something with pictures at once, so that it can be undone at once, and says so of each; one that isn't there doesn't
/// stop the others.
pub async fn several(
    session: &Session,
    out: &Output,
    given: &[String],
    doing: Doing,
    act: impl AsyncFnOnce(&Engine, Vec<u32>) -> Result<(), EngineError>,
) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let mut failed = false;
    let mut pictures: Vec<Named> = Vec::with_capacity(given.len());
    let mut met = HashSet::with_capacity(given.len());
    for (reference, known) in given.iter().zip(engine.named(given.to_vec()).await?) {
        match known {
            // However often it was named, in whatever way.
            Ok(picture) if !met.insert(picture.id) => {}
            Ok(picture) => pictures.push(picture),
            Err(error) => {
                failed = true;
                complain(format!("{reference}: {}", error.message));
                if out.json() {
                    out.object(&FailedPicture { id: reference, error: &error });
                }
            }
        }
    }
    let changed: Vec<u32> =
        pictures.iter().filter(|picture| doing.changes(picture)).map(|picture| picture.id).collect();
    if !changed.is_empty() {
        act(engine, changed).await?;
    }
    for picture in &pictures {
        let (status, said) = doing.of(picture);
        if out.json() {
            out.object(&Moved { id: &picture.image_id, status });
        } else {
            complain(format!("{}: {said}", one_line(&picture.name)));
        }
    }
    session.send_edits().await;
    if failed { Err(Failure::Some) } else { Ok(()) }
}
