//! Child processes that never outlive the test that started them.
//!
//! A test binary has no reliable "at exit": statics aren't dropped, a panic may abort, a person presses Ctrl-C, and a CI
//! runner sends SIGKILL. `PR_SET_PDEATHSIG` doesn't help either, for it fires when the *thread* that spawned the child
//! ends, and libtest ends a thread a test. What the kernel does in every one of these cases is to close the process's
//! pipes. So each child runs below a small shell that waits for the end of a pipe, then ends the child and removes its
//! folder.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The start of the name of every temporary folder made here; the id of the process that made it follows.
const FOLDER_PREFIX: &str = "testkit-";

/// Arguments: log file, signal that ends the child, folder to remove at the end, command…
///
/// Descriptor 3 is the pipe from the test process. The first line of standard output is the child's process id.
const SUPERVISOR: &str = r#"
log=$1 signal=$2 folder=$3
shift 3
exec 3<&0 0</dev/null
"$@" >>"$log" 2>&1 3<&- &
child=$!
echo "$child"
exec 1>/dev/null
{
    cat <&3
    # A child that has ended before this may be started again in its folder.
    kill -0 "$child" || exit 0
    : >"$folder/.ending"
    kill -s "$signal" "$child"
    tries=0
    while kill -0 "$child" 2>/dev/null && [ "$tries" -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -s KILL "$child"
} 2>/dev/null &
wait "$child"
status=$?
if [ -e "$folder/.ending" ]; then rm -rf "$folder"; fi
exit "$status"
"#;

/// A child process that ends, and whose folder is removed, when this is dropped or when the test process ends in
/// whatever way.
///
/// When the child ends by itself, or by [`Supervised::signal`], its folder stays, so that it can be started again there.
#[derive(Debug)]
pub struct Supervised {
    shell: Child,
    pid: u32,
    log: PathBuf,
}

impl Supervised {
    /// Starts `command`, whose output goes to the end of `log`. `signal` (`TERM`, `QUIT`, `KILL`…) ends it; ten seconds
    /// later SIGKILL does. `folder` is removed after that.
    ///
    /// Of `command`, the program, arguments, variables and current folder are used.
    ///
    /// # Panics
    /// When there is no `sh`, which is no system this project's tests run on.
    pub fn start(command: &Command, signal: &str, folder: &Path, log: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", SUPERVISOR, "testkit"]).arg(log).arg(signal).arg(folder);
        shell.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        // A group of its own: Ctrl-C reaches the tests, whose end then ends the child in order.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = shell.spawn().expect("sh starts");
        let mut line = String::new();
        let stdout = shell.stdout.take().expect("standard output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("sh writes the child's process id");
        let pid = line.trim().parse().expect("sh writes the child's process id");
        Self { shell, pid, log: log.to_owned() }
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether the child still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.shell.try_wait(), Ok(None))
    }

    /// Sends a signal by name: `TERM` asks the child to end, `KILL` is a crash.
    pub fn signal(&self, signal: &str) {
        send_signal(signal, self.pid);
    }

    /// Freezes the child and its own children, and returns when all of them stand still.
    ///
    /// # Panics
    /// When one of them doesn't.
    pub fn freeze(&self) {
        // The parent first, so that it starts no others meanwhile.
        send_signal("STOP", self.pid);
        await_stop(self.pid);
        for child in children(self.pid) {
            send_signal("STOP", child);
            await_stop(child);
        }
    }

    /// Lets a frozen child and its own children go on.
    pub fn thaw(&self) {
        for child in children(self.pid) {
            send_signal("CONT", child);
        }
        send_signal("CONT", self.pid);
    }

    /// Sends a signal and waits until the child has ended. Its folder stays.
    pub fn end(mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
        // `Child::wait` would close the pipe first, and that means "remove the folder".
        let pipe = self.shell.stdin.take();
        let status = self.shell.wait().expect("sh can be waited for");
        drop(pipe);
        status
    }

    /// The last `bytes` bytes that the child wrote, for messages.
    pub fn log_tail(&self, bytes: u64) -> String {
        log_tail(&self.log, bytes)
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn send_signal(signal: &str, pid: u32) {
    // The process may have ended in between: nothing to signal then.
    let _ = Command::new("kill").args(["-s", signal, &pid.to_string()]).stderr(Stdio::null()).status();
}

/// State letter and parent of a process, from `/proc/PID/stat` (proc(5)); `None` when it has ended.
fn state_and_parent(pid: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // "pid (name) state parent …", where the name may contain anything.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// Waits until a process stands still or has ended.
fn await_stop(pid: u32) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while state_and_parent(pid).is_some_and(|(state, _)| !['T', 'Z', 'X'].contains(&state)) {
        assert!(Instant::now() < deadline, "process {pid} doesn't stop");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The processes that a process started itself.
fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| state_and_parent(*pid).is_some_and(|(_, of)| of == parent)).collect()
}

/// The last `bytes` bytes of a file, or a sentence saying why there are none.
pub(crate) fn log_tail(log: &Path, bytes: u64) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        Ok(String::from_utf8_lossy(&tail).into_owned())
    };
    read().unwrap_or_else(|error| format!("(no log at {}: {error})", log.display()))
}

/// A new folder in the system's temporary folder, named after this process. The caller sees to its removal (mostly by
/// [`Supervised`]); those of processes that are gone are removed here.
///
/// # Panics
/// When the system's temporary folder can't be written to.
pub fn folder(subject: &str) -> PathBuf {
    let folder = tempfile::Builder::new().prefix(&folder_prefix(subject)).tempdir();
    folder.expect("the temporary folder can be written to").keep()
}

/// How the name of a temporary folder of this process begins. Folders of processes that are gone are removed on the way.
pub(crate) fn folder_prefix(subject: &str) -> String {
    sweep();
    format!("{FOLDER_PREFIX}{}-{subject}-", std::process::id())
}

/// Removes the folders of processes that are gone: left by a power failure or by a SIGKILL to a whole container.
fn sweep() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(FOLDER_PREFIX)?.split('-').next()?.parse().ok());
        if owner
            .is_some_and(|pid: u32| Path::new("/proc/self").exists() && !Path::new(&format!("/proc/{pid}")).exists())
        {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A TCP port of 127.0.0.1 that was free a moment ago. Another process may take it before the caller does: start again
/// with another one then.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// The program found at `name` in `PATH`.
pub fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
