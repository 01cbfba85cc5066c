//! One attempt to send a file, and why it may come to nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use account_api::ErrorDetail;

use crate::upload::intake::reading::Reading;
use crate::upload::intake::refusal::Refusal;
use crate::upload::queue::in_flight::InFlightRow;
use crate::upload::transfer::put::Said;

/// A grant that is too old within this time was so from the beginning.
pub(in crate::upload) const SOON: Duration = Duration::from_secs(60);

/// A file that is being sent.
pub(in crate::upload) struct Transferring<'a> {
    /// Where progress is shown.
    pub(in crate::upload) in_flight: &'a Arc<InFlightRow>,
    /// Where the file is.
    pub(in crate::upload) path: &'a Path,
    /// What reading it gave.
    pub(in crate::upload) reading: &'a Reading,
}

/// Why an attempt to send a file came to nothing.
#[derive(Debug)]
pub(in crate::upload) enum Attempted {
    /// The grant is too old to be used: ask for a new one.
    Stale,
    /// The upload is unknown by now: begin anew.
    Anew,
    /// Everything is in the store already: confirm it.
    AllThere,
    /// The store refuses the grant: ask for a new one, and believe it the second time.
    Denied(Said),
    /// What arrived wasn't what was sent, again and again.
    Spoilt,
    /// The file isn't the one that was read.
    Changed,
    /// The file can't be read any more.
    Unreadable(std::io::Error),
    /// The service refused to go on.
    Refused(ErrorDetail),
    /// It has failed.
    Failed(Refusal),
    /// The library has been closed.
    Lost,
}
