//! Tries everything that the service will ask of a bucket, for real, and explains what fails.

mod attempt;
mod connect;
mod explain;
mod kept;
mod parts;
mod presigned;
mod step;
mod steps;
mod variants;

use std::time::Duration;

pub use explain::ProbeCode;
pub use step::ProbeStep;

use super::bucket::BucketConfig;
use explain::Problem;

/// How long each answer is waited for, where somebody waits for the result.
pub const PATIENCE: Duration = Duration::from_secs(15);

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
            tell(ProbeStep::of("clock", "This computer’s clock agrees with the store’s.", clock));
            // Every signature would be refused, and for no other reason.
            if wrong {
                return;
            }
        }
        Err(problem) => return tell(ProbeStep::failed("connect", problem)),
    }
    steps::run(&bucket, patience, tell).await;
}
