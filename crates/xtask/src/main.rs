//! `cargo xtask run | test | check | bench`: the two commands of the README, the one that guards the house rules, and
//! the one that measures.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod bench;
mod check;
mod garage;
mod node;
mod process;
mod release;
mod run;
mod samples;
mod system;
mod test;
mod tools;
mod tree;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use process::Failure;
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
    /// Measure the optimised programs beside others of their kind
    #[command(subcommand)]
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let outcome = Tree::find().and_then(|tree| match Arguments::parse().task {
        Task::Run(options) => run::run(&tree, &options),
        Task::Test(options) => test::test(&tree, &options),
        Task::Check => check::check(&tree),
        Task::Bench(what) => bench::bench(&tree, &what),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}
