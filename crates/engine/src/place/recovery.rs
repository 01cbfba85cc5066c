//! A place whose account database is lost: it comes back from the store, by itself.

use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;

use super::embedded::{self, Embedded, Lost};
use crate::view::{PlaceKind, RebuildReport};
use crate::{EngineError, ErrorKind, Result};

/// A database that is to be brought back, and the service that does it, which runs for as long as this lives.
#[derive(Clone)]
pub struct Recovery {
    embedded: Arc<Embedded>,
    lost: Lost,
    kind: PlaceKind,
    known: Known,
}

/// What this computer knows of the library.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// How many pictures the catalogue has.
    pub(super) pictures: u64,
    /// The folder of the embedded service.
    pub(super) service: PathBuf,
    /// That of the catalogue.
    pub(super) library: PathBuf,
}

impl std::fmt::Debug for Recovery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recovery").field("lost", &self.lost).finish_non_exhaustive()
    }
}

impl Recovery {
    /// What has to be brought back; none when nothing is lost.
    pub(super) fn needed(embedded: &Arc<Embedded>, kind: PlaceKind, known: Known) -> Option<Self> {
        embedded.lost().map(|lost| Self { embedded: Arc::clone(embedded), lost, kind, known })
    }

    /// Brings it back, and gives a sentence about what came of it.
    ///
    /// # Errors
    /// What keeps the store from being read. What was brought back stays, and doing it again goes on.
    pub(crate) fn run(&self) -> BoxFuture<'_, Result<String>> {
        // Boxed: opening a place is part of nearly everything, and this holds a whole rebuild.
        Box::pin(async {
            match embedded::bring_back(&self.embedded).await {
                Ok(report) => Ok(self.came_of(&report)),
                Err(error) if error.code == ErrorKind::NotFound => Err(self.nothing_there()),
                Err(error) => Err(error),
            }
        })
    }

    /// Why the place can't be used until then.
    pub(crate) fn problem(&self) -> EngineError {
        let message = format!(
            "{} It is being brought back from {}. Your pictures are there; until the records are back, nothing is called \
             verified.",
            self.what_happened(),
            self.whence()
        );
        EngineError::new(ErrorKind::ServiceFailed, message)
    }

    /// The store has nothing of a library that the catalogue knows pictures of.
    fn nothing_there(&self) -> EngineError {
        let (place, back) = match self.kind {
            PlaceKind::Bucket => ("the bucket", "Look whether it is the right bucket.".to_owned()),
            _ => (
                "the store on this computer",
                format!(
                    "Put the folder “{}” back, from a backup or the disk that it was on.",
                    self.known.service.display()
                ),
            ),
        };
        let count = self.known.pictures;
        let message = format!(
            "{} In {place} there is nothing of it, either: {} that this computer knows {} not there, and nothing is called \
             verified. {back} To begin with an empty library, move “{}” away, too.",
            self.what_happened(),
            pictures(count),
            if count == 1 { "is" } else { "are" },
            self.known.library.display()
        );
        EngineError::new(ErrorKind::ServiceFailed, message)
    }

    fn what_happened(&self) -> &'static str {
        match self.lost.aside {
            Some(_) => "The database with this library's records was damaged.",
            None => "The database with this library's records is gone.",
        }
    }

    fn whence(&self) -> &'static str {
        match self.kind {
            PlaceKind::Bucket => "the bucket and the journal in it",
            _ => "the store on this computer and the journal in it",
        }
    }

    fn came_of(&self, report: &RebuildReport) -> String {
        let mut said = vec![
            self.what_happened().to_owned(),
            format!("{} came back from {}.", pictures((report.restored + report.already).into()), self.whence()),
        ];
        if report.not_proven > 0 {
            said.push(format!(
                "Of {} it is not proven yet that the stored bytes are the right ones: check all pictures to have them read \
                 back.",
                pictures(report.not_proven.into())
            ));
        }
        if report.missing > 0 {
            said.push(format!(
                "{} that the journal names are not in the store any more.",
                pictures(report.missing.into())
            ));
        }
        if !report.damaged.is_empty() || !report.lost.is_empty() {
            said.push(
                "Parts of the journal are damaged or lost: edits made then could not be brought back.".to_owned(),
            );
        }
        if let Some(aside) = &self.lost.aside {
            said.push(format!("The damaged files are kept in “{}”.", aside.display()));
        }
        said.join(" ")
    }
}

fn pictures(count: u64) -> String {
    if count == 1 { "1 picture".to_owned() } else { format!("{count} pictures") }
}
