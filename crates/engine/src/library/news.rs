//! What the window shows of the library, kept up to date by differences: the layout that it has is remembered here.

use std::sync::atomic::{AtomicU32, Ordering};

use catalogue::search::Followed;

use super::convert;
use super::difference::difference;
use super::read::{counts, layout};
use super::window_layout::Layout;
use crate::Result;
use crate::library::Library;
use crate::view::{Counts, LayoutChange, LayoutItem, LayoutNews, LibraryQuery};

/// Versions of layouts, of whatever library: one that a window has is never taken for another.
static VERSIONS: AtomicU32 = AtomicU32::new(1);

/// What a query finds, as a difference to the layout of version `since` when that is the one that was told last, and otherwise
/// to an empty one. When nothing has changed, the version has not, either.
pub(crate) async fn news(library: &Library, query: LibraryQuery, since: u32) -> Result<LayoutNews> {
    let mut last = library.window_layout.last.lock().await;
    let before = last.take().filter(|last| last.version == since);
    // What goes wrong on the way leaves nothing to compare with: the next answer is a whole layout.
    let (items, followed) = read(library, query, before.as_ref()).await?;
    let counts = counts(library).await?;
    let (news, version) = match before {
        Some(before) => {
            let changes = difference(&before.items, &items);
            let same = changes.is_empty() && before.counts == counts;
            let version = if same { before.version } else { next_version() };
            let news = if size(&changes) < items.len() {
                LayoutNews { version, base: before.version, counts: counts.clone(), changes }
            } else {
                whole(version, &items, counts.clone())
            };
            (news, version)
        }
        None => {
            let version = next_version();
            (whole(version, &items, counts.clone()), version)
        }
    };
    *last = Some(Layout { version, items, counts, followed });
    Ok(news)
}

async fn read(
    library: &Library,
    query: LibraryQuery,
    before: Option<&Layout>,
) -> Result<(Vec<LayoutItem>, Option<Followed>)> {
    if query.album.is_some() {
        return Ok((layout(library, query).await?, None));
    }
    let followed = before.and_then(|before| before.followed.clone());
    let followed = library.catalogue.layout(convert::query(query), followed).await?;
    let items = followed.rows().iter().map(|row| convert::layout_item(*row)).collect();
    Ok((items, Some(followed)))
}

fn next_version() -> u32 {
    // 0 is the version of an empty layout.
    VERSIONS.fetch_add(1, Ordering::Relaxed).max(1)
}

/// How much is to be sent for changes, in items.
fn size(changes: &[LayoutChange]) -> usize {
    changes.iter().map(|change| 1 + change.added.len()).sum()
}

fn whole(version: u32, items: &[LayoutItem], counts: Counts) -> LayoutNews {
    let changes = match items {
        [] => Vec::new(),
        items => vec![LayoutChange { at: 0, removed: 0, added: items.to_vec() }],
    };
    LayoutNews { version, base: 0, counts, changes }
}
