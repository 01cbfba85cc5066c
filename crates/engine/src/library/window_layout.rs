//! The layout that the window was told last, to say what is other since.

use catalogue::search::Followed;
use tokio::sync::Mutex;

use crate::view::{Counts, LayoutItem};

/// The layout that the window has.
#[derive(Default)]
pub(crate) struct WindowLayout {
    pub(super) last: Mutex<Option<Layout>>,
}

/// A layout as it was told.
pub(super) struct Layout {
    /// Never 0.
    pub(super) version: u32,
    /// In order.
    pub(super) items: Vec<LayoutItem>,
    /// What was told with it.
    pub(super) counts: Counts,
    /// How it is brought up to date; none for what is read anew each time.
    pub(super) followed: Option<Followed>,
}
