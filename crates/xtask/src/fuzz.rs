//! `cargo xtask fuzz`: what decodes strangers' files is fed with what nobody would make.

use std::path::PathBuf;

use clap::Args;

use crate::failure::{Failure, Result};
use crate::process::{find, headline, program, run};
use crate::tools;
use crate::tree::Tree;

/// What is fuzzed, in the order of how little it takes.
const TARGETS: [&str; 6] = ["sniff", "metadata", "jpeg", "own", "tiff", "all"];

#[derive(Args)]
pub struct Options {
    /// How long each target runs
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u32,
    /// Only this one: sniff, metadata, jpeg, own, tiff or all
    #[arg(value_name = "TARGET")]
    target: Option<String>,
}

/// Runs the targets of `crates/pictures/fuzz`, each from the files of the tests.
///
/// # Errors
/// When something is missing that can't be installed, and when a target has found something: cargo-fuzz says where it is.
pub fn fuzz(tree: &Tree, options: &Options) -> Result<()> {
    let nightly = find("rustup").is_some_and(|rustup| {
        let listed = program(rustup).args(["toolchain", "list"]).output();
        listed.is_ok_and(|listed| String::from_utf8_lossy(&listed.stdout).contains("nightly"))
    });
    if !nightly {
        return Err(Failure::new(
            "Fuzzing takes a nightly Rust, which isn't installed. Install it, and try again:\n  rustup toolchain install \
             nightly",
        ));
    }
    let targets: Vec<&str> =
        match options.target.as_deref() {
            None => TARGETS.to_vec(),
            Some(one) => vec![TARGETS.into_iter().find(|target| *target == one).ok_or_else(|| {
                Failure::new(format!("There is no target {one:?}. There are: {}.", TARGETS.join(", ")))
            })?],
        };
    let cargo_fuzz = tools::installed(tree, "cargo-fuzz", &["cargo-fuzz", "--locked"])?;
    let folder: PathBuf = tree.root.join("crates/pictures");
    let seeds = folder.join("tests/it/fixtures");
    for target in targets {
        headline(format!("Fuzzing {target} for {} s", options.seconds));
        // What is found new is kept in the first folder, the second one is only read.
        let corpus = folder.join("fuzz/corpus").join(target);
        std::fs::create_dir_all(&corpus)
            .map_err(|error| Failure::new(format!("{} can't be made: {error}", corpus.display())))?;
        let mut command = program(&cargo_fuzz);
        // cargo has set which toolchain runs this; fuzzing takes another.
        command.env("RUSTUP_TOOLCHAIN", "nightly").env_remove("CARGO").current_dir(&folder);
        command.arg("run").arg(target).arg(&corpus).arg(&seeds).arg("--");
        command.arg(format!("-max_total_time={}", options.seconds)).args(["-timeout=20", "-rss_limit_mb=2048"]);
        run(&mut command)?;
    }
    Ok(())
}
