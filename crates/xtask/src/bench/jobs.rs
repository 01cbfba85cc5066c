//! `cargo xtask bench jobs`: wanting something done for very many pictures.
//!
//! The measuring is done by `crates/catalogue/benches/jobs.rs`, on the catalogue's own code.

use crate::failure::Result;
use crate::process::{cargo, headline, run};
use crate::system;
use crate::tree::Tree;

/// What can be asked of `bench jobs`.
#[derive(clap::Args)]
pub struct Options {
    /// How many pictures
    #[arg(long, default_value_t = 100_000)]
    pictures: u32,
}

/// Measures, and prints seconds and MiB.
pub fn bench(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_test()?;
    headline("Jobs: one for each picture of a library");
    let mut command = cargo(tree);
    command.args(["bench", "--profile", "dev", "-p", "catalogue", "--bench", "jobs", "--"]);
    run(command.arg(options.pictures.to_string()))
}
