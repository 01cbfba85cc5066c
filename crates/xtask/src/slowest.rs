//! The slowest tests of a run.
//!
//! libtest measures each test itself, and tells that with an option that is not stable yet. It is asked for by a runner
//! that cargo puts before every test program: this program again. Only the test programs are told to take the option, so
//! that nothing is compiled otherwise.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::failure::{Failure, Result};
use crate::process::{output, program};

/// Names the file that the runner writes to: seconds, a tabulator, and a test a line.
const FILE: &str = "IMAGE_MANAGER_TEST_TIMES";

/// How many are told.
const TOLD: usize = 10;

/// What the runner is given by cargo.
#[derive(clap::Args)]
pub struct Options {
    /// The test program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<String>,
}

/// Where the times of one run are kept.
pub struct Times {
    folder: tempfile::TempDir,
}

impl Times {
    /// Has cargo run every test program by this one.
    ///
    /// # Errors
    /// When no folder can be made, or the compiler doesn't say for what it compiles.
    pub fn collect(command: &mut Command) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(|error| Failure::new(format!("no folder for times: {error}")))?;
        let me = env::current_exe().map_err(|error| Failure::new(format!("this program can't be found: {error}")))?;
        let times = Self { folder };
        let host = host_triple()?.to_uppercase().replace('-', "_");
        // In the form of cargo's configuration, because a path may have blanks.
        let runner = serde_json::json!([me.to_string_lossy(), "time-tests", "--"]);
        command.arg("--config").arg(format!("target.{}.runner={runner}", host_triple()?));
        command.env_remove(format!("CARGO_TARGET_{host}_RUNNER")).env(FILE, times.file());
        Ok(times)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("times")
    }

    /// The slowest tests, the slowest first, with their seconds.
    pub fn slowest(&self) -> Vec<String> {
        slowest(&fs::read_to_string(self.file()).unwrap_or_default())
    }
}

fn host_triple() -> Result<String> {
    let told = output(program(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc doesn't say for what it compiles."))
}

fn slowest(times: &str) -> Vec<String> {
    let mut tests: Vec<(f64, &str)> = times
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(seconds, test)| Some((seconds.parse().ok()?, test)))
        .collect();
    tests.sort_by(|one, other| other.0.total_cmp(&one.0));
    tests.into_iter().take(TOLD).map(|(seconds, test)| format!("{seconds:6.1} s  {test}")).collect()
}

/// Runs a test program, shows what it prints, and keeps how long each test took. Gives whether it succeeded.
///
/// # Errors
/// When it can't be started.
pub fn run(options: &Options) -> Result<bool> {
    let [name, arguments @ ..] = options.command.as_slice() else {
        return Err(Failure::new("time-tests: a program is wanted."));
    };
    let mut child = Command::new(name)
        .args(arguments)
        .args(["-Zunstable-options", "--report-time"])
        .env("RUSTC_BOOTSTRAP", "1")
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::new(format!("{name} could not be started: {error}")))?;
    let mut times = env::var_os(FILE).and_then(|path| OpenOptions::new().create(true).append(true).open(path).ok());
    // Most test programs are called `it`: the package tells them apart.
    let package = env::var("CARGO_PKG_NAME").unwrap_or_default();
    if let Some(stdout) = child.stdout.take() {
        let mut lines = BufReader::new(stdout);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            keep(&mut times, &package, &String::from_utf8_lossy(&line));
            let _ = std::io::stdout().write_all(&line);
            line.clear();
        }
    }
    child.wait().map(|status| status.success()).map_err(|error| Failure::new(format!("{name}: {error}")))
}

fn keep(times: &mut Option<File>, package: &str, line: &str) {
    if let (Some(file), Some((test, seconds))) = (times, timed(line)) {
        let _ = writeln!(file, "{seconds}\t{package}: {test}");
    }
}

/// The test and its seconds from a line like `test it::works ... ok <1.234s>`.
fn timed(line: &str) -> Option<(&str, &str)> {
    let (test, rest) = line.trim_end().strip_prefix("test ")?.split_once(" ... ")?;
    let (_, seconds) = rest.rsplit_once('<')?;
    Some((test, seconds.strip_suffix("s>")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_from_what_libtest_prints() {
        assert_eq!(timed("test a::b ... ok <1.234s>\n"), Some(("a::b", "1.234")));
        assert_eq!(timed("test a::b ... FAILED <0.5s>"), Some(("a::b", "0.5")));
        assert_eq!(timed("test a::b ... ignored"), None);
        assert_eq!(timed("running 5 tests"), None);
    }

    #[test]
    fn the_slowest_come_first_and_no_more_than_ten() {
        let times: String = (0..20).map(|n| format!("{n}.5\tit::t{n}\n")).collect();
        let told = slowest(&times);
        assert_eq!(told.len(), TOLD);
        assert_eq!(told[0], "  19.5 s  it::t19");
    }
}
