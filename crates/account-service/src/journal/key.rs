//! The names of segments.

use uuid::Uuid;

use super::PREFIX;
use crate::key_file::random_token;
use crate::object_store::{Depth, ObjectStore, StoreError};

/// The beginning of the keys of an account's segments.
pub fn of_user(user_id: Uuid) -> String {
    format!("{PREFIX}{user_id}/")
}

/// What a segment's key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentKey {
    /// Whose.
    pub user_id: Uuid,
    /// The first revision in it.
    pub first: i64,
    /// The last revision in it.
    pub last: i64,
}

impl SegmentKey {
    /// A key that no object has. Keys sort by their revisions.
    pub fn fresh(self) -> String {
        let Self { user_id, first, last } = self;
        // The token may begin with a hyphen; reading only looks for the first two.
        format!("{}{first:019}-{last:019}-{}.ndjson", of_user(user_id), random_token::<9>())
    }

    /// Reads a key; none when it is no segment's.
    pub fn read(key: &str) -> Option<Self> {
        let (user, name) = key.strip_prefix(PREFIX)?.split_once('/')?;
        let mut parts = name.strip_suffix(".ndjson")?.splitn(3, '-');
        let (first, last) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().filter(|random| !random.is_empty() && !random.contains('/'))?;
        Some(Self { user_id: Uuid::try_parse(user).ok()?, first, last }).filter(|key| key.first <= key.last)
    }
}

/// The newest revision that an account's segments name; 0 without any.
///
/// # Errors
/// When the store can't be read.
pub async fn newest(store: &ObjectStore, user_id: Uuid) -> Result<i64, StoreError> {
    let (mut newest, mut next) = (0, None);
    loop {
        let page = store.list(&of_user(user_id), Depth::Everything, next).await?;
        let last = page.objects.iter().filter_map(|object| SegmentKey::read(&object.key)).map(|key| key.last);
        newest = last.chain([newest]).max().unwrap_or_default();
        next = page.next;
        if next.is_none() {
            return Ok(newest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_what_is_in_it() {
        let key = SegmentKey { user_id: Uuid::new_v4(), first: 7, last: 4_000_000_000 };
        let (one, other) = (key.fresh(), key.fresh());
        assert_ne!(one, other);
        assert_eq!(SegmentKey::read(&one), Some(key));
        let later = SegmentKey { first: 10, last: 12, ..key }.fresh();
        assert!(one < later, "keys sort by revision");
        for foreign in ["journal/notes.txt", "journal/me/1-2-x.ndjson", "pictures/x", "journal/", &one[..one.len() - 1]]
        {
            assert_eq!(SegmentKey::read(foreign), None, "{foreign}");
        }
    }
}
