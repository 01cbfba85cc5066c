//! What looking at a picture takes of its library.

use std::sync::Arc;

use catalogue::{Catalogue, ThumbStore};

use crate::comparing::Comparing;
use crate::events::Events;
use crate::service::Client;
use crate::traffic::Traffic;

/// Parts of a library, whose clones share them.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) catalogue: Catalogue,
    pub(crate) thumbs: ThumbStore,
    pub(crate) client: Client,
    pub(crate) traffic: Traffic,
    pub(crate) events: Events,
    pub(crate) comparing: Arc<Comparing>,
}
