//! `cargo xtask test`: everything, on a fresh machine.

use std::time::Instant;
use std::{env, iter};

use crate::failure::{Failure, Result};
use crate::process::{cargo, headline, run};
use crate::slowest::Times;
use crate::tree::Tree;
use crate::{clean_clone, garage, node, system};

/// What can be asked of `test`.
#[derive(clap::Args)]
pub struct Options {
    /// For cargo test and libtest: a filter, or options after another `--`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Installs what the tests need, then runs them all, and says at the end what ran.
pub fn test(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_test()?;
    garage::ensure(tree)?;
    // Before the Rust tests: those of the window show the pages that are built here.
    node::ensure_pages(tree)?;

    let mut report = Report::default();
    report.step("UI tests", || run(node::npm(tree).args(["test"])));
    report.step("Release path", || clean_clone::check(tree));
    let mut slowest = Vec::new();
    report.step("Workspace tests", || {
        let mut command = cargo(tree);
        let times = Times::collect(&mut command)?;
        command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
        if cfg!(windows) {
            // This program runs and can't be replaced there.
            command.args(["--exclude", "xtask"]);
        }
        let outcome = run(command.args(&options.arguments).env("PATH", path_with_tools(tree)?));
        slowest = times.slowest();
        outcome
    });
    slowest.into_iter().for_each(|test| report.note(format!("slowest: {test}")));
    report.finish("Tests")
}

fn path_with_tools(tree: &Tree) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(iter::once(tree.tools.join("bin")).chain(env::split_paths(&path)))
        .map_err(|error| Failure::new(format!("PATH can't be extended: {error}")))
}

/// What ran, and what came of it.
#[derive(Default)]
pub struct Report {
    lines: Vec<String>,
    failed: bool,
}

impl Report {
    /// Runs one step; a failure is kept for the end, so that one run tells everything.
    pub fn step(&mut self, name: &str, act: impl FnOnce() -> Result<()>) {
        headline(name);
        let start = Instant::now();
        let outcome = act();
        let seconds = start.elapsed().as_secs();
        match outcome {
            Ok(()) => self.lines.push(format!("  ok      {name} ({seconds} s)")),
            Err(Failure(message)) => {
                eprintln!("{message}");
                self.failed = true;
                self.lines
                    .push(format!("  FAILED  {name} ({seconds} s): {}", message.lines().next().unwrap_or_default()));
            }
        }
    }

    /// Keeps something that people should know for the end.
    pub fn note(&mut self, text: impl Into<String>) {
        self.lines.push(format!("  note    {}", text.into()));
    }

    /// Says what ran.
    pub fn finish(self, what: &str) -> Result<()> {
        headline(format!("{what}: {}", if self.failed { "FAILED" } else { "all passed" }));
        self.lines.iter().for_each(|line| println!("{line}"));
        if self.failed { Err(Failure::new(format!("{what} failed; see above."))) } else { Ok(()) }
    }
}
