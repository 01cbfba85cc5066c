//! A place that is open.

use std::path::PathBuf;

use machine::Room;

use super::recovery::{Recovered, Recovery};
use crate::service::Client;
use crate::view::Place;
use crate::{EngineError, Result};

/// A place that is open: its library can be shown, whether or not its service can be reached.
#[derive(Debug)]
pub struct OpenPlace {
    /// The place's name in folders: `this-computer`, `bucket-…` or `account-…`.
    pub id: String,
    /// The place for people.
    pub place: Place,
    /// The folder of its catalogue; exists.
    pub library_dir: PathBuf,
    /// What is kept free on its disk, for deleting when it is full.
    pub room: Room,
    /// Its service. An embedded one runs for as long as a clone of this lives.
    pub client: Client,
    /// Why the service can't be used, when that is known already: signed out, secrets locked, or the embedded service
    /// doesn't start. Calls of `client` end with the same.
    pub problem: Option<EngineError>,
    /// Whether what the catalogue calls verified may be called so: not while the records of an embedded service can't be read.
    pub vouches: bool,
    /// A lost database of the embedded service that has to be brought back first; `problem` says so, too.
    pub recovery: Option<Recovery>,
    /// What came of bringing one back, when that was just done.
    pub recovered: Option<Recovered>,
}

/// The open result of a place whose service can't be used.
pub(super) fn closed_service(problem: &EngineError) -> Result<Client> {
    use std::sync::Arc;

    use crate::service::{ClientOptions, RetryPolicy, ServiceAddress, Unavailable};
    Client::new(ClientOptions {
        // Never asked: a call ends before anything is sent.
        address: ServiceAddress::parse("http://localhost")?,
        tokens: Arc::new(Unavailable(problem.clone())),
        retry: RetryPolicy::default(),
        links_at: None,
    })
}
