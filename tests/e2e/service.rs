//! The account service beside the window: its own program, and somebody who has an account there.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use account_api::route;
use testkit::garage::Garage;
use testkit::process::free_port;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::window::Desktop;

/// Reached only when something hangs.
const LIMIT: Duration = Duration::from_secs(180);

/// Of everybody there.
pub const PASSWORD: &str = "a long enough password";

/// Waits, but not for ever.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, work).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// The account service's own program, in a process of its own.
pub struct Service {
    port: u16,
    environment: Vec<(&'static str, String)>,
    folder: PathBuf,
    process: Option<Child>,
}

impl Service {
    /// With a store and a database of its own, in a folder.
    pub fn alone(folder: PathBuf) -> Self {
        let port = free_port();
        let environment =
            vec![("LISTEN", format!("127.0.0.1:{port}")), ("DATA_DIR", folder.join("data").display().to_string())];
        Self { port, environment, folder, process: None }
    }

    /// With a bucket that is reached at another address.
    pub fn with_bucket(bucket: &Garage, endpoint: &str, folder: PathBuf) -> Self {
        let mut service = Self::alone(folder);
        service.environment.extend([
            ("S3_ENDPOINT", endpoint.to_owned()),
            ("S3_REGION", bucket.region.clone()),
            ("S3_BUCKET", bucket.bucket.clone()),
            ("S3_PATH_STYLE", "true".to_owned()),
            ("AWS_ACCESS_KEY", bucket.key_id.clone()),
            ("AWS_SECRET_KEY", bucket.secret.clone()),
        ]);
        service
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it unless it runs, and waits until it answers.
    pub async fn start(&mut self) {
        if self.process.is_some() {
            return;
        }
        let mut command = Command::new(service_program());
        command.env_clear().envs(self.environment.iter().cloned()).current_dir(&self.folder).kill_on_drop(true);
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        self.process = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let healthy = async {
            let address = format!("{}{}", self.address(), route::HEALTHZ);
            while !http.get(&address).send().await.is_ok_and(|answer| answer.status().is_success()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within("the service", healthy).await;
    }

    /// Ends it at once.
    pub async fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            kill(process).await;
        }
    }
}

/// Beside the app's program, where a build of the workspace puts it; built when it isn't there.
fn service_program() -> PathBuf {
    let beside = Path::new(env!("CARGO_BIN_EXE_image-manager")).with_file_name("account-service");
    if !beside.is_file() {
        let built = std::process::Command::new(env!("CARGO")).args(["build", "--package", "account-service"]).status();
        assert!(built.is_ok_and(|status| status.success()), "the account service can be built");
    }
    beside
}

/// Ends a process at once.
pub async fn kill(mut process: Child) {
    // One that has ended by itself can't be killed.
    let _ = process.kill().await;
    let _ = process.wait().await;
}

/// Anna registers at a service in a terminal, and her library is the one that is open from then on.
pub async fn register(desktop: &Desktop, service: &str) {
    let email = "anna@example.com";
    let arguments = ["register", "--service", service, "--username", "anna", "--email", email, "--password-stdin"];
    let mut command = Command::from(desktop.app(&arguments));
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).await.unwrap();
    assert!(process.wait().await.unwrap().success(), "Anna can register");
}
