//! The program itself, as an operator runs it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use testkit::garage::Garage;
use testkit::process::Supervised;

use crate::app::{Db, Site};

/// A folder and variables that the program runs with.
pub struct Setup {
    dir: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// The JSON objects on standard output.
    #[track_caller]
    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }
}

impl Setup {
    pub async fn on(db: Db, garage: Option<&Garage>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut setup = Self { variables: Vec::new(), dir };
        // Tests come from one address, and in a hurry.
        setup.set("RATE_LIMITS", "off");
        if db == Db::Postgres {
            setup.set("DATABASE_URL", testkit::postgres::database().await);
        }
        if let Some(garage) = garage {
            setup.set("S3_BUCKET", &garage.bucket);
            setup.set("S3_REGION", &garage.region);
            setup.set("S3_ENDPOINT", &garage.endpoint);
            setup.set("AWS_ACCESS_KEY", &garage.key_id);
            setup.set("AWS_SECRET_KEY", &garage.secret);
        }
        setup
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    pub fn variable(&self, name: &str) -> &str {
        let found = self.variables.iter().rev().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("{name} is not set")).1
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// The program, with this setup's variables and none of the caller's.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let kept = ["PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH"].contains(&&*text);
            if !kept {
                command.env_remove(&name);
            }
        }
        command.current_dir(self.dir.path()).env("DATA_DIR", self.data());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// With this on standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(PROGRAM);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // One that wants no input may have ended before it gets some.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Serves on a free port, in a process of its own.
    pub async fn serve(&self) -> Process {
        let mut command = self.command(PROGRAM);
        command.arg("serve");
        self.serve_as(command).await
    }

    /// Serves by this command.
    pub async fn serve_as(&self, mut command: Command) -> Process {
        command.env("LISTEN", "127.0.0.1:0");
        let folder = testkit::process::folder("service");
        let log = folder.join("service.log");
        let process = Mutex::new(Supervised::start(&command, "KILL", &folder, &log));
        let mut process = Process { process, log, site: Site::at(String::new()) };
        let address = process.said("serving at http://").await;
        process.site = Site::at(format!("http://{address}"));
        process
    }
}

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_account-service");

/// The program, serving. It is killed when this is dropped.
pub struct Process {
    process: Mutex<Supervised>,
    log: PathBuf,
    pub site: Site,
}

impl Process {
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until the log says this, and gives the word after it.
    pub async fn said(&self, words: &str) -> String {
        loop {
            let log = self.log();
            let after = log.split_once(words).map(|(_, after)| after.to_owned());
            // The line has to be complete.
            if let Some((line, _)) = after.as_deref().and_then(|after| after.split_once('\n')) {
                return line.split([' ', '"']).next().unwrap_or_default().to_owned();
            }
            assert!(self.process.lock().unwrap().is_running(), "the service has ended: {}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The process's id; when it was started by another program that became it, that one's.
    pub fn pid(&self) -> u32 {
        self.process.lock().unwrap().pid()
    }

    pub fn signal(&self, name: &str) {
        self.process.lock().unwrap().signal(name);
    }

    /// Sends a signal and waits for the end.
    pub async fn end(self, signal: &'static str) -> (ExitStatus, String) {
        let Self { process, log, site } = self;
        let status = tokio::task::spawn_blocking(move || process.into_inner().unwrap().end(signal)).await.unwrap();
        let left = tokio::net::TcpStream::connect(site.base.trim_start_matches("http://")).await;
        assert!(left.is_err(), "what was ended was a parent of the service, which still serves");
        (status, std::fs::read_to_string(log).unwrap_or_default())
    }
}

impl std::ops::Deref for Process {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}
