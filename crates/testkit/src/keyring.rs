//! Commands with a keyring of their own: a real one on a private session bus, a locked one, or none at all.
//!
//! Needs the packages `dbus` (or `dbus-daemon`), `gnome-keyring` and, for looking into it, `libsecret-tools`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::process::{folder_prefix, in_path};

/// The password of every keyring made here.
const PASSWORD: &str = "testkit";

/// Unlocks the keyring (making it at the first time) and becomes the command. The daemon gets no pipe of ours, for a
/// reader of the command's output would wait for the daemon, too; it ends with the bus.
///
/// The daemon goes into the background before it serves the bus, and whoever asks too early makes the bus start a second
/// daemon, which nobody has unlocked: so the first is waited for.
const UNLOCKED: &str = r#"
printf '%s' "$1" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 || exit 125
shift
await_reply 'boolean true' org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets
await_reply 'boolean false' org.freedesktop.secrets /org/freedesktop/secrets/collection/login \
    org.freedesktop.DBus.Properties.Get string:org.freedesktop.Secret.Collection string:Locked
exec "$@"
"#;

/// Starts the daemon without a password: what is kept stays locked.
const LOCKED: &str = r#"
gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1 </dev/null || exit 125
shift
await_reply 'boolean true' org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets
exec "$@"
"#;

/// Asks the bus until the reply contains the first argument; gives up with status 125.
const AWAIT_REPLY: &str = r#"
await_reply() {
    wanted=$1 destination=$2 tries=0
    shift 2
    until dbus-send --session --print-reply --dest="$destination" "$@" 2>/dev/null | grep -q "$wanted"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 400 ]; then exit 125; fi
        sleep 0.05
    done
}
"#;

/// A home folder with a keyring in it. Secrets last from one command to the next, and go when this is dropped.
#[derive(Debug)]
pub struct Keyring {
    home: TempDir,
}

impl Default for Keyring {
    fn default() -> Self {
        Self::new()
    }
}

impl Keyring {
    /// A home folder without any secrets yet.
    ///
    /// # Panics
    /// When a program is missing; the message says what to install.
    pub fn new() -> Self {
        for program in ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"] {
            assert!(in_path(program).is_some(), "{program} isn't installed: apt-get install dbus gnome-keyring");
        }
        let home = tempfile::Builder::new().prefix(&folder_prefix("home")).tempdir().expect("a folder can be made");
        let runtime = home.path().join("runtime");
        std::fs::create_dir(&runtime).expect("the folder is ours");
        std::fs::set_permissions(&runtime, Permissions::from_mode(0o700)).expect("the folder is ours");
        Self { home }
    }

    /// The home folder that commands see.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The command, to be run on a session bus of its own where the keyring is unlocked.
    pub fn unlocked(&self, command: &Command) -> Command {
        self.on_a_bus(UNLOCKED, command)
    }

    /// The command, to be run on a session bus of its own where the keyring is there but locked, and nobody to ask for
    /// its password.
    pub fn locked(&self, command: &Command) -> Command {
        self.on_a_bus(LOCKED, command)
    }

    /// The command, to be run where there is neither a session bus nor a keyring, as over SSH or on a plain server.
    pub fn without_bus(&self, command: &Command) -> Command {
        let mut bare = Command::new(command.get_program());
        bare.args(command.get_args());
        self.surround(&mut bare, command);
        // An address where nothing is: with none, clients look in XDG_RUNTIME_DIR or start a bus themselves.
        bare.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", self.home().join("no-bus").display()));
        bare
    }

    fn on_a_bus(&self, script: &str, command: &Command) -> Command {
        let mut session = Command::new("dbus-run-session");
        session.args(["--", "sh", "-c"]).arg(format!("{AWAIT_REPLY}{script}")).args(["testkit", PASSWORD]);
        session.arg(command.get_program()).args(command.get_args());
        self.surround(&mut session, command);
        session
    }

    /// Gives `made` the environment and folder of `given`, in this home.
    fn surround(&self, made: &mut Command, given: &Command) {
        let home = self.home();
        for name in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK"]
        {
            made.env_remove(name);
        }
        made.env("HOME", home).env("XDG_RUNTIME_DIR", home.join("runtime"));
        for (name, folder) in [
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_CACHE_HOME", ".cache"),
            ("XDG_STATE_HOME", ".local/state"),
        ] {
            made.env(name, home.join(folder));
        }
        for (name, value) in given.get_envs() {
            match value {
                Some(value) => made.env(name, value),
                None => made.env_remove(name),
            };
        }
        if let Some(folder) = given.get_current_dir() {
            made.current_dir(folder);
        }
    }
}

/// Runs a command with a fresh, unlocked keyring and returns its output.
///
/// # Panics
/// When a program is missing.
pub fn with_keyring(command: &Command) -> Output {
    run(Keyring::new().unlocked(command))
}

/// Runs a command with no keyring and no session bus and returns its output.
///
/// # Panics
/// When the command doesn't start.
pub fn without_keyring(command: &Command) -> Output {
    run(Keyring::new().without_bus(command))
}

/// Runs a prepared command with nothing on its standard input.
///
/// # Panics
/// When it doesn't start.
pub fn run(mut command: Command) -> Output {
    command.stdin(Stdio::null()).output().expect("the command starts")
}

/// One test of the running test binary, as a command: the way to run a test's body in another environment. The test must
/// see by an environment variable of its own whether it is meant.
///
/// # Panics
/// When the running program can't be found any more.
pub fn this_binarys_test(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the running program has a path"));
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]);
    command
}
