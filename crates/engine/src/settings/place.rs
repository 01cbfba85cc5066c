//! The chosen place, as the settings keep it.

use serde::{Deserialize, Serialize};

/// Where the library lives. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SavedPlace {
    /// Embedded service and store on this disk.
    ThisComputer,
    /// Embedded service, the person's own bucket.
    Bucket {
        /// The S3 endpoint, with its scheme; absent for AWS.
        endpoint: Option<String>,
        /// The region.
        region: String,
        /// The bucket's name.
        bucket: String,
        /// The access key's identifier.
        key_id: String,
        /// Whether the bucket goes into the path rather than the host name.
        path_style: bool,
    },
    /// A hosted account service.
    Account {
        /// The service's address.
        service: String,
        /// The account's identifier on the service.
        user_id: String,
        /// The name signed in with.
        username: String,
    },
}
