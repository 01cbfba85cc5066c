//! A Garage server of one's own, empty at its start.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use crate::failure::{Failure, Result};
use crate::process::{not_started, program};

/// The region that signatures name.
pub const REGION: &str = "garage";

/// The bucket that is there from the beginning.
pub const BUCKET: &str = "bench";

/// For a server that only this computer reaches and that is gone minutes later.
pub const KEY_ID: &str = "GK000000000000000000000001";

/// As [`KEY_ID`].
pub const SECRET: &str = "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfb0b1b2b3b4b5b6b7b8b9babbbcbdbebf";

const RPC_SECRET: &str = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf";

/// How long it may take to start.
const START: Duration = Duration::from_secs(60);

/// Clock ticks a second in `/proc` on every Linux there is (`getconf CLK_TCK`).
const TICKS: u32 = 100;

/// A running server. It ends, and what it stored goes, when it is dropped.
pub struct Garage {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Garage {
    /// Starts the program in a folder that is made for it, and waits until the bucket can be listed.
    pub fn start(garage: &Path, s5cmd: &Path) -> Result<Self> {
        let folder = env::temp_dir().join(format!("image-manager-bench-{}", std::process::id()));
        let unusable = |error: std::io::Error| Failure::new(format!("{} can't be written: {error}", folder.display()));
        fs::create_dir_all(&folder).map_err(unusable)?;
        let (port, rpc) = (free_port()?, free_port()?);
        let config = folder.join("garage.toml");
        fs::write(&config, configuration(&folder, port, rpc)).map_err(unusable)?;
        let log = fs::File::create(folder.join("garage.log")).map_err(unusable)?;
        let mut command = program(garage);
        command.arg("-c").arg(&config).args(["server", "--single-node", "--default-bucket"]);
        command.env("GARAGE_DEFAULT_ACCESS_KEY", KEY_ID).env("GARAGE_DEFAULT_SECRET_KEY", SECRET);
        command.env("GARAGE_DEFAULT_BUCKET", BUCKET).env("RUST_LOG", "garage=warn");
        command.stdout(Stdio::null()).stderr(log);
        let child = command.spawn().map_err(|error| not_started(&command, &error))?;
        let mut server = Self { child, port, folder };
        server.wait(s5cmd)?;
        Ok(server)
    }

    fn wait(&mut self, s5cmd: &Path) -> Result<()> {
        let end = Instant::now() + START;
        while Instant::now() < end {
            let mut list = self.s5cmd(s5cmd);
            list.args(["ls", &format!("s3://{BUCKET}")]).stdout(Stdio::null()).stderr(Stdio::null());
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() && list.status().is_ok_and(|s| s.success()) {
                return Ok(());
            }
            if let Ok(Some(_)) = self.child.try_wait() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("garage.log")).unwrap_or_default();
        Err(Failure::new(format!("Garage doesn't start. {}", log.lines().last().unwrap_or_default())))
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// s5cmd with this server's address and key.
    pub fn s5cmd(&self, s5cmd: &Path) -> Command {
        let mut command = program(s5cmd);
        command.arg("--endpoint-url").arg(self.endpoint());
        command.env("AWS_ACCESS_KEY_ID", KEY_ID).env("AWS_SECRET_ACCESS_KEY", SECRET).env("AWS_REGION", REGION);
        command
    }

    /// The processor time that it has used so far; nothing where there is no `/proc`.
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        cpu_in(&stat).unwrap_or_default()
    }
}

impl Drop for Garage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// User and system time of `/proc/PID/stat` (proc(5), fields 14 and 15).
fn cpu_in(stat: &str) -> Option<Duration> {
    // The name, in parentheses, may contain anything.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some(Duration::from_secs(1) * (ticks()? + ticks()?) / TICKS)
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    let bound = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(|error| Failure::new(format!("There is no free port: {error}")))
}

fn configuration(folder: &Path, port: u16, rpc: u16) -> String {
    let folder = folder.display();
    format!(
        r#"metadata_dir = "{folder}/meta"
data_dir = "{folder}/data"
db_engine = "sqlite"
replication_factor = 1
compression_level = "none"
rpc_bind_addr = "127.0.0.1:{rpc}"
rpc_public_addr = "127.0.0.1:{rpc}"
rpc_secret = "{RPC_SECRET}"

[s3_api]
s3_region = "{REGION}"
api_bind_addr = "127.0.0.1:{port}"
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_a_name_with_spaces() {
        let stat = "12 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20";
        assert_eq!(cpu_in(stat), Some(Duration::from_secs(2)));
        assert_eq!(cpu_in(""), None);
    }
}
