//! Tries everything that the service will ask of a bucket, for real, and explains what fails.

mod connect;
mod explain;
mod kept;
mod parts;
mod presigned;
mod steps;
mod variants;

use std::time::Duration;

pub use explain::ProbeCode;

use super::bucket::BucketConfig;
use explain::Problem;

/// How long each answer is waited for, where somebody waits for the result.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeStep {
    /// `address`, `connect`, `clock`, `put`, `head`, `metadata`, `etag`, `range`, `presigned`, `checksum`, `multipart`,
    /// `abort` or `delete`.
    pub name: &'static str,
    /// Whether the bucket can be used, as far as this goes.
    pub ok: bool,
    /// What was found, or what is wrong and what to do, in a sentence or two.
    pub message: String,
    /// What is wrong, for programs; with `ok`, what is lacking and can be done without. Absent when all is as it should be.
    pub code: Option<ProbeCode>,
}

impl ProbeStep {
    fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, ok: true, message: message.into(), code: None }
    }

    fn of(name: &'static str, works: &str, result: Result<(), Problem>) -> Self {
        match result {
            Ok(()) => Self::ok(name, works),
            Err(problem) => Self::failed(name, problem),
        }
    }

    /// Something is lacking that can be done without.
    fn lacking(name: &'static str, problem: Problem) -> Self {
        Self { ok: true, ..Self::failed(name, problem) }
    }

    fn failed(name: &'static str, problem: Problem) -> Self {
        Self { name, ok: false, message: problem.message, code: Some(problem.code) }
    }
}

/// Tries a bucket: whether the address answers, the clocks agree, and an object can be stored, looked at, read in part,
/// stored and read by presigned URLs, stored in parts, and removed. Tells each step as it ends. Stops where going on makes
/// no sense. Leaves nothing behind. Takes seconds; an answer that doesn't come is waited for as long as `patience`.
pub async fn probe_bucket(typed: &BucketConfig, patience: Duration, tell: &mut (dyn FnMut(ProbeStep) + Send)) {
    let bucket = match typed.normalised() {
        Ok((bucket, corrections)) => {
            let address = bucket.endpoint.clone().unwrap_or_else(|| format!("AWS S3 in {}", bucket.region));
            let said = [vec![format!("The store is {address}.")], corrections].concat();
            tell(ProbeStep::ok("address", said.join(" ")));
            bucket
        }
        Err(message) => {
            return tell(ProbeStep::failed("address", Problem { code: ProbeCode::InvalidAddress, message }));
        }
    };
    match connect::connect(&bucket, patience).await {
        Ok(connection) => {
            tell(ProbeStep::ok("connect", connection.message));
            let clock = connect::compare_clocks(connection.date);
            let wrong = clock.is_err();
            tell(ProbeStep::of("clock", "This computer's clock agrees with the store's.", clock));
            // Every signature would be refused, and for no other reason.
            if wrong {
                return;
            }
        }
        Err(problem) => return tell(ProbeStep::failed("connect", problem)),
    }
    steps::run(&bucket, patience, tell).await;
}
