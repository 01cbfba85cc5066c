//! A place, as the settings keep it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Where a library lives. Holds no secret.
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
        /// Whether it is used without parts, as the person agreed: the store can't put large files together.
        #[serde(default)]
        without_parts: bool,
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

/// What *This computer* is called in folders and on the command line.
pub const THIS_COMPUTER: &str = "this-computer";

impl SavedPlace {
    /// The place's name in folders and among secrets: the same place has the same one on every start, whatever key or
    /// session it is used with.
    pub fn id(&self) -> String {
        match self {
            Self::ThisComputer => THIS_COMPUTER.to_owned(),
            // AWS's bucket names are unique in the world; elsewhere the endpoint tells them apart.
            Self::Bucket { endpoint, bucket, .. } => {
                format!("bucket-{}", digest(endpoint.as_deref().unwrap_or_default(), bucket))
            }
            Self::Account { service, user_id, .. } => format!("account-{}", digest(service, user_id)),
        }
    }
}

fn digest(one: &str, other: &str) -> String {
    let mut hex = hex::encode(Sha256::digest(format!("{one}|{other}")));
    hex.truncate(16);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(endpoint: Option<&str>, bucket: &str, key_id: &str) -> SavedPlace {
        SavedPlace::Bucket {
            endpoint: endpoint.map(str::to_owned),
            region: "eu-1".to_owned(),
            bucket: bucket.to_owned(),
            key_id: key_id.to_owned(),
            path_style: true,
            without_parts: false,
        }
    }

    #[test]
    fn a_place_is_known_by_where_it_is() {
        let holiday = bucket(Some("https://s3.example.com"), "holiday", "a").id();
        assert_eq!(holiday.len(), "bucket-".len() + 16);
        assert_eq!(holiday, bucket(Some("https://s3.example.com"), "holiday", "another key").id());
        assert_ne!(holiday, bucket(Some("https://s3.example.com"), "work", "a").id());
        assert_ne!(holiday, bucket(None, "holiday", "a").id());
        let anna = |service: &str, user_id: &str, username: &str| {
            SavedPlace::Account { service: service.into(), user_id: user_id.into(), username: username.into() }.id()
        };
        assert_eq!(anna("https://a.example", "1", "anna"), anna("https://a.example", "1", "Anna"));
        assert_ne!(anna("https://a.example", "1", "anna"), anna("https://b.example", "1", "anna"));
        assert_ne!(anna("https://a.example", "1", "anna"), anna("https://a.example", "2", "ben"));
    }
}
