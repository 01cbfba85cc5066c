//! A library in a bucket.

use uuid::Uuid;

/// A library in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// The account.
    pub user_id: Uuid,
    /// What its person called themselves, when the journal says so.
    pub username: Option<String>,
    /// How many objects there are among its pictures, as far as that was counted.
    pub pictures: u64,
    /// Whether there are more.
    pub more: bool,
}
