//! Layouts as raw bytes, so that a million pictures cost no JSON; and what is new in them, so that they aren't sent again for
//! one picture.

use super::Counts;

/// One picture of a layout. To the window they travel as raw bytes: 12 bytes each, little-endian, `id` (u32),
/// `aspect_milli` (u32), `day` (i32), with no header; so the count is the length divided by 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayoutItem {
    /// The picture's local number.
    pub id: u32,
    /// Width divided by height, times 1,000; 1,000 when it is unknown.
    pub aspect_milli: u32,
    /// Days since 1970-01-01 of the date that the order goes by, in local time.
    pub day: i32,
}

impl LayoutItem {
    /// Size of one item in bytes.
    pub const BYTES: usize = 12;

    /// The layout as raw bytes.
    pub fn encode(items: &[LayoutItem]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(items.len() * Self::BYTES);
        items.iter().for_each(|item| item.write(&mut bytes));
        bytes
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.id.to_le_bytes());
        bytes.extend_from_slice(&self.aspect_milli.to_le_bytes());
        bytes.extend_from_slice(&self.day.to_le_bytes());
    }
}

/// A range of a layout that is other than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutChange {
    /// Where it begins in the layout as it was.
    pub at: u32,
    /// How many items of the layout as it was are gone from there.
    pub removed: u32,
    /// What is there instead.
    pub added: Vec<LayoutItem>,
}

/// A layout, as a difference to one that the window has, with the counts of the library at that time.
///
/// As raw bytes, little-endian: `version`, `base`, the counts `all`, `favourites`, `recent`, `undescribed`, `trash` and
/// `duplicates`, the number of changes (u32 each), the bytes stored (f64); then, for each change, `at`, `removed` and the number of items added
/// (u32 each); then all these items, as in [`LayoutItem`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutNews {
    /// Of the layout as it is now; never 0.
    pub version: u32,
    /// Of the layout that the changes are to be made to; 0 for an empty one.
    pub base: u32,
    /// How many pictures the parts of the library have.
    pub counts: Counts,
    /// In the order of their places.
    pub changes: Vec<LayoutChange>,
}

impl LayoutNews {
    /// The news as raw bytes.
    pub fn encode(&self) -> Vec<u8> {
        let added: usize = self.changes.iter().map(|change| change.added.len()).sum();
        let mut bytes = Vec::with_capacity(44 + self.changes.len() * 12 + added * LayoutItem::BYTES);
        let Counts { all, favourites, recent, undescribed, trash, bytes: stored, duplicates } = self.counts;
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let head = [all, favourites, recent, undescribed, trash, duplicates, self.changes.len() as u64].map(count);
        for number in [self.version, self.base].into_iter().chain(head) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&(stored as f64).to_le_bytes());
        for change in &self.changes {
            for number in [change.at, change.removed, count(change.added.len() as u64)] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        self.changes.iter().flat_map(|change| &change.added).for_each(|item| item.write(&mut bytes));
        bytes
    }
}
