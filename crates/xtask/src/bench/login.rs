//! `cargo xtask bench login`: whether the time that signing in takes tells who has an account.
//!
//! The measuring is done by `crates/account-service/benches/login.rs`, on the service's own code. It is built as the tests
//! are, in which Argon2 is optimised: nothing else weighs here.

use crate::failure::Result;
use crate::process::{cargo, headline, run};
use crate::system;
use crate::tree::Tree;

/// What can be asked of `bench login`.
#[derive(clap::Args)]
pub struct Options {
    /// How often each is tried
    #[arg(long, default_value_t = 200)]
    rounds: usize,
}

/// Measures, and prints both distributions for each database.
pub fn bench(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_test()?;
    headline("Signing in: somebody who has an account and somebody who hasn't");
    let mut command = cargo(tree);
    command.args(["bench", "--profile", "dev", "-p", "account-service", "--bench", "login", "--"]);
    run(command.arg(options.rounds.to_string()))
}
