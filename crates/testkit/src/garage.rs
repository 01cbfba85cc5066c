//! Garage, a real S3 server, started in a temporary folder.
//!
//! Source of the settings: <https://garagehq.deuxfleurs.fr/documentation/reference-manual/configuration/>; of the calls:
//! <https://garagehq.deuxfleurs.fr/api/garage-admin-v2.html>.

mod contents;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::process::{Supervised, folder, free_port, in_path, log_tail};

/// Path of the program, when it isn't at `~/.cache/image-manager/tools/bin/garage` or in `PATH`.
pub const BIN_VARIABLE: &str = "GARAGE_BIN";

/// What installs it where it is looked for.
pub const INSTALL: &str = "cargo install garage --version 2.5.0 --locked --no-default-features \
                           --features bundled-libs,sqlite --root ~/.cache/image-manager/tools";

/// The region that signatures must name.
const REGION: &str = "garage";

/// Long enough for the slowest machine; reached only when something is broken.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A bucket and a key that may do everything in it and nothing elsewhere.
#[derive(Debug, Clone)]
pub struct Garage {
    /// Address of the server: `http://127.0.0.1:PORT`, without a trailing slash.
    pub endpoint: String,
    /// The region to sign for.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// Access key id.
    pub key_id: String,
    /// Secret access key.
    pub secret: String,
    /// Always true: there is no domain name for virtual-host style.
    pub path_style: bool,
    bucket_id: String,
    admin: Admin,
}

/// A fresh bucket with a key of its own on the process's one Garage server, which is started at the first call and goes,
/// with everything in it, when the process ends.
///
/// # Panics
/// When Garage isn't installed or doesn't start; the message says what to do.
pub async fn bucket() -> Garage {
    static SHARED: OnceCell<GarageServer> = OnceCell::const_new();
    match SHARED.get_or_try_init(GarageServer::try_start).await {
        Ok(server) => server.bucket().await,
        Err(message) => panic!("{message}"),
    }
}

impl Garage {
    /// Takes or gives the key's rights on the bucket. A request without the right gets 403 AccessDenied.
    ///
    /// # Panics
    /// When the server is stopped.
    pub async fn allow(&self, read: bool, write: bool) {
        let rights = |read: bool, write: bool| {
            json!({ "bucketId": self.bucket_id, "accessKeyId": self.key_id,
                    "permissions": { "read": read, "write": write, "owner": read && write } })
        };
        self.admin.post("AllowBucketKey", &rights(read, write)).await;
        // "Allow" only adds what is true; "deny" only takes away what is true.
        self.admin.post("DenyBucketKey", &rights(!read, !write)).await;
    }

    /// Limits the bucket's size in bytes, as full storage would; `None` lifts the limit. A larger PUT gets 403.
    ///
    /// # Panics
    /// When the server is stopped.
    pub async fn limit(&self, bytes: Option<u64>) {
        let quotas = json!({ "quotas": { "maxSize": bytes, "maxObjects": null } });
        self.admin.post(&format!("UpdateBucket?id={}", self.bucket_id), &quotas).await;
    }

    /// Deletes the key: every request signed with it gets 403 from now on.
    ///
    /// # Panics
    /// When the server is stopped.
    pub async fn revoke_key(&self) {
        self.admin.post(&format!("DeleteKey?id={}", self.key_id), &json!({})).await;
    }
}

/// A server of its own, which a test may stop, crash, freeze and start again. It goes when it is dropped.
#[derive(Debug)]
pub struct GarageServer {
    folder: PathBuf,
    program: PathBuf,
    s3_port: u16,
    admin: Admin,
    server: Mutex<Option<Supervised>>,
}

impl GarageServer {
    /// Starts a new, empty server and waits until it takes requests.
    ///
    /// # Panics
    /// When Garage isn't installed or doesn't start; the message says what to do.
    pub async fn start() -> Self {
        Self::try_start().await.unwrap_or_else(|message| panic!("{message}"))
    }

    async fn try_start() -> Result<Self, String> {
        let program = program()?;
        let mut last = String::new();
        // Five times, for another process may take a port between its choice and its use.
        for _ in 0..5 {
            let folder = folder("garage");
            let (s3_port, rpc_port, admin_port) = (free_port(), free_port(), free_port());
            let admin = Admin { port: admin_port, token: hex(32) };
            let config = configuration(&folder, s3_port, rpc_port, &admin);
            std::fs::write(folder.join("garage.toml"), config).map_err(|error| error.to_string())?;
            let server = Self { folder, program: program.clone(), s3_port, admin, server: Mutex::new(None) };
            match server.serve().await {
                Ok(()) => return Ok(server),
                Err(message) => last = message,
            }
        }
        Err(last)
    }

    /// Address of the server: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.s3_port)
    }

    /// A fresh bucket with a key of its own.
    ///
    /// # Panics
    /// When the server is stopped.
    pub async fn bucket(&self) -> Garage {
        let name = format!("pictures-{}", hex(6));
        let bucket = self.admin.post("CreateBucket", &json!({ "globalAlias": name })).await;
        let key = self.admin.post("CreateKey", &json!({ "name": name })).await;
        let text = |value: &Value| value.as_str().expect("documented to be a string").to_owned();
        let garage = Garage {
            endpoint: self.endpoint(),
            region: REGION.to_owned(),
            bucket: name,
            key_id: text(&key["accessKeyId"]),
            secret: text(&key["secretAccessKey"]),
            path_style: true,
            bucket_id: text(&bucket["id"]),
            admin: self.admin.clone(),
        };
        garage.allow(true, true).await;
        garage
    }

    /// Ends the server at once, as a crash would. What it had answered with success stays.
    pub fn stop(&self) {
        let server = self.server.lock().expect("no test panicked while holding it").take();
        if let Some(server) = server {
            server.end("KILL");
        }
    }

    /// Starts a stopped server again, at the same address, and waits until it takes requests.
    ///
    /// # Panics
    /// When it doesn't start.
    pub async fn restart(&self) {
        self.stop();
        self.serve().await.unwrap_or_else(|message| panic!("{message}"));
    }

    /// Freezes the server: connections open and nothing answers. [`GarageServer::thaw`] undoes it.
    pub fn freeze(&self) {
        if let Some(server) = self.server.lock().expect("no test panicked while holding it").as_ref() {
            server.freeze();
        }
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self) {
        if let Some(server) = self.server.lock().expect("no test panicked while holding it").as_ref() {
            server.thaw();
        }
    }

    /// Starts the program and waits until it says that it is healthy.
    async fn serve(&self) -> Result<(), String> {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.folder.join("garage.toml")).args(["server", "--single-node"]);
        command.env("RUST_LOG", "garage=info").current_dir(&self.folder);
        for name in ["GARAGE_RPC_SECRET", "GARAGE_RPC_SECRET_FILE", "GARAGE_ADMIN_TOKEN", "GARAGE_CONFIG_FILE"] {
            command.env_remove(name);
        }
        let log = self.folder.join("garage.log");
        let mut process = Supervised::start(&command, "KILL", &self.folder, &log);
        let deadline = Instant::now() + START_LIMIT;
        while !self.admin.is_healthy().await {
            if !process.is_running() || Instant::now() > deadline {
                return Err(format!("Garage doesn't start: {}", log_tail(&log, 2000)));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        *self.server.lock().expect("no test panicked while holding it") = Some(process);
        Ok(())
    }
}

impl Drop for GarageServer {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Garage's administration API.
#[derive(Debug, Clone)]
struct Admin {
    port: u16,
    token: String,
}

impl Admin {
    /// One client for all, for making one takes longer than any call. It keeps no connection: the runtime that serves
    /// one ends with the test that it was opened in.
    fn client() -> &'static reqwest::Client {
        static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
        CLIENT.get_or_init(|| {
            let builder = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
            builder.build().expect("a client without certificates of its own")
        })
    }

    async fn is_healthy(&self) -> bool {
        let answer = Self::client().get(format!("http://127.0.0.1:{}/health", self.port)).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    async fn post(&self, call: &str, body: &Value) -> Value {
        let url = format!("http://127.0.0.1:{}/v2/{call}", self.port);
        let sent = Self::client().post(url).bearer_auth(&self.token).json(body).send().await;
        let answer = sent.unwrap_or_else(|error| panic!("Garage's administration API is out of reach: {error}"));
        let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
        assert!(status.is_success(), "{call}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}

/// Finds the program.
fn program() -> Result<PathBuf, String> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let places = [
        std::env::var_os(BIN_VARIABLE).map(PathBuf::from),
        Some(home.join(".cache/image-manager/tools/bin/garage")),
        in_path("garage"),
    ];
    let found = places.into_iter().flatten().find(|place| place.is_file());
    found.ok_or_else(|| format!("Garage isn't installed. Install it: {INSTALL}"))
}

fn configuration(folder: &Path, s3_port: u16, rpc_port: u16, admin: &Admin) -> String {
    let (folder, secret) = (folder.display(), hex(32));
    let Admin { port: admin_port, token } = admin;
    format!(
        r#"metadata_dir = "{folder}/meta"
data_dir = "{folder}/data"
db_engine = "sqlite"
replication_factor = 1
compression_level = "none"
rpc_bind_addr = "127.0.0.1:{rpc_port}"
rpc_public_addr = "127.0.0.1:{rpc_port}"
rpc_secret = "{secret}"

[s3_api]
s3_region = "{REGION}"
api_bind_addr = "127.0.0.1:{s3_port}"

[admin]
api_bind_addr = "127.0.0.1:{admin_port}"
admin_token = "{token}"
"#
    )
}

/// As many random bytes, in hexadecimal digits.
fn hex(bytes: usize) -> String {
    (0..bytes).map(|_| format!("{:02x}", rand::random::<u8>())).collect()
}
