//! The bucket: an S3 client that does what the service needs, for AWS and for everything that speaks its language.

mod bucket;
mod client;
mod clock;
mod endpoint;
mod facts;
mod fault;
mod list;
mod presign;
pub mod probe;
mod put_spec;
mod transfer;
mod unfinished;
mod wire;

pub use bucket::BucketConfig;
pub use client::{ObjectFacts, ObjectStore, PartFacts, StoredObject};
pub use facts::{Facts, Said};
pub use fault::StoreError;
pub use list::{Depth, ListPage, Listed};
pub use presign::{Disposition, GOOD_FOR};
pub use put_spec::PutSpec;
pub use transfer::ReadBack;
pub use unfinished::Unfinished;
