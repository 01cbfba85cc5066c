//! `cargo xtask bench service`: whether the account service stays as fast when a library grows to a million pictures.
//!
//! The measuring is done by `crates/account-service/benches/service.rs`, on the service's own code and real databases.

use crate::failure::Result;
use crate::process::{cargo, headline, run};
use crate::system;
use crate::tree::Tree;

/// What can be asked of `bench service`.
#[derive(clap::Args)]
pub struct Options {
    /// How often each request is sent
    #[arg(long, default_value_t = 200)]
    rounds: usize,
    /// The sizes of the library, in pictures, rising
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000,1000000")]
    sizes: Vec<u64>,
    /// How it is built: `dev` as the tests are, in no time; `release` as it is hosted
    #[arg(long, default_value = "dev")]
    profile: String,
}

/// Measures, and prints p50 and p95 of each request for each size and database.
pub fn bench(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_test()?;
    headline("The account service with one person's library growing");
    let mut command = cargo(tree);
    command.args(["bench", "--profile", &options.profile, "-p", "account-service", "--bench", "service", "--"]);
    command.arg(options.rounds.to_string());
    run(command.args(options.sizes.iter().map(u64::to_string)))
}
