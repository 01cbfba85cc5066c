//! The places that a library can live in.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the library lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Place {
    /// The same on every start; no two places share one.
    pub id: String,
    /// For typing: `this-computer`, `holiday@s3.example.com`, `anna@pictures.example.com`. No two places share one.
    pub name: String,
    /// Which of the three.
    pub kind: PlaceKind,
    /// For people: "This computer", "bucket holiday at s3.example.com", "anna at pictures.example.com".
    pub title: String,
    /// The folder, the endpoint, or the service's address.
    pub location: String,
    /// The name signed in with, for an account.
    pub username: Option<String>,
    /// The bucket, for a bucket: all that was typed but the secret.
    pub bucket: Option<BucketAddress>,
    /// False when something has to be typed first: a password, a bucket's key, a passphrase.
    pub signed_in: bool,
}

/// Where a bucket is and whose key opens it, without the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BucketAddress {
    /// The S3 endpoint; empty for AWS.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// The access key's identifier.
    pub key_id: String,
    /// Whether the bucket goes into the path rather than the host name.
    pub path_style: bool,
    /// Whether it is used without parts, as was agreed.
    #[ts(as = "Option<bool>", optional)]
    pub without_parts: bool,
}

/// The three places a library can live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PlaceKind {
    /// Embedded service and store on this disk.
    ThisComputer,
    /// Embedded service, the person's own bucket.
    Bucket,
    /// A hosted account service.
    Account,
}

/// A place that was chosen once: going back to it asks for nothing that is still kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct KnownPlace {
    /// The place.
    #[serde(flatten)]
    pub place: Place,
    /// Whether it is the chosen one.
    pub current: bool,
    /// Its pictures as this computer knows them, without the trash; absent when that can't be told.
    pub pictures: Option<u32>,
    /// Uploads that are not finished; they go on when the place is chosen again.
    pub waiting: u32,
    /// What going there asks for.
    pub needs: PlaceNeeds,
}

/// What has to be typed to use a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PlaceNeeds {
    /// Nothing: what it takes is kept.
    Nothing,
    /// The bucket's secret key.
    Key,
    /// The account's password.
    SignIn,
    /// The key or the session is kept, but sealed and locked.
    Unlock,
}
