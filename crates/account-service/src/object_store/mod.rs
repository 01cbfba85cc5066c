//! The bucket: an S3 client that does what the service needs, for AWS and for everything that speaks its language.

mod bucket;
mod client;
mod fault;
mod presign;
pub mod probe;
mod transfer;

pub use bucket::BucketConfig;
pub use client::{ObjectFacts, ObjectStore, PartFacts};
pub use fault::StoreError;
pub use presign::{Disposition, Facts, GOOD_FOR, PutSpec};
