//! What a check went through.

use std::collections::BTreeMap;

use serde::Serialize;

/// What a check went through.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tally {
    /// Accounts.
    pub accounts: u64,
    /// Pictures in the database.
    pub pictures: u64,
    /// Those of them that nothing is proven of yet; verifying them reads them back.
    pub not_proven: u64,
    /// Objects that were brought back as pictures.
    pub adopted: u64,
    /// Pictures and albums of which later edits were taken up from the journal.
    pub learned: u64,
    /// Pictures that their owners had removed for good, and that the database knew again.
    pub removed: u64,
    /// Objects in the bucket, in the folders of these accounts.
    pub objects: u64,
    /// Objects that the database has noted for removal, which the service does by itself.
    pub to_be_removed: u64,
    /// How many differences of each kind.
    pub differences: BTreeMap<&'static str, u64>,
    /// How many of them were repaired.
    pub repaired: u64,
}

impl Tally {
    /// How many differences remain.
    pub fn left(&self) -> u64 {
        self.differences.values().sum::<u64>() - self.repaired
    }
}
