//! Rebuilding an account from its bucket alone.
//!
//! 1. Objects and thumbnails are listed, page by page, into a file beside the database ([`scratch`]): memory stays flat.
//! 2. The journal's segments are read, and each picture's newest entry is noted there. Damage costs the lines it hits.
//! 3. A picture with an object and an entry becomes a row, as the entry says ([`from_journal`]).
//! 4. An object without an entry is asked what it says of itself, and becomes a row by that ([`from_objects`]). One that says
//!    nothing is read, and becomes a row by its bytes ([`by_bytes`]). What isn't a picture of this service is left alone.
//!    Where two say that they have the same bytes, both are read ([`twins`]): nothing is passed over for another one's word.
//! 5. A picture with an entry and no object becomes a row that says that it is missing, with all that was said of it.
//! 6. Albums and links come back as their entries say ([`others`]).
//!
//! A row says that its bytes are proven only when they were read here, or were proven when they came and the bucket has the
//! same entity tag still. All others await being read back.
//!
//! Rows that are there already stay as they are, so that doing it again changes nothing, and goes on after a crash: but for
//! edits that the journal has of them and a database lacks that was restored from an older copy. The bucket is only read.

mod by_bytes;
mod failure;
mod from_journal;
mod from_objects;
mod inventory;
mod key;
mod libraries;
mod library;
mod others;
mod owner;
mod removed;
mod report;
mod rows;
mod scratch;
mod twins;

pub use failure::RebuildError;
pub(crate) use libraries::libraries;
pub use library::Library;
pub use report::{DamagedSegment, Progress, Report, Stage};

use uuid::Uuid;

use crate::error::{Error, Result};
use crate::object_store::StoreError;
use crate::service::Service;
use libraries::choose;
use owner::Owner;
use report::Teller;

/// Rebuilds the local person's account from what the bucket holds of the library that `wanted` names: an account's
/// identifier, the beginning of one, or its name. Without it, of the only one there is.
///
/// # Errors
/// See [`RebuildError`]. What has been brought back until then stays; doing it again goes on from there.
pub(crate) async fn rebuild(
    app: &Service,
    wanted: Option<&str>,
    tell: &(dyn Fn(Progress) + Send + Sync),
) -> std::result::Result<Report, RebuildError> {
    let library = choose(libraries(app).await?, wanted)?;
    tracing::info!(library = %library.user_id, "a library is being rebuilt from the bucket");
    let teller = Teller::new(tell);
    let mut report = Report::of(&library);
    let scratch = scratch::Scratch::open(&app.transit_dir).await?;
    inventory::objects(app, library.user_id, &scratch, &teller).await?;
    let newest = inventory::journal(app, library.user_id, &scratch, &teller, &mut report).await?;
    let owner = owner::adopt(app, library.user_id, newest).await?;
    from_journal::restore(app, &owner, &scratch, &teller, &mut report).await?;
    from_objects::restore(app, &owner, &scratch, &teller, &mut report).await?;
    from_journal::restore_missing(app, &owner, &scratch, &mut report).await?;
    others::restore(app, &owner, &scratch, &mut report).await?;
    scratch.close().await;
    tracing::info!(?report, "a library has been rebuilt from the bucket");
    Ok(report)
}

/// Brings the pictures back that the bucket has of somebody and their rows don't: as after a database was restored from a copy
/// older than the bucket. Rows that are there take up later edits, and stay as they are otherwise. What was removed for good, or
/// never wanted, stays away, also where the restored database knows it again.
///
/// # Errors
/// When database or store can't be reached. What has been brought back until then stays; doing it again goes on from there.
pub(crate) async fn adopt(app: &Service, user_id: Uuid) -> Result<Report> {
    let adopted = async {
        let teller = Teller::new(&|_| {});
        let mut report = Report { library: user_id, ..Report::default() };
        let scratch = scratch::Scratch::open(&app.transit_dir).await?;
        inventory::objects(app, user_id, &scratch, &teller).await?;
        let newest = inventory::journal(app, user_id, &scratch, &teller, &mut report).await?;
        owner::go_on_after(app, user_id, newest).await?;
        let owner = Owner { user_id, same: true };
        from_journal::restore(app, &owner, &scratch, &teller, &mut report).await?;
        from_objects::restore(app, &owner, &scratch, &teller, &mut report).await?;
        others::restore(app, &owner, &scratch, &mut report).await?;
        removed::settle(app, user_id, &scratch, &mut report).await?;
        scratch.close().await;
        Ok(report)
    };
    adopted.await.map_err(plain)
}

/// The SHA-256 of an object's bytes, when they are a picture that could be brought back.
///
/// # Errors
/// When the store can't be reached.
pub(crate) async fn sha256_of_picture(app: &Service, object_key: &str) -> Result<Option<String>> {
    match by_bytes::look(app, object_key).await {
        Ok(looked) => Ok(looked.map(|(_, read)| read.sha256)),
        Err(RebuildError::Store(StoreError::NoSuchKey)) => Ok(None),
        Err(error) => Err(plain(error)),
    }
}

fn plain(error: RebuildError) -> Error {
    match error {
        RebuildError::Store(error) => error.into(),
        RebuildError::Service(detail) => Error::new(detail.code, detail.message),
        other => Error::internal(other),
    }
}
