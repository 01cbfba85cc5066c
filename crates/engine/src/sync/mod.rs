//! Keeps the catalogue and the account the same: waiting operations go out, the change feed comes in.

mod listen;
mod own_changes;
mod pull;
mod push;
mod state;
mod watch;

use crate::Result;
use crate::open_library::OpenLibrary;

pub(crate) use listen::listen;
pub(crate) use own_changes::OwnChange;
use push::Pushed;
pub use state::Sync;
pub(crate) use watch::watch;

/// Sends the operations that wait, then applies what has happened to the account since the last time.
pub(crate) async fn sync(library: &OpenLibrary) -> Result<()> {
    let _turn = library.sync.running.lock().await;
    let result = async {
        // Whoever has only sent something knows what the feed would say.
        if push::push(library).await? == Pushed::Alone { Ok(()) } else { pull::pull(library).await }
    }
    .await;
    library.reached(&result);
    result
}
