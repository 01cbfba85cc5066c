//! "Delete local copies": files whose bytes the store provably has, moved to the system's trash.
//!
//! A file goes only when, one right after the other: its SHA-256 has just been computed and is that of a picture of the
//! library whose receipt has no fault; the store has just been asked again and has what was proven to be these bytes, by a
//! checksum that came from the file or by reading them, which is done now where it wasn't; and the file has not changed
//! meanwhile. Everything else is kept, and why is told.

mod candidates;
mod examine;
mod trash_can;

use std::path::PathBuf;
use std::sync::Arc;

use account_api::MAX_BATCH;
use tokio::sync::mpsc;

use crate::Result;
use crate::audit::{Depth, check_pictures};
use crate::library::Library;
use crate::view::{CheckOutcome, FreeItem, FreeReport, FreeStatus};
pub use candidates::FreeSource;
use candidates::candidates;
use examine::{Examined, examine, still_the_same};

pub use trash_can::{SystemTrash, TrashCan};

/// Files that are worked on together: hashed, asked about in one call, moved.
const TOGETHER: usize = 32;

/// Items that a report names of each kind.
const NAMED: usize = 200;

/// What to do with those that may go.
#[derive(Clone)]
pub(crate) enum Act {
    /// Only say so.
    Look,
    /// Move them there.
    Move(Arc<dyn TrashCan>),
}

/// Goes through the files and tells what becomes of each, in order.
///
/// # Errors
/// When the catalogue can't be read. What concerns one file is told of that file.
pub(crate) async fn go_through(
    library: &Library,
    app_folder: PathBuf,
    source: FreeSource,
    act: Act,
    on_item: &mut (dyn FnMut(&FreeItem) + Send),
) -> Result<FreeReport> {
    let (found, mut files) = mpsc::channel::<PathBuf>(TOGETHER);
    let finding = candidates(library, source, found);
    let mut report = Totals::default();
    let working = async {
        let mut some = Vec::new();
        while files.recv_many(&mut some, TOGETHER.min(MAX_BATCH)).await > 0 {
            for item in work(library, &app_folder, std::mem::take(&mut some), &act).await? {
                on_item(&item);
                report.add(item);
            }
        }
        Ok(())
    };
    let (found, worked) = tokio::join!(finding, working);
    let worked: Result<()> = worked;
    worked?;
    Ok(FreeReport { gone: found?, ..report.finish() })
}

async fn work(
    library: &Library,
    app_folder: &std::path::Path,
    files: Vec<PathBuf>,
    act: &Act,
) -> Result<Vec<FreeItem>> {
    let mut examined = Vec::with_capacity(files.len());
    for file in files {
        examined.push(examine(library, app_folder, file).await?);
    }
    ask_again(library, &mut examined).await;
    let mut items = Vec::with_capacity(examined.len());
    for one in examined {
        items.push(match act {
            Act::Look => one.into_item(),
            Act::Move(trash) => move_away(one, Arc::clone(trash)).await,
        });
    }
    Ok(items)
}

/// Asks the store about those that could go.
async fn ask_again(library: &Library, examined: &mut [Examined]) {
    let mut ids: Vec<u32> = examined.iter().filter_map(|one| one.picture).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return;
    }
    let checked = check_pictures(library, &ids, Depth::Proof).await;
    for one in examined {
        let Some(id) = one.picture else { continue };
        let refusal = match &checked {
            Ok(checked) => match checked.iter().find(|picture| picture.id == id) {
                Some(picture) if picture.proven => None,
                Some(picture) if picture.check.outcome == CheckOutcome::Confirmed => {
                    Some(messages::Free::NotProven.to_string())
                }
                Some(picture) => Some(picture.check.message.clone()),
                None => Some(messages::Free::NoPicture.to_string()),
            },
            Err(error) => Some(messages::Free::StoreSilent { why: error.message.to_string() }.to_string()),
        };
        if let Some(reason) = refusal {
            one.keep(reason);
        }
    }
}

async fn move_away(mut one: Examined, trash: Arc<dyn TrashCan>) -> FreeItem {
    if one.picture.is_none() {
        return one.into_item();
    }
    if !still_the_same(&one) {
        one.keep(messages::Free::Changed.to_string());
        return one.into_item();
    }
    let path = one.path.clone();
    let moved = tokio::task::spawn_blocking(move || trash.put(&path)).await;
    match moved.unwrap_or_else(|_| Err(messages::Free::Mistake.to_string())) {
        Ok(()) => FreeItem { status: FreeStatus::Freed, ..one.into_item() },
        Err(reason) => {
            one.keep(messages::Free::Unmovable { why: reason.to_string() }.to_string());
            one.into_item()
        }
    }
}

/// Adds up, and keeps a few of each kind.
#[derive(Default)]
struct Totals {
    report: FreeReport,
    gone: Vec<FreeItem>,
}

impl Totals {
    fn add(&mut self, item: FreeItem) {
        if item.status == FreeStatus::Kept {
            self.report.kept += 1;
            if self.report.items.len() < NAMED {
                self.report.items.push(item);
            }
        } else {
            self.report.files += 1;
            self.report.bytes += item.size;
            if self.gone.len() < NAMED {
                self.gone.push(item);
            }
        }
    }

    fn finish(mut self) -> FreeReport {
        self.report.items.append(&mut self.gone);
        self.report
    }
}
