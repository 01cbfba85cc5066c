//! One worker, seen from whoever asks it.

use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::protocol::{Answer, Task, read, write};

/// A worker that runs. Dropping it ends it.
pub(crate) struct Process {
    /// Shared with whoever kills it when it takes too long.
    child: Arc<Mutex<Child>>,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program as a worker.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        without_secrets(&mut command);
        let mut child = command.spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("a worker without pipes"));
        };
        let output = BufReader::with_capacity(1 << 16, output);
        Ok(Self { child: Arc::new(Mutex::new(child)), input, output })
    }

    /// Has it do something.
    ///
    /// # Errors
    /// When it doesn't answer any more, because it has crashed or was killed.
    pub(crate) fn ask(&mut self, task: Task, bytes: &[u8]) -> io::Result<(Answer, Vec<u8>)> {
        write(&mut self.input, &task, bytes)?;
        read(&mut self.output)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// What kills it.
    pub(crate) fn child(&self) -> Arc<Mutex<Child>> {
        Arc::clone(&self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        kill(&self.child);
    }
}

/// Kills a worker, and waits for its end, which comes at once then.
pub(crate) fn kill(child: &Mutex<Child>) {
    let mut child: MutexGuard<'_, Child> = child.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = child.kill();
    let _ = child.wait();
}

/// What the worker doesn't need isn't given to it: the environment may hold keys and passwords.
#[cfg(unix)]
fn without_secrets(command: &mut Command) {
    const NEEDED: [&str; 4] =
        ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "LLVM_PROFILE_FILE"];
    command.env_clear().current_dir("/");
    for name in NEEDED {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// Windows programs need some of theirs. No console window opens.
#[cfg(windows)]
fn without_secrets(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW).env_clear();
    for name in ["SystemRoot", "SystemDrive", "PATH", "TEMP", "TMP"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}
