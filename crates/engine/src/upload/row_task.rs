//! The task of one row, from its claim to its end. Everything here can be dropped at any point: the ledger says where it
//! stands, and the next worker goes on from there.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use account_api::{CompleteItem, CompletedPart, ErrorCode, ErrorDetail, Grant};
use catalogue::table::upload::{self, Origin, Status, Upload};
use catalogue::table::upload_part;
use tokio::sync::OwnedSemaphorePermit;

use crate::ErrorKind;
use crate::batch::OnTheWay;
use crate::upload::account::questions::{Announced, Announcement, Confirmed, Sent, Ticket};
use crate::upload::account::remote::{is_outage, is_passing, refusal};
use crate::upload::intake::fetch::fetch;
use crate::upload::intake::films::picture_of_film;
use crate::upload::intake::os_path::{from_bytes, to_bytes};
use crate::upload::intake::reading::{EXAMINED_UP_TO, ReadFault, Reading, read};
use crate::upload::intake::refusal::Refusal;
use crate::upload::intake::same_bytes::First;
use crate::upload::queue::in_flight::{InFlightRow, Stage};
use crate::upload::schedule::circuit_breaker::{Attempt, Peer};
use crate::upload::schedule::retry_budget::{Next, RetryBudget};
use crate::upload::shared::Shared;
use crate::upload::transfer::attempt::{Attempted, SOON, Transferring};
use crate::upload::transfer::deliver::refused;
use crate::upload::transfer::send;
use crate::view::NoticeKind;

/// How often a file is read again that something is writing to.
const REREADS: u32 = 3;

/// The pause before that.
const REREAD_PAUSE: Duration = Duration::from_millis(400);

/// How long a row waits before it asks again, when its account has as many uploads open as may be at once.
const OTHERS_END: Duration = Duration::from_secs(3);

/// How often a row begins anew because the service or the store has forgotten its upload, or the bytes arrived spoilt.
const BEGINNINGS: u32 = 6;

/// Why the task of a row ends before its picture is in the library.
enum End {
    /// It can't be uploaded.
    Refused(Refusal),
    /// It is not this worker's any more, or waits for another row with the same bytes.
    Left,
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        End::Refused(refusal)
    }
}

/// Works on a row until it ends or `in_flight` is cancelled. `place` is this row's place among those being worked on; `coming`
/// lets others wait for its announcement.
pub(in crate::upload) async fn work(
    shared: &Arc<Shared>,
    row: Upload,
    in_flight: &Arc<InFlightRow>,
    place: OwnedSemaphorePermit,
    coming: OnTheWay,
) {
    let id = row.id;
    let task = RowTask { shared, in_flight, name: row.name.clone(), found: row.found };
    let end = tokio::select! {
        biased;
        () = in_flight.cancelled.cancelled() => return,
        end = task.go(row, coming) => end,
    };
    drop(place);
    match end {
        Ok(()) | Err(End::Left) => {}
        Err(End::Refused(refusal)) => {
            shared.questions.failures.ask((id, refusal.failure())).await;
        }
    }
    shared.context.wake_observers();
}

struct RowTask<'a> {
    shared: &'a Arc<Shared>,
    in_flight: &'a Arc<InFlightRow>,
    name: String,
    /// Whether it lay in a folder, rather than being named.
    found: bool,
}

impl RowTask<'_> {
    async fn go(mut self, row: Upload, coming: OnTheWay) -> Result<(), End> {
        if let (Status::Sent, Some(upload_id)) = (row.status, row.upload_id.clone())
            && self.confirm_sent(&row, upload_id).await?
        {
            return Ok(());
        }
        self.in_flight.set_stage(Stage::Reading);
        let path = self.locate(&row).await?;
        let mut reading = self.read(&path, row.size).await?;
        reading.spooled = row.origin != Origin::File;
        self.in_flight.set_size(reading.identity.size);
        self.compare_with_before(&row, &reading).await;
        let Some(first) = self.shared.same.enter(&reading.digests.sha256, row.id) else { return Err(End::Left) };
        let ticket = ticket(&row, Some(&path), &reading);
        self.upload(&path, reading, ticket, first, coming).await
    }

    /// A row whose bytes the store has answered for needs nothing but the service's word, even if the file is gone by now.
    /// False when it has to be sent again.
    async fn confirm_sent(&self, row: &Upload, upload_id: String) -> Result<bool, End> {
        self.in_flight.set_stage(Stage::Verifying);
        self.in_flight.counter.file.store(row.size, std::sync::atomic::Ordering::Relaxed);
        // For the thumbnail; the picture itself doesn't need it.
        let path = row.path.as_deref().map(from_bytes);
        let reading = match &path {
            Some(path) => self.read(path, row.size).await.ok(),
            None => None,
        };
        let reading = reading.filter(|reading| Some(&reading.digests.sha256) == row.sha256.as_ref());
        let ticket = match &reading {
            Some(reading) => ticket(row, path.as_deref(), reading),
            None => ticket_without(row, path.as_deref()),
        };
        let id = row.id;
        let parts = self.shared.read(move |conn| upload_part::of_upload(conn, id)).await.ok_or(End::Left)?;
        let parts = parts.into_iter().filter_map(|part| Some(CompletedPart { number: part.number, etag: part.etag? }));
        let first = row.sha256.as_deref().and_then(|sha256| self.shared.same.enter(sha256, id));
        let Some(first) = first else { return Err(End::Left) };
        match self.confirm(&ticket, CompleteItem { upload_id, parts: parts.collect() }, None).await? {
            Ok((image_id, picture)) => {
                first.landed(image_id, picture);
                Ok(true)
            }
            Err(detail) => {
                self.in_flight.counter.file.store(0, std::sync::atomic::Ordering::Relaxed);
                self.again_after(&detail).await?;
                Ok(false)
            }
        }
    }

    /// Where the bytes are; an address is fetched first.
    async fn locate(&mut self, row: &Upload) -> Result<PathBuf, End> {
        if let Some(path) = row.path.as_deref().map(from_bytes)
            && (row.origin != Origin::Url || path.exists())
        {
            return Ok(path);
        }
        if row.origin != Origin::Url {
            let gone = messages::Upload::Gone { name: self.name.clone() };
            return Err(Refusal::last(ErrorKind::Unreadable, gone).into());
        }
        let _reader = self.shared.readers.enter(&self.in_flight.rank).await;
        let fetched = fetch(&self.shared.web, &row.given, &self.shared.spool).await?;
        let (id, worker, bytes) = (row.id, self.shared.name().to_owned(), to_bytes(&fetched.path));
        let (name, size) = (fetched.name.clone(), fetched.size);
        let ours = self
            .shared
            .write(move |conn| upload::set_source_file(conn, &worker, id, &bytes, &name, size))
            .await
            .unwrap_or_default();
        if !ours {
            crate::upload::intake::spool::remove(&self.shared.spool, &fetched.path);
            return Err(End::Left);
        }
        self.name = fetched.name;
        Ok(fetched.path)
    }

    /// Reads the file. `known` is its size when it was added, 0 when it wasn't known.
    async fn read(&self, path: &Path, known: u64) -> Result<Reading, End> {
        let size = tokio::fs::metadata(path).await.map_or(0, |meta| meta.len());
        let _reader = self.shared.readers.enter(&self.in_flight.rank).await;
        let _room = self.shared.room_for(size.min(EXAMINED_UP_TO)).await;
        let (mut reread, mut seen) = (0, None);
        loop {
            let (file, name) = (path.to_owned(), self.name.clone());
            let outcome = tokio::task::spawn_blocking(move || read(&file, &name)).await;
            return match outcome {
                // What is shorter than it was a moment ago was cut while it was read, and is not what was meant.
                Ok(Ok(reading)) if reread > 0 && reading.identity.size < size => {
                    Err(Refusal::changed(&self.name).into())
                }
                // Half of a file that was whole a moment ago is no damaged picture: it is read until it stays as it is.
                Ok(Ok(reading))
                    if reading.is_damaged()
                        && (reread > 0 || (known > 0 && size != known))
                        && seen != Some(reading.identity) =>
                {
                    if reread == REREADS {
                        return Err(Refusal::changed(&self.name).into());
                    }
                    (reread, seen) = (reread + 1, Some(reading.identity));
                    tokio::time::sleep(REREAD_PAUSE).await;
                    continue;
                }
                Ok(Ok(mut reading)) => {
                    if let Some(bytes) = reading.bytes.take() {
                        // Small files stay in memory until they are sent, as far as there is room; the others are read
                        // again, most likely from the system's cache.
                        reading.keep(bytes, self.shared.try_keep(reading.identity.size));
                    }
                    Ok(reading)
                }
                Ok(Err(ReadFault::Changed)) if reread < REREADS => {
                    reread += 1;
                    tokio::time::sleep(REREAD_PAUSE).await;
                    continue;
                }
                Ok(Err(ReadFault::Changed)) => Err(Refusal::changed(&self.name).into()),
                Ok(Err(ReadFault::NotAPicture)) => Err(self.no_picture(path).into()),
                // A file that had something in it a moment ago is not an empty one.
                Ok(Err(ReadFault::Refused(refusal)))
                    if refusal.error.code == ErrorKind::EmptyFile && (reread > 0 || (known > 0 && size != known)) =>
                {
                    Err(Refusal::changed(&self.name).into())
                }
                Ok(Err(ReadFault::Refused(refusal))) => Err(refusal.into()),
                Err(error) if error.is_panic() => {
                    tracing::error!(name = self.name, "reading a picture panicked");
                    let unexamined = messages::Upload::Unexamined { name: self.name.clone() };
                    Err(Refusal::last(ErrorKind::BrokenPicture, unexamined).into())
                }
                Err(_) => Err(End::Left),
            };
        }
    }

    /// What is said of a file that is no picture.
    fn no_picture(&self, path: &Path) -> Refusal {
        match picture_of_film(path) {
            Some(picture) => Refusal::film(&self.name, picture, self.found),
            None if self.found => Refusal::left_alone(&self.name),
            None => Refusal::picture(&self.name, &pictures::PictureError::NotAPicture),
        }
    }

    /// A file that was begun before an interruption and is another one now goes up as it is now, from its beginning.
    async fn compare_with_before(&self, row: &Upload, reading: &Reading) {
        let Some(before) = &row.sha256 else { return };
        if *before == reading.digests.sha256 || row.upload_id.is_none() {
            return;
        }
        if self.start_over(true).await.is_ok() {
            let anew = messages::Upload::BeginsAnew { name: self.name.clone() };
            self.shared.context.library.events.notice(NoticeKind::Info, anew.to_string());
        }
    }

    async fn upload(
        &self,
        path: &Path,
        reading: Reading,
        ticket: Arc<Ticket>,
        first: First,
        coming: OnTheWay,
    ) -> Result<(), End> {
        let mut coming = Some(coming);
        let (mut budget, mut denied, mut beginnings) = (RetryBudget::default(), false, 0);
        let transferring = Transferring { in_flight: self.in_flight, path, reading: &reading };
        while beginnings < BEGINNINGS {
            beginnings += 1;
            let (grant, sending) = match self.announce(&ticket, &reading, &mut budget, coming.take()).await? {
                Ok(granted) => granted,
                Err((image_id, picture)) => {
                    first.landed(image_id, picture);
                    return Ok(());
                }
            };
            let granted = Instant::now();
            self.in_flight.set_stage(Stage::Sending);
            let upload_id = grant.upload_id.clone();
            let parts = match send(self.shared, &transferring, grant, granted, &mut budget).await {
                Ok(parts) => parts,
                Err(Attempted::AllThere) => Vec::new(),
                // An outage outlasted the grant, which is nobody's fault.
                Err(Attempted::Stale) if granted.elapsed() >= SOON => {
                    beginnings -= 1;
                    continue;
                }
                Err(attempted) => {
                    self.judge(attempted, &mut denied).await?;
                    continue;
                }
            };
            self.in_flight.set_stage(Stage::Verifying);
            match self.confirm(&ticket, CompleteItem { upload_id, parts }, Some(sending)).await? {
                Ok((image_id, picture)) => {
                    first.landed(image_id, picture);
                    return Ok(());
                }
                Err(detail) => self.again_after(&detail).await?,
            }
        }
        let never = messages::Upload::NeverWhole { name: self.name.clone(), times: BEGINNINGS.to_string() };
        Err(Refusal::for_now(ErrorKind::ChecksumMismatch, never).into())
    }

    /// What an unsuccessful attempt means for the row: another one, or its end.
    async fn judge(&self, attempted: Attempted, denied: &mut bool) -> Result<(), End> {
        match attempted {
            Attempted::Anew | Attempted::Stale | Attempted::Spoilt | Attempted::AllThere => Ok(()),
            // An expired URL, most likely; one that is fresh and refused says something about the store.
            Attempted::Denied(said) if std::mem::replace(denied, true) => Err(refused(&said).into()),
            Attempted::Denied(_) => Ok(()),
            Attempted::Changed => {
                self.start_over(true).await?;
                Err(Refusal::changed(&self.name).into())
            }
            // Its end came before its end.
            Attempted::Unreadable(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.start_over(true).await?;
                Err(Refusal::changed(&self.name).into())
            }
            Attempted::Unreadable(error) => Err(Refusal::unreadable(&self.name, &error).into()),
            Attempted::Refused(detail) if is_passing(detail.code) => Ok(()),
            Attempted::Refused(detail) => Err(refusal(&self.name, &detail).into()),
            Attempted::Failed(refusal) => Err(refusal.into()),
            Attempted::Lost => Err(End::Left),
        }
    }

    /// Announces the file until the service gives a lasting answer: a grant, or a picture that is there already.
    async fn announce(
        &self,
        ticket: &Arc<Ticket>,
        reading: &Reading,
        budget: &mut RetryBudget,
        mut coming: Option<OnTheWay>,
    ) -> Result<Result<(Grant, OnTheWay), (String, u32)>, End> {
        let mut turn: Option<Attempt> = None;
        loop {
            let question = Announcement {
                ticket: Arc::clone(ticket),
                identity: reading.identity,
                file: reading.announcement(ticket.id.to_string(), &self.name),
            };
            match self.shared.questions.announcements.arrive(question, coming.take()).await {
                Some(Announced::Granted(grant, sending)) => {
                    if let Some(turn) = turn {
                        turn.answered();
                    }
                    return Ok(Ok((grant, sending)));
                }
                Some(Announced::Landed { image_id, picture }) => {
                    if let Some(turn) = turn {
                        turn.answered();
                    }
                    return Ok(Err((image_id, picture)));
                }
                // Nothing of it has been sent: its store or its database are away or full, for everybody.
                Some(Announced::Refused(detail)) if is_outage(detail.code) => {
                    turn = Some(self.turn_after(&detail, turn.take()).await);
                }
                Some(Announced::Refused(detail)) => self.wait_after(&detail, budget).await?,
                Some(Announced::Lost) | None => return Err(End::Left),
            }
        }
    }

    /// Confirms until the service gives a lasting answer.
    async fn confirm(
        &self,
        ticket: &Arc<Ticket>,
        item: CompleteItem,
        mut coming: Option<OnTheWay>,
    ) -> Result<Result<(String, u32), ErrorDetail>, End> {
        let (mut budget, mut turn) = (RetryBudget::default(), None::<Attempt>);
        loop {
            let sent = Sent { ticket: Arc::clone(ticket), item: item.clone() };
            match self.shared.questions.confirmations.arrive(sent, coming.take()).await {
                Some(Confirmed::Landed { image_id, picture }) => {
                    if let Some(turn) = turn {
                        turn.answered();
                    }
                    return Ok(Ok((image_id, picture)));
                }
                Some(Confirmed::Refused(detail)) if is_outage(detail.code) => {
                    if budget.put_off(self.shared.sender.breaker.stored()) == Next::GiveUp {
                        return Err(refusal(&self.name, &detail).into());
                    }
                    turn = Some(self.turn_after(&detail, turn.take()).await);
                }
                Some(Confirmed::Refused(detail)) if is_passing(detail.code) => {
                    self.wait_after(&detail, &mut budget).await?
                }
                Some(Confirmed::Refused(detail)) => return Ok(Err(detail)),
                Some(Confirmed::Lost) | None => return Err(End::Left),
            }
        }
    }

    /// Waits for its turn to ask again, when the service can't use its store or its database now. `turn` is the one that
    /// it had: while it goes on like this the outage is the same, and told as such.
    async fn turn_after(&self, detail: &ErrorDetail, turn: Option<Attempt>) -> Attempt {
        let breaker = &self.shared.sender.breaker;
        let before = breaker.stored();
        let attempt = match turn {
            Some(turn) => turn,
            None => breaker.attempt(Peer::Store).await,
        };
        attempt.failed(ErrorKind::StoreUnreachable, &detail.message, None);
        let turn = breaker.attempt(Peer::Store).await;
        if breaker.stored() > before {
            // There is room for others, and none for this one.
            tokio::time::sleep(OTHERS_END).await;
        }
        turn
    }

    /// Waits when others have to end first; any other refusal is the row's end.
    async fn wait_after(&self, detail: &ErrorDetail, budget: &mut RetryBudget) -> Result<(), End> {
        match detail.code {
            ErrorCode::TooManyUploads => {
                // Nothing is wrong with this file, or with the service: others have to end first, here or on another
                // computer, however long they take.
                self.in_flight.set_stage(Stage::Queued);
            }
            ErrorCode::Conflict if budget.asked_again() != Next::GiveUp => {}
            _ => return Err(refusal(&self.name, detail).into()),
        }
        tokio::time::sleep(OTHERS_END).await;
        Ok(())
    }

    /// What a completion that failed means: another beginning, or the row's end.
    async fn again_after(&self, detail: &ErrorDetail) -> Result<(), End> {
        match detail.code {
            // What is missing is sent; ListParts says what.
            ErrorCode::UploadIncomplete => Ok(()),
            ErrorCode::UploadGone | ErrorCode::ChecksumMismatch | ErrorCode::NotFound | ErrorCode::Conflict => {
                self.start_over(false).await
            }
            _ => Err(refusal(&self.name, detail).into()),
        }
    }

    /// Forgets the upload; `abort` also tells the service that nobody will go on with it.
    async fn start_over(&self, abort: bool) -> Result<(), End> {
        let (id, worker) = (self.in_flight.id, self.shared.name().to_owned());
        let had = self.shared.write(move |conn| upload::start_over(conn, &worker, id)).await.ok_or(End::Left)?;
        if let Some(upload_id) = had.filter(|_| abort)
            && let Err(error) = self.shared.account.abort(&upload_id).await
        {
            tracing::warn!(
                ?error,
                "an upload that nobody goes on with could not be ended; the service does so in time"
            );
        }
        Ok(())
    }
}

fn ticket(row: &Upload, path: Option<&Path>, reading: &Reading) -> Arc<Ticket> {
    let mut ticket = Arc::unwrap_or_clone(ticket_without(row, path));
    ticket.thumbnail = reading.thumbnail.clone();
    Arc::new(ticket)
}

fn ticket_without(row: &Upload, path: Option<&Path>) -> Arc<Ticket> {
    let spooled = (row.origin != Origin::File).then(|| path.map(Path::to_path_buf)).flatten();
    Arc::new(Ticket {
        id: row.id,
        position: row.position,
        spooled,
        describe: row.describe,
        album: row.album.clone(),
        thumbnail: None,
    })
}
