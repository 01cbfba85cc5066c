//! One writing thread and a few reading ones, each with a connection of its own. Work is sent to them as closures and
//! awaited on any runtime.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use futures::channel::oneshot;
use machine::Room;
use rusqlite::{Connection, TransactionBehavior};

use crate::changes::Changes;
use crate::pragma::{Durability, connect};
use crate::{CatalogueError, Result};

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The threads end when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Pool {
    writer: Sender<Job>,
    readers: Sender<Job>,
    /// What is kept on the disk for writing when it is full.
    room: Room,
    changes: Arc<Changes>,
}

impl Pool {
    /// Opens `readers + 1` connections to a database that exists.
    pub(crate) fn open(path: &Path, durability: Durability, readers: usize, room: Room) -> Result<Pool> {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let (writer, jobs) = channel::<Job>();
        let conn = connect(path, durability)?;
        let changes = Arc::<Changes>::default();
        changes.watch(&conn)?;
        spawn(format!("{name}-writer"), path, move || {
            work(&Mutex::new(jobs), conn);
        })?;
        let (reading, jobs) = channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..readers {
            let conn = connect(path, durability)?;
            conn.pragma_update(None, "query_only", true)?;
            let jobs = Arc::clone(&jobs);
            spawn(format!("{name}-reader-{number}"), path, move || work(&jobs, conn))?;
        }
        Ok(Pool { writer, readers: reading, room, changes })
    }

    /// Runs a closure on a reading connection, inside one snapshot.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        submit(&self.readers, move |conn| {
            let snapshot = conn.transaction()?;
            work(&snapshot)
        })
        .await
    }

    /// Runs a closure on the writing connection inside `BEGIN IMMEDIATE`; an error rolls everything back.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (room, changes) = (self.room.clone(), Arc::clone(&self.changes));
        submit(&self.writer, move |conn| {
            let _settled = Settled(changes);
            if room.make_way() {
                // The log begins anew in the place that it has.
                conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
            }
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
        .await
    }

    /// What was changed through it.
    pub(crate) fn changes(&self) -> &Arc<Changes> {
        &self.changes
    }

    /// What is kept on the disk.
    pub(crate) fn room(&self) -> &Room {
        &self.room
    }

    /// Runs a closure on the writing connection, outside of any transaction.
    pub(crate) async fn on_writer<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        submit(&self.writer, work).await
    }
}

/// The end of a transaction, however it comes.
struct Settled(Arc<Changes>);

impl Drop for Settled {
    fn drop(&mut self) {
        self.0.settle();
    }
}

fn spawn(name: String, path: &Path, run: impl FnOnce() + Send + 'static) -> Result<()> {
    thread::Builder::new()
        .name(name)
        .spawn(run)
        .map(drop)
        .map_err(|source| CatalogueError::Io { path: path.to_path_buf(), source })
}

/// Does what comes until nobody can send any more.
fn work(jobs: &Mutex<Receiver<Job>>, mut conn: Connection) {
    loop {
        // One waiting reader holds the lock; the others queue for it and get their turn as soon as it has its job.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { break };
        // A panic drops the job's transaction, which rolls it back, and its answer, which the caller sees as Closed.
        if catch_unwind(AssertUnwindSafe(|| job(&mut conn))).is_err() {
            tracing::error!("a database job panicked");
        }
    }
}

async fn submit<T, F>(to: &Sender<Job>, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    let job: Job = Box::new(move |conn| {
        // Somebody who has stopped waiting still gets the work done: a write must not depend on it.
        let _ = answer.send(work(conn).map_err(CatalogueError::from));
    });
    to.send(job).map_err(|_| CatalogueError::Closed)?;
    answered.await.map_err(|_| CatalogueError::Closed)?
}
