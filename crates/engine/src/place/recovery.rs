//! A place whose account database is lost: it comes back from the store, by itself.

use std::path::PathBuf;
use std::sync::Arc;

use catalogue::Catalogue;
use catalogue::table::picture;
use catalogue::table::say_again::say_again;
use futures::future::BoxFuture;
use messages::Recovery as Said;

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

/// What came of it.
#[derive(Debug, Clone)]
pub struct Recovered {
    /// A sentence for people.
    pub(crate) said: String,
    /// Whether what was said of the pictures came back with them.
    with_words: bool,
}

impl Recovered {
    /// Tells a catalogue that the account is another one now: what it has of the account is of before. It says again what the
    /// account doesn't know any more.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) async fn tell(&self, catalogue: &Catalogue) -> Result<()> {
        let with_words = self.with_words;
        let said = catalogue.write(move |conn| {
            let said = if with_words { 0 } else { say_again(conn)? };
            picture::forget_revisions(conn).map(|()| said)
        });
        let said = said.await?;
        tracing::info!(said, "the account's database has come back");
        Ok(())
    }
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

    /// Brings it back.
    ///
    /// # Errors
    /// What keeps the store from being read. What was brought back stays, and doing it again goes on.
    pub(crate) fn run(&self) -> BoxFuture<'_, Result<Recovered>> {
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
        let (what, whence) = (self.what_happened().to_string(), self.whence(true).to_string());
        EngineError::new(ErrorKind::ServiceFailed, Said::Going { what, whence })
    }

    /// The store has nothing of a library that the catalogue knows pictures of.
    fn nothing_there(&self) -> EngineError {
        let (what, count) = (self.what_happened().to_string(), self.known.pictures);
        let library = self.known.library.display().to_string();
        let sentence = match self.kind {
            PlaceKind::Bucket => Said::NothingInBucket { what, count, library },
            _ => {
                let service = self.known.service.display().to_string();
                Said::NothingOnThisComputer { what, count, library, service }
            }
        };
        EngineError::new(ErrorKind::ServiceFailed, sentence)
    }

    fn what_happened(&self) -> Said {
        match &self.lost {
            Lost { older: true, .. } => Said::Older,
            Lost { aside: Some(_), .. } => Said::Damaged,
            _ => Said::Gone,
        }
    }

    fn whence(&self, has_journal: bool) -> Said {
        match (self.kind, has_journal) {
            (PlaceKind::Bucket, true) => Said::FromBucket,
            (PlaceKind::Bucket, false) => Said::FromBucketAlone,
            (_, true) => Said::FromThisComputer,
            (_, false) => Said::FromThisComputerAlone,
        }
    }

    fn came_of(&self, report: &RebuildReport) -> Recovered {
        let count = (report.restored + report.already).into();
        let has_journal = report.segments > 0 || report.restored == 0;
        let whence = self.whence(has_journal).to_string();
        let mut said = vec![self.what_happened()];
        said.push(match self.lost.older {
            true => Said::TakenUp { count: (report.restored + report.learned).into(), whence },
            false => Said::CameBack { count, whence },
        });
        if !has_journal {
            said.push(if self.known.pictures > 0 { Said::WordsOfCatalogue } else { Said::NoJournal });
        }
        if report.not_proven > 0 {
            said.push(Said::NotProven { count: report.not_proven.into() });
        }
        if report.missing > 0 {
            said.push(Said::Missing { count: report.missing.into() });
        }
        if !report.damaged.is_empty() || !report.lost.is_empty() {
            said.push(Said::JournalDamaged);
        }
        if let Some(aside) = &self.lost.aside {
            said.push(Said::KeptAside { path: aside.display().to_string() });
        }
        let said = said.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Recovered { said, with_words: has_journal }
    }
}
