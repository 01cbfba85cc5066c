//! As many workers as are asked at a time, kept for the next pictures.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pictures::{Format, Likeness, Limits, Picture, PictureError, Remark, Rendition, Thumbnail};

use crate::deadlines::Deadlines;
use crate::process::{Process, kill};
use crate::protocol::{Answer, Compared, Task};
use crate::worker::WORKER;

/// How long one picture may take. The largest that are shown take some seconds.
const LONGEST: Duration = Duration::from_secs(60);

/// Workers that wait for pictures, at most; those of more pictures at a time end with them.
const IDLE: usize = 4;

/// Workers of one program.
pub struct Pool {
    program: PathBuf,
    arguments: Vec<&'static str>,
    longest: Duration,
    idle: Mutex<Vec<Process>>,
    deadlines: Arc<Deadlines>,
}

/// Why there is no answer.
enum Broken {
    /// No worker can be started.
    NotStarted(std::io::Error),
    /// It has crashed, or was killed.
    Ended,
}

impl Pool {
    /// This program's own workers.
    pub fn of_this_program() -> Self {
        // On Linux the link leads to this very program, also after an update has put another one in its place.
        let program = if cfg!(target_os = "linux") { PathBuf::from("/proc/self/exe") } else { this_program() };
        Self::of(program, vec![WORKER], LONGEST)
    }

    /// Workers that are another program, each of which has so long for a picture.
    pub fn of(program: PathBuf, arguments: Vec<&'static str>, longest: Duration) -> Self {
        Self { program, arguments, longest, idle: Mutex::default(), deadlines: Deadlines::kept() }
    }

    /// See [`crate::examine`].
    ///
    /// # Errors
    /// As there.
    pub fn examine(&self, bytes: &[u8]) -> Result<Picture, PictureError> {
        self.examine_named(bytes, "")
    }

    /// See [`crate::examine_named`].
    ///
    /// # Errors
    /// As there.
    pub fn examine_named(&self, bytes: &[u8], name: &str) -> Result<Picture, PictureError> {
        let by_name = || pictures::sniff_named(bytes, name).filter(|_| !bytes.is_empty());
        let task = match pictures::sniff(bytes) {
            None => by_name().map_or(Task::Examine, |format| Task::ExamineAs { format }),
            Some(_) => Task::Examine,
        };
        match self.ask(task, bytes) {
            Ok((Answer::Picture(picture), body)) => Ok(picture.with(body)),
            Ok((Answer::Failed(error), _)) => Err(error),
            Err(Broken::NotStarted(error)) => {
                not_started(&error);
                pictures::examine_named(bytes, name, &Limits::default())
            }
            Ok(_) | Err(Broken::Ended) => {
                let format = pictures::sniff_named(bytes, name).ok_or(PictureError::NotAPicture)?;
                Ok(self.undecoded(bytes, format))
            }
        }
    }

    /// What can be known of a picture on which a worker broke: without its pixels another one may come to an end.
    fn undecoded(&self, bytes: &[u8], format: Format) -> Picture {
        match self.ask(Task::ExamineUndecoded { format }, bytes) {
            Ok((Answer::Picture(picture), body)) => picture.with(body),
            _ => Picture { remark: Some(Remark::GaveUp { format }), ..Picture::unseen(format) },
        }
    }

    /// See [`crate::rendition`].
    ///
    /// # Errors
    /// As there.
    pub fn rendition(&self, bytes: &[u8], max_side: u32) -> Result<Rendition, PictureError> {
        self.rendition_of_page(bytes, 0, max_side)
    }

    /// See [`crate::rendition_of_page`].
    ///
    /// # Errors
    /// As there.
    pub fn rendition_of_page(&self, bytes: &[u8], page: u32, max_side: u32) -> Result<Rendition, PictureError> {
        match self.ask(Task::Rendition { page, max_side }, bytes) {
            Ok((Answer::Rendition { width, height }, bytes)) => Ok(Rendition { bytes, width, height }),
            Ok((Answer::Failed(error), _)) => Err(error),
            Err(Broken::NotStarted(error)) => {
                not_started(&error);
                pictures::rendition_of_page(bytes, page, max_side, &Limits::default())
            }
            Ok(_) | Err(Broken::Ended) => Err(gave_up(bytes)),
        }
    }

    /// See [`crate::thumbnail`].
    ///
    /// # Errors
    /// As there.
    pub fn thumbnail(&self, bytes: &[u8], side: u32) -> Result<Thumbnail, PictureError> {
        match self.ask(Task::Thumbnail { side }, bytes) {
            Ok((Answer::Thumbnail(small), bytes)) => Ok(small.with(bytes)),
            Ok((Answer::Failed(error), _)) => Err(error),
            Err(Broken::NotStarted(error)) => {
                not_started(&error);
                pictures::thumbnail(bytes, side, &Limits::default())
            }
            Ok(_) | Err(Broken::Ended) => Err(gave_up(bytes)),
        }
    }

    /// See [`crate::likeness`].
    ///
    /// # Errors
    /// As there.
    pub fn likeness(&self, bytes: &[u8]) -> Result<Option<Likeness>, PictureError> {
        match self.ask(Task::Likeness, bytes) {
            Ok((Answer::Likeness(compared), _)) => Ok(compared.and_then(Compared::together)),
            Ok((Answer::Failed(error), _)) => Err(error),
            Err(Broken::NotStarted(error)) => {
                not_started(&error);
                pictures::likeness(bytes, &Limits::default())
            }
            Ok(_) | Err(Broken::Ended) => Err(gave_up(bytes)),
        }
    }

    /// Kills the workers that wait for pictures, as a system that is short of memory would.
    pub fn kill_idle(&self) {
        for worker in &*self.idle.lock().unwrap_or_else(PoisonError::into_inner) {
            kill(&worker.child());
        }
    }

    fn ask(&self, task: Task, bytes: &[u8]) -> Result<(Answer, Vec<u8>), Broken> {
        // One that waited may have been killed for its memory while it did: that is no fault of this picture.
        let waited = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(waited) = waited
            && let Ok(answer) = self.ask_one(waited, task, bytes)
        {
            return Ok(answer);
        }
        let fresh = Process::start(&self.program, &self.arguments).map_err(Broken::NotStarted)?;
        self.ask_one(fresh, task, bytes)
    }

    fn ask_one(&self, mut worker: Process, task: Task, bytes: &[u8]) -> Result<(Answer, Vec<u8>), Broken> {
        let deadline = self.deadlines.set(Instant::now() + self.longest, worker.child());
        let answer = worker.ask(task, bytes);
        drop(deadline);
        let answer = answer.map_err(|error| {
            tracing::warn!(%error, "a worker broke on a picture");
            Broken::Ended
        })?;
        // After a panic it may be in any state.
        if !matches!(answer.0, Answer::Panicked) {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < IDLE {
                idle.push(worker);
            }
        }
        Ok(answer)
    }
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}

/// What there is to say when the worker broke.
fn gave_up(bytes: &[u8]) -> PictureError {
    match pictures::sniff(bytes) {
        Some(format) => PictureError::Undecodable(Remark::GaveUp { format }),
        None => PictureError::NotAPicture,
    }
}

fn not_started(error: &std::io::Error) {
    tracing::warn!(%error, "no worker can be started; a picture is decoded in this process");
}
