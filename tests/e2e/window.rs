//! The app's own binary in a real window: Xvfb for a display, WebKitWebDriver to press and read, a GTK drag source to drop.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

/// Keeps the secrets of commands, and of a window that is opened with it.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// How long a condition may take before the test gives up. Generous: it is waited for, not measured.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long what a window started may take to end when it is asked to; after that it is ended.
const GRACE: Duration = Duration::from_secs(15);

/// One window at a time: two cores render one WebKit well and two badly.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A display with a pointer, and a folder for the app to keep its things in across restarts of the app.
pub struct Desktop {
    display: String,
    home: tempfile::TempDir,
    xvfb: Child,
    /// A session bus of its own, so that the person's keyring, tray and running app stay out of the test.
    bus: Child,
    bus_address: String,
    _turn: MutexGuard<'static, ()>,
}

impl Desktop {
    /// Starts an X server of its own on a free display, and a session bus.
    pub fn new() -> Self {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut xvfb = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1700x1000x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed (Debian package xvfb)");
        let display = format!(":{}", first_line(&mut xvfb));
        let home = tempfile::tempdir().unwrap();
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            // What the bus starts by itself, such as a keyring, belongs to this desktop.
            .env("DISPLAY", &display)
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed (Debian package dbus)");
        let bus_address = first_line(&mut bus);
        Self { display, home, xvfb, bus, bus_address, _turn: turn }
    }

    /// The X display.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The address of the session bus.
    pub fn bus_address(&self) -> &str {
        &self.bus_address
    }

    /// The app's data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// A folder for pictures that the test makes.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Opens the app's window.
    pub async fn open(&self) -> Window {
        self.open_with(&[]).await
    }

    /// The same, with more variables in its environment.
    pub async fn open_with(&self, environment: &[(&str, &str)]) -> Window {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("WebKitWebDriver")
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("GDK_BACKEND", "x11")
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.folder("run"))
            .env("IMAGE_MANAGER_DATA_DIR", self.data_dir())
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.home.path().join("app.log")).unwrap())
            .process_group(0)
            .spawn()
            .expect("WebKitWebDriver is installed (Debian package webkit2gtk-driver)");
        // Ended with the test, also when no window comes.
        let started = Started { driver };
        let url = format!("http://127.0.0.1:{port}");
        await_port(port).await;
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": program() } });
        let mut connecting = ClientBuilder::new(HttpConnector::new());
        connecting.capabilities(capabilities.as_object().unwrap().clone());
        let client = match tokio::time::timeout(PATIENCE, connecting.connect(&url)).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!("the window did not open: {error}\n{}", self.log()),
            Err(_) => panic!("the window did not open in time\n{}", self.log()),
        };
        Window { client, started, display: self.display.clone(), log: self.home.path().join("app.log") }
    }

    /// Runs the app's command line on the same folder.
    pub fn command_line(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = self.app(arguments);
        command.env_remove("DISPLAY").env_remove("IMAGE_MANAGER_PASSPHRASE").stdin(Stdio::null()).output().unwrap()
    }

    /// The app on the same folder, with nobody to press and read: a command, or without arguments the window. Secrets are
    /// kept with a passphrase, for there is no keychain.
    pub fn app(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.folder("run"))
            .env("IMAGE_MANAGER_DATA_DIR", self.data_dir())
            .env("IMAGE_MANAGER_PASSPHRASE", PASSPHRASE)
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", self.home.path().join("no-bus").display()))
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// What the app and the driver wrote to standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("app.log")).unwrap_or_default()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for server in [&mut self.bus, &mut self.xvfb] {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// The app: the one that the tests were built with, unless this variable names another, such as one that is built as it is
/// released.
fn program() -> PathBuf {
    env::var_os("IMAGE_MANAGER_APP").map_or_else(|| env!("CARGO_BIN_EXE_image-manager").into(), PathBuf::from)
}

/// The first line that a server prints, without its end: where it is to be found.
fn first_line(server: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).expect("the server says where it is");
    line.trim().to_owned()
}

/// The open window.
pub struct Window {
    /// What speaks to the page.
    pub client: Client,
    started: Started,
    display: String,
    log: PathBuf,
}

/// Waits until the first element of that name stands where it stood a frame ago.
const STILL: &str = "
    const [testid, done] = arguments;
    const place = () => {
        const at = document.querySelector(`[data-testid=${testid}]`)?.getBoundingClientRect();
        return at && `${at.x} ${at.y}`;
    };
    let last = null;
    const look = () => {
        const now = place();
        if (now === last) return done();
        last = now;
        requestAnimationFrame(() => requestAnimationFrame(look));
    };
    look();";

impl Window {
    /// The element with this `data-testid`, once it is there.
    pub async fn see(&self, testid: &str) -> Element {
        self.see_css(&format!("[data-testid=\"{testid}\"]")).await
    }

    /// The element that matches the selector, once it is there.
    pub async fn see_css(&self, selector: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => self.fail(&format!("no element matches {selector}: {error}")).await,
        }
    }

    /// Waits until exactly `count` elements match the selector.
    pub async fn see_count(&self, selector: &str, count: usize) {
        self.until(
            &format!("{count} elements match {selector}"),
            &format!("return document.querySelectorAll({}).length === {count}", json!(selector)),
        )
        .await;
    }

    /// Waits until exactly `count` tiles show a thumbnail whose pixels have arrived.
    pub async fn see_tiles_with_thumbnails(&self, count: usize) {
        self.until(
            &format!("{count} tiles show their thumbnails"),
            &format!(
                "return [...document.querySelectorAll('[data-testid=tile] img')]\
                 .filter(img => img.complete && img.naturalWidth > 0).length === {count}"
            ),
        )
        .await;
    }

    /// Waits until the page's text contains `text`.
    pub async fn see_text(&self, text: &str) {
        self.until(
            &format!("the page says “{text}”"),
            &format!("return document.body.innerText.includes({})", json!(text)),
        )
        .await;
    }

    /// Waits until the script returns true.
    pub async fn until(&self, what: &str, script: &str) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let answer = tokio::time::timeout(PATIENCE, self.client.execute(script, vec![])).await;
            if matches!(&answer, Ok(Ok(value)) if value.as_bool() == Some(true)) {
                return;
            }
            if tokio::time::Instant::now() > deadline {
                self.fail(&format!("waited in vain until {what} (last answer: {answer:?})")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses the element with this `data-testid`.
    pub async fn press(&self, testid: &str) {
        let element = self.see(testid).await;
        // What still moves, as a message that comes in does, would be missed. What is gone by then the click tells of.
        let _ = self.client.execute_async(STILL, vec![testid.into()]).await;
        match tokio::time::timeout(PATIENCE, element.click()).await {
            Ok(Ok(())) => {}
            other => self.fail(&format!("{testid} can't be pressed: {other:?}")).await,
        }
    }

    /// Types keys into whatever has the focus (WebDriver key codes for special keys).
    pub async fn keys(&self, keys: &str) {
        let typing = async {
            let target = self.client.active_element().await.expect("something has the focus");
            target.send_keys(keys).await.expect("keys can be typed");
        };
        if tokio::time::timeout(PATIENCE, typing).await.is_err() {
            self.fail("no key can be typed").await;
        }
    }

    /// Presses Escape.
    pub async fn press_escape(&self) {
        self.keys("\u{e00c}").await;
    }

    /// Replaces the text of a field.
    pub async fn fill(&self, testid: &str, text: &str) {
        let field = self.see(testid).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> serde_json::Value {
        self.client.execute(script, vec![]).await.unwrap()
    }

    /// Drags these files from another program and drops them onto the middle of the window, as a file manager would.
    pub async fn drop_files(&self, files: &[PathBuf]) {
        let source = Path::new(env!("CARGO_BIN_EXE_image-manager")).with_file_name("drag-source");
        let source = Command::new(source)
            .args(files)
            .env("DISPLAY", &self.display)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the test kit's drag-source is built");
        let mut source = Killed(source);
        let mut ready = [0u8; 6];
        source.0.stdout.as_mut().unwrap().read_exact(&mut ready).expect("the drag source shows itself");
        self.pointer(&["mousemove", "1600", "60", "mousedown", "1", "mousemove", "1560", "80"]);
        // Each step makes the toolkit ask the window below whether it takes the drag; then it is let go.
        for x in [1400, 1200, 900, 640, 620] {
            self.pointer(&["mousemove", &x.to_string(), "420"]);
        }
        self.see("drop-overlay").await;
        self.pointer(&["mousemove", "610", "425", "mouseup", "1"]);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let status = loop {
            match source.0.try_wait().unwrap() {
                Some(status) => break status,
                None if tokio::time::Instant::now() > deadline => self.fail("the files were never let go").await,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        assert!(status.success(), "the files were not accepted");
    }

    fn pointer(&self, arguments: &[&str]) {
        let status =
            Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).status().expect("xdotool runs");
        assert!(status.success());
    }

    /// Keeps a picture of the screen under the target folder's `tmp/e2e/`, where ImageMagick is installed. (WebKitWebDriver's
    /// own screenshots never come back from a webview that draws without a GPU.)
    pub fn screenshot(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e");
        let _ = fs::create_dir_all(&folder);
        let _ = Command::new("import")
            .args(["-window", "root", "-crop", "1280x800+0+0"])
            .arg(folder.join(format!("{name}.png")))
            .env("DISPLAY", &self.display)
            .stderr(Stdio::null())
            .status();
    }

    async fn fail(&self, why: &str) -> ! {
        self.screenshot("failure");
        let text = tokio::time::timeout(PATIENCE, self.client.execute("return document.body.innerText", vec![])).await;
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        panic!("{why}\n--- the page says:\n{text:?}\n--- log:\n{log}");
    }

    /// Closes the window and waits until the app has ended.
    pub async fn close(self) {
        let _ = tokio::time::timeout(PATIENCE, self.client.clone().close()).await;
    }

    /// The processes of the app and of all that it started, which are one group.
    pub fn running(&self) -> Vec<u32> {
        self.started.running()
    }

    /// Sends a signal to the app and to all that it started: the whole process group.
    pub fn signal(&self, signal: &str) {
        self.started.signal(signal);
    }

    /// Asks the app to end, as whoever shuts the computer down does, and waits until it has.
    pub async fn ask_to_end(self) {
        let is_app = |pid: &u32| fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program());
        let app = self.running().into_iter().find(is_app).expect("the app runs");
        let asked = Command::new("kill").args(["-TERM", &app.to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()));
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.running().contains(&app) {
            assert!(tokio::time::Instant::now() < deadline, "the app went on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// WebKitWebDriver, which leads the process group of all that it started: ended when it is dropped, whatever state a test
/// that failed has left it in.
struct Started {
    driver: Child,
}

impl Started {
    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args([&format!("-{signal}"), "--", &*group]).stderr(Stdio::null()).status();
    }

    /// The processes of the group that still run.
    fn running(&self) -> Vec<u32> {
        let group = self.driver.id().to_string();
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
        let runs = |pid: &u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // After the name, which may hold anything: state, parent, group.
            let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
            fields.next() != Some("Z") && fields.nth(1) == Some(&*group)
        };
        pids.filter(runs).collect()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.signal("TERM");
        let deadline = std::time::Instant::now() + GRACE;
        while !self.running().is_empty() && std::time::Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.signal("KILL");
        let _ = self.driver.wait();
    }
}

/// A process that ends with the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn await_port(port: u16) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "WebKitWebDriver did not listen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
