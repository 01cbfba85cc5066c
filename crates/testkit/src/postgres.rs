//! PostgreSQL from the distribution's package, started in a temporary folder.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use url::Url;

use crate::process::{Supervised, folder, free_port, in_path, log_tail};

/// The URL of a cluster that somebody started already, with the right to create databases. Saves starting one for each
/// test binary.
pub const URL_VARIABLE: &str = "TESTKIT_POSTGRES_URL";

/// Long enough for the slowest machine; reached only when something is broken.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The URL of a fresh, empty database on the process's one cluster: `postgresql://postgres@127.0.0.1:PORT/NAME`.
///
/// The cluster starts at the first call and goes, with every database in it, when the process ends. With
/// [`URL_VARIABLE`] set, databases are made on that cluster instead, and stay there.
///
/// # Panics
/// When PostgreSQL isn't installed or doesn't start; the message says what to do.
pub async fn database() -> String {
    let made = tokio::task::spawn_blocking(|| {
        static SHARED: OnceLock<Result<Url, String>> = OnceLock::new();
        match SHARED.get_or_init(shared_cluster) {
            Ok(admin) => Ok(new_database(admin)),
            Err(message) => Err(message.clone()),
        }
    });
    match made.await {
        Ok(Ok(url)) => url,
        Ok(Err(message)) => panic!("{message}"),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// The shared cluster's URL. Started once, never dropped: its supervisor ends it when this process ends.
fn shared_cluster() -> Result<Url, String> {
    if let Ok(given) = std::env::var(URL_VARIABLE) {
        return Url::parse(&given).map_err(|error| format!("{URL_VARIABLE} is no URL: {error}"));
    }
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    let cluster = Cluster::try_start()?;
    Ok(CLUSTER.get_or_init(|| cluster).admin_url())
}

/// Makes an empty database and returns its URL.
fn new_database(admin: &Url) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let random: u32 = rand::random();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("testkit_{}_{number}_{random:08x}", std::process::id());
    // template0 is never connected to, so that copies of it can be made at the same time.
    let made = psql(admin, &format!("CREATE DATABASE {name} TEMPLATE template0"));
    assert!(made.status.success(), "CREATE DATABASE failed: {}", String::from_utf8_lossy(&made.stderr));
    let mut url = admin.clone();
    url.set_path(&name);
    url.into()
}

/// Runs one statement with the package's own client.
fn psql(url: &Url, statement: &str) -> Output {
    let program = bin_folder().map_or_else(|_| PathBuf::from("psql"), |folder| folder.join("psql"));
    let mut command = Command::new(program);
    command.args(["--no-psqlrc", "--quiet", "--no-password", "--tuples-only", "--no-align", "--command", statement]);
    command.arg("--dbname").arg(url.as_str());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(name);
    }
    command.output().unwrap_or_else(|error| panic!("psql doesn't start ({error}): apt-get install postgresql"))
}

/// The newest of the distribution's PostgreSQL versions, or the one in `PATH`.
fn bin_folder() -> Result<PathBuf, String> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<f32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max_by(|left, right| left.0.total_cmp(&right.0));
    newest
        .map(|(_, folder)| folder)
        .or_else(|| in_path("initdb")?.parent().map(Path::to_owned))
        .ok_or_else(|| "PostgreSQL isn't installed. Install it: apt-get install postgresql".to_owned())
}

/// The user and group to run as when this process is root, which PostgreSQL refuses to be.
fn unprivileged_user() -> Result<(u32, u32), String> {
    let passwd = std::fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
    let find = |wanted: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(wanted))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody")).ok_or_else(|| "no user `postgres` or `nobody` to run as".to_owned())
}

/// A cluster of its own, which a test may stop, crash, freeze and start again. It goes when it is dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    run_as: Option<(u32, u32)>,
    port: u16,
    server: Mutex<Option<Supervised>>,
}

impl Cluster {
    /// Starts a new, empty cluster and waits until it answers.
    ///
    /// # Panics
    /// When PostgreSQL isn't installed or doesn't start; the message says what to do.
    pub async fn start() -> Self {
        let started = tokio::task::spawn_blocking(Self::try_start).await.expect("starting a cluster doesn't panic");
        started.unwrap_or_else(|message| panic!("{message}"))
    }

    fn try_start() -> Result<Self, String> {
        let bin = bin_folder()?;
        let folder = folder("postgres");
        let owner = folder.metadata().map_err(|error| error.to_string())?.uid();
        let run_as = if owner == 0 { Some(unprivileged_user()?) } else { None };
        if let Some((user, group)) = run_as {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
        }
        let mut cluster = Self { folder, bin, run_as, port: 0, server: Mutex::new(None) };
        let mut initdb = cluster.command("initdb");
        initdb.arg("--pgdata").arg(cluster.data());
        initdb.args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--no-locale"]);
        let made = initdb.output().map_err(|error| format!("initdb doesn't start: {error}"))?;
        if !made.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let mut last = String::new();
        for _ in 0..5 {
            cluster.port = free_port();
            match cluster.try_serve() {
                Ok(()) => return Ok(cluster),
                Err(message) => last = message,
            }
        }
        Err(last)
    }

    /// The URL of the database `postgres` for the superuser.
    pub fn admin_url(&self) -> Url {
        let url = format!("postgresql://postgres@127.0.0.1:{}/postgres", self.port);
        Url::parse(&url).expect("made of an address and a port")
    }

    /// The URL of a fresh, empty database.
    ///
    /// # Panics
    /// When the cluster is stopped.
    pub async fn database(&self) -> String {
        let admin = self.admin_url();
        tokio::task::spawn_blocking(move || new_database(&admin)).await.expect("the cluster runs")
    }

    /// Ends the server at once, as a crash would; clients lose their connections. The data stays.
    pub fn stop(&self) {
        let server = self.server.lock().expect("no test panicked while holding it").take();
        if let Some(server) = server {
            server.end("QUIT");
        }
    }

    /// Starts a stopped server again, at the same address, and waits until it answers.
    ///
    /// # Panics
    /// When it doesn't start.
    pub fn restart(&self) {
        self.stop();
        self.try_serve().unwrap_or_else(|message| panic!("{message}"));
    }

    /// Freezes every process of the server: connections stay open and nothing answers. [`Cluster::thaw`] undoes it.
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

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// One of PostgreSQL's programs, run as a user that it accepts.
    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = match self.run_as {
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
                command.args(["--clear-groups", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(&self.folder).env("HOME", &self.folder).env("LC_ALL", "C");
        command
    }

    /// Starts the server on the chosen port and waits until it takes connections.
    fn try_serve(&self) -> Result<(), String> {
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).arg("-p").arg(self.port.to_string());
        let settings = [
            "listen_addresses=127.0.0.1",
            // No Unix socket: a long TMPDIR would exceed the 107 bytes that its path may have.
            "unix_socket_directories=",
            // Commits still reach the kernel, so that they survive `Cluster::stop`; only a power failure loses them.
            "fsync=off",
            "full_page_writes=off",
            "max_connections=300",
            "shared_buffers=32MB",
        ];
        for setting in settings {
            command.args(["-c", setting]);
        }
        let log = self.folder.join("postgres.log");
        let mut server = Supervised::start(&command, "QUIT", &self.folder, &log);
        let deadline = Instant::now() + START_LIMIT;
        while !psql(&self.admin_url(), "SELECT 1").status.success() {
            if !server.is_running() || Instant::now() > deadline {
                return Err(format!("PostgreSQL doesn't start: {}", log_tail(&log, 2000)));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        *self.server.lock().expect("no test panicked while holding it") = Some(server);
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
