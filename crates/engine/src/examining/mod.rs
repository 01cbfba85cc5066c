//! Looking at pictures again, once, after an update that reads more from files or shows more formats: the kind of job
//! ([`crate::jobs`]) that brings their facts, remarks and thumbnails up to date. Each computer does it for the files that lie on
//! it, one at a time, and the account tells the others.

mod again;
mod means;

use std::sync::Arc;

use catalogue::table::job::{self, Kind};
use catalogue::table::{local_file, state};
use catalogue::{Connection, SqliteError};

use self::again::ExamineAgain;
use crate::jobs::{Home, Jobs};

pub(crate) use means::Means;

/// The pictures of one library that are looked at again.
pub(crate) struct Examining {
    jobs: Arc<Jobs>,
    means: Means,
}

impl Examining {
    pub(crate) fn new(home: Home, means: Means) -> Self {
        Self { jobs: Arc::new(Jobs::new(Kind::Examine, 1, home)), means }
    }

    /// Wants what an update has made worth a look, and works on it in the background.
    pub(crate) async fn begin(&self) {
        match self.means.catalogue.write(want).await {
            Ok(0) => {}
            Ok(pictures) => tracing::info!(pictures, "pictures are looked at again, because this version reads more"),
            Err(error) => tracing::warn!(%error, "what is to be looked at again can't be noted"),
        }
        let work = Arc::new(ExamineAgain(self.means.clone()));
        self.jobs.go_on_by_itself(&*work).await;
        self.jobs.start(work);
    }

    /// Waits until background work has given back what it had. The library's token has been cancelled.
    pub(crate) async fn close(&self) {
        self.jobs.close().await;
    }
}

/// In one transaction, so that it is once: the wishes, and that they were made. Gives how many.
fn want(conn: &Connection) -> Result<usize, SqliteError> {
    if state::examiner(conn)? >= pictures::EXAMINER {
        return Ok(0);
    }
    let here = local_file::pictures(conn)?;
    job::want(conn, Kind::Examine, &here, None)?;
    state::set_examiner(conn, pictures::EXAMINER)?;
    Ok(here.len())
}
