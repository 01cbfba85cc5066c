//! The app's binary as somebody in a terminal uses it, without a display, a keychain or a session bus.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// The same, when the status was 0.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.ended(0)
    }

    /// The same, when the status was this.
    #[track_caller]
    pub fn ended(self, status: i32) -> Self {
        assert_eq!(self.status, status, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Every line of standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(parse).collect()
    }

    /// The only line of standard output as JSON.
    #[track_caller]
    pub fn object(&self) -> Value {
        let mut lines = self.json();
        assert_eq!(lines.len(), 1, "{}", self.out);
        lines.remove(0)
    }
}

/// Somebody's computer: a home, a folder for the app, a folder for pictures.
pub struct Terminal {
    home: tempfile::TempDir,
    passphrase: Option<&'static str>,
}

impl Terminal {
    /// A computer on which nothing has been done yet.
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("pictures")).unwrap();
        Self { home, passphrase: None }
    }

    /// The same, with a passphrase for secrets in the environment.
    pub fn with_passphrase(mut self) -> Self {
        self.passphrase = Some("correct horse battery staple");
        self
    }

    /// The folder that commands run in.
    pub fn pictures(&self) -> PathBuf {
        self.home.path().join("pictures")
    }

    /// A PNG of one colour in that folder; the same colour gives the same bytes.
    pub fn picture(&self, name: &str, colour: [u8; 3]) -> PathBuf {
        let path = self.pictures().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::RgbImage::from_pixel(48, 32, image::Rgb(colour)).save(&path).unwrap();
        path
    }

    /// Runs a command with nothing on standard input.
    pub async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "").await
    }

    /// Runs a command with something on standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        self.finish(self.command(arguments), input).await
    }

    /// Runs a command that was made ready, with something on standard input.
    pub async fn finish(&self, mut command: Command, input: impl AsRef<[u8]>) -> Ran {
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that reads nothing may have closed its end.
        let _ = stdin.write_all(input.as_ref()).await;
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        Ran {
            status: output.status.code().expect("the command ends by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The app, ready to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.prepared(env!("CARGO_BIN_EXE_image-manager"), arguments)
    }

    fn prepared(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.pictures())
            .env_clear()
            .env("HOME", self.home.path())
            .env("IMAGE_MANAGER_DATA_DIR", self.data_dir())
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", self.home.path().join("no-bus").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(passphrase) = self.passphrase {
            command.env("IMAGE_MANAGER_PASSPHRASE", passphrase);
        }
        command
    }

    /// Runs a command as it would be so many days later.
    pub async fn run_after(&self, days: u32, arguments: &[&str]) -> Ran {
        let mut command = self.prepared(env!("CARGO_BIN_EXE_image-manager"), arguments);
        command.envs(testkit::faketime::off_by(&format!("+{days}d")));
        self.finish(command, "").await
    }

    /// Chooses a bucket that is reached at this address.
    pub async fn use_bucket_at(&self, endpoint: &str, bucket: &testkit::garage::Garage) -> Ran {
        let mut arguments = vec!["use", "bucket", "--endpoint", endpoint, "--region", &bucket.region];
        arguments.extend(["--bucket", &bucket.bucket, "--key-id", &bucket.key_id, "--secret-stdin"]);
        if bucket.path_style {
            arguments.push("--path-style");
        }
        self.run_with(&arguments, &bucket.secret).await
    }

    /// The folder that holds everything the app keeps.
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Uploads one picture; gives its identifier.
    pub async fn upload(&self, path: &Path) -> String {
        let line = self.run(&["upload", "--json", path.to_str().unwrap()]).await.ok().object();
        assert_eq!(line["status"], "uploaded", "{line}");
        line["id"].as_str().unwrap().to_owned()
    }
}
