//! `cargo xtask run | test | check | bundle | bench | fuzz`: the two commands of the README, the one that guards the house
//! rules, the one that packs, the one that measures, and the one that feeds decoders with nonsense.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod bench;
mod bundle;
mod check;
mod clean_clone;
mod failure;
mod fuzz;
mod garage;
mod node;
mod package;
mod process;
mod release;
mod run;
mod samples;
mod slowest;
mod system;
mod test;
mod tools;
mod tree;
mod trial;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use tree::Tree;

/// Builds, runs and checks Image Manager.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, and open the window
    Run(run::Options),
    /// Run every test: the UI's, and the workspace's against real servers and the real window
    Test(test::Options),
    /// Check format, lints, generated types, dependency direction and licences
    Check,
    /// Build and pack the app as it is released, for the system that this runs on
    Bundle(bundle::Options),
    /// Install the Debian package in a bare Debian, use it, update it, and remove it (takes root)
    TestPackage(trial::Options),
    /// Make the sources ready to be released as a version: changelog, version, and everything in step
    Release(release::Options),
    /// Measure the optimised programs beside others of their kind
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Feed what reads strangers' files with what nobody would make (takes a nightly Rust)
    Fuzz(fuzz::Options),
    /// What `test` has cargo run each test program with
    #[command(hide = true)]
    TimeTests(slowest::Options),
    /// What `bench` runs programs with that start others
    #[command(hide = true)]
    RunWhole(bench::whole::Options),
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    // Says nothing of its own: what the test program says is all there is to say.
    let run = match &task {
        Task::TimeTests(options) => Some(slowest::run(options)),
        Task::RunWhole(options) => Some(bench::whole::run(options)),
        _ => None,
    };
    if let Some(ran) = run {
        return match ran {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(101),
            Err(Failure(message)) => {
                eprintln!("{message}");
                ExitCode::FAILURE
            }
        };
    }
    let outcome = Tree::find().and_then(|tree| match task {
        Task::Run(options) => run::run(&tree, &options),
        Task::Test(options) => test::test(&tree, &options),
        Task::Check => check::check(&tree),
        Task::Bundle(options) => bundle::bundle(&tree, &options),
        Task::TestPackage(options) => trial::try_package(&tree, &options),
        Task::Release(options) => release::release(&tree, &options),
        Task::Bench(what) => bench::bench(&tree, &what),
        Task::Fuzz(options) => fuzz::fuzz(&tree, &options),
        Task::TimeTests(_) | Task::RunWhole(_) => Ok(()),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}
