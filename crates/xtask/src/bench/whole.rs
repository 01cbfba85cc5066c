//! Runs a program and waits for everything that it has started, also for what outlives it: whoever measures this process then
//! measures all of it. The system adds a process's figures to those of its parent only when the parent has waited for it; the
//! app's workers end when the app has gone, and would not be counted.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};

/// What is run.
#[derive(clap::Args)]
pub struct Options {
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// A program with all that it starts; its arguments are added by whoever runs it.
///
/// # Errors
/// When this program can't be found.
pub fn whole(program: &Path) -> Result<Command> {
    let me = std::env::current_exe().map_err(|error| Failure::new(format!("This program can't be found: {error}")))?;
    let mut command = Command::new(me);
    command.arg("run-whole").arg("--").arg(program);
    Ok(command)
}

/// Runs it. Whether it succeeded.
///
/// # Errors
/// When it can't be started.
pub fn run(options: &Options) -> Result<bool> {
    adopt();
    let (program, arguments) = options.command.split_first().ok_or_else(|| Failure::new("Nothing is to be run."))?;
    let mut command = Command::new(program);
    let status = command.args(arguments).status();
    let status = status.map_err(|error| crate::process::not_started(&command, &error))?;
    await_orphans();
    Ok(status.success())
}

/// Has what outlives its parent become a child of this process (`PR_SET_CHILD_SUBREAPER`, prctl(2)).
#[cfg(target_os = "linux")]
fn adopt() {
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Until there are no more children.
#[cfg(target_os = "linux")]
fn await_orphans() {
    while let Ok(Some(_)) = rustix::process::wait(rustix::process::WaitOptions::empty()) {}
}

/// Elsewhere only what has been waited for is counted.
#[cfg(not(target_os = "linux"))]
fn adopt() {}

#[cfg(not(target_os = "linux"))]
fn await_orphans() {}
