//! Running other programs, saying what is run.

use std::ffi::OsStr;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use crate::failure::{Failure, Result};
use crate::tree::Tree;

/// Says what comes next.
pub fn headline(text: impl Display) {
    println!("\n==> {text}");
}

/// A program that reads nothing from the terminal.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.stdin(Stdio::null());
    command
}

/// Cargo, in the tree, without what the cargo that runs this tool has put into the environment: build scripts that look
/// at those variables would run again each time.
pub fn cargo(tree: &Tree) -> Command {
    let mut command = program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&tree.root);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_PRIMARY_PACKAGE" {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a program to its end, saying what is run.
pub fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    println!("$ {line}");
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{line}` failed ({status})."))) }
}

/// Runs a program and gives what it printed; its messages for people are shown.
pub fn output(command: &mut Command) -> Result<String> {
    let line = describe(command);
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{line}` failed ({}).", output.status)));
    }
    String::from_utf8(output.stdout).map_err(|_| Failure::new(format!("`{line}` printed something that is no text.")))
}

/// Runs a program that may hang, such as for a network that swallows packets. False when it failed or took too long.
pub fn succeeds_within(command: &mut Command, limit: Duration) -> Result<bool> {
    println!("$ {}", describe(command));
    let mut child = command.spawn().map_err(|error| not_started(command, &error))?;
    let end = Instant::now() + limit;
    loop {
        match child.try_wait().map_err(|error| not_started(command, &error))? {
            Some(status) => return Ok(status.success()),
            None if Instant::now() >= end => {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(false);
            }
            None => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// The failure of a program that can't be started.
pub fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} can't be run: {error}", command.get_program().to_string_lossy()))
}

/// A program and its arguments, for people.
pub fn describe(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Where a program is, by `PATH`.
pub fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(name)).find(|path| path.is_file())
}
