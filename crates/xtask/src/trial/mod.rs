//! `cargo xtask test-package`: the Debian package as a person has it: installed in a bare Debian with what it depends on and nothing
//! else, opened, used, updated, and removed.

mod chroot;
mod display;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::package::Packing;
use crate::process::{headline, not_started, output, program, run};
use crate::system;
use crate::test::Report;
use crate::tree::Tree;

use chroot::{Chroot, Who};
use display::Display;

/// Older than every release.
const OLDER: &str = "0.0.1";
/// How long the window may take to show something, and a picture to be in the library.
const PATIENCE: Duration = Duration::from_secs(90);

/// What can be asked of `test-package`.
#[derive(clap::Args)]
pub struct Options {
    /// The program to pack: one that `cargo xtask bundle` has built
    #[arg(long, value_name = "FILE")]
    app: Option<PathBuf>,
    /// Which Debian to install it in, by the name of its release
    #[arg(long, default_value = "bookworm")]
    suite: String,
    /// Where to get that Debian from, when apt on this machine doesn't know it
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
}

/// Tries the package, and says at the end what came of each step.
pub fn try_package(tree: &Tree, options: &Options) -> Result<()> {
    if !system::is_root() {
        return Err(Failure::new("Only root can install a system inside a folder: run this with sudo."));
    }
    system::ensure_package_trial()?;
    crate::node::ensure_packages(tree)?;
    let app = options.app.clone().unwrap_or_else(|| tree.target.join("release").join("image-manager"));
    if !app.is_file() {
        return Err(Failure::new(format!("{} is not there: build it with `cargo xtask bundle`.", app.display())));
    }
    let newer = Packing::of(tree, &app)?.deb()?;
    let older = Packing::of(tree, &app)?.deb_of_version(OLDER, &tree.target.join("xtask").join("older"))?;
    let folder = tree.target.join("xtask").join("debian");
    headline(format!("A bare Debian ({})", options.suite));
    let debian = Chroot::make(&folder, &options.suite, options.mirror.as_deref())?;
    let trial = Trial { debian, picture: tree.target.join("xtask").join("package.png") };
    let outcome = trial.run(&older, &newer);
    trial.debian.remove()?;
    outcome
}

/// One going through.
struct Trial {
    debian: Chroot,
    /// What the window looked like.
    picture: PathBuf,
}

impl Trial {
    fn run(&self, older: &Path, newer: &Path) -> Result<()> {
        let mut report = Report::default();
        let mut kept = String::new();
        report.step("The older version is installed, with what it depends on", || self.install(older, OLDER));
        report.step("The tray's library came along", || {
            let listed = output(&mut self.debian.command(Who::Root, &["ldconfig", "-p"]))?;
            holds(listed.contains("libayatana-appindicator3.so.1"), || {
                "no library for the tray icon is there".to_owned()
            })
        });
        report.step("A picture is uploaded from the command line", || {
            let line = self.app(&["upload", "--json", "pictures/morning.png"])?;
            let status = line.first().and_then(|line| line["status"].as_str()).unwrap_or_default().to_owned();
            holds(status == "uploaded", || format!("its status is “{status}”"))
        });
        report.step("The window opens and takes a file, as by “Open with”", || self.open_window());
        report.step("The newer version takes the older one's place", || self.install(newer, ""));
        report.step("The pictures are still there, and whole", || {
            self.holds_pictures(2)?;
            self.app(&["verify", "--all", "--deep", "--json"]).map(drop)
        });
        report.step("The window opens again", || self.open_window());
        report.step("Manual page and completions are there", || {
            let share = self.debian.root.join("usr/share");
            let page = share.join("man/man1/image-manager-upload.1.gz");
            run(program("gzip").arg("--test").arg(page))?;
            let ask = "source /usr/share/bash-completion/completions/image-manager && complete -p image-manager";
            run(&mut self.debian.command(Who::Person, &["bash", "-c", ask]))
        });
        report.step("Removing it leaves nothing of the package and all of the person's", || {
            kept = self.persons_files()?;
            run(&mut self.debian.command(Who::Root, &["apt-get", "purge", "-y", "-qq", "image-manager"]))?;
            let mut find = program("find");
            find.args(["usr", "etc", "opt", "-name", "*image-manager*"]).current_dir(&self.debian.root);
            let left = output(&mut find)?;
            holds(left.is_empty(), || format!("this is left: {left}"))?;
            holds(!kept.is_empty() && self.persons_files()? == kept, || "the person's files have changed".to_owned())
        });
        report.finish("The package")
    }

    /// Installs a package with apt, which brings what it depends on and nothing that it only recommends.
    fn install(&self, package: &Path, version: &str) -> Result<()> {
        let name = package.file_name().unwrap_or_default();
        let inside = self.debian.root.join("srv").join(name);
        fs::copy(package, &inside)
            .map_err(|error| Failure::new(format!("{} can’t be copied: {error}", name.display())))?;
        let there = format!("/srv/{}", name.display());
        let apt = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", &there];
        run(&mut self.debian.command(Who::Root, &apt))?;
        let ask = ["dpkg-query", "-W", "-f=${Version} ${db:Status-Status}", "image-manager"];
        let said = output(&mut self.debian.command(Who::Root, &ask))?;
        holds(said.starts_with(version) && said.ends_with(" installed"), || format!("dpkg says “{said}”"))?;
        let changed = output(&mut self.debian.command(Who::Root, &["dpkg", "--verify", "image-manager"]))?;
        holds(changed.is_empty(), || format!("dpkg finds other files than it installed: {changed}"))
    }

    /// What a command of the app says, one object a line.
    fn app(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let words: Vec<&str> = ["image-manager"].iter().chain(arguments).copied().collect();
        let said = output(&mut self.debian.command(Who::Person, &words))?;
        let lines = said.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        lines.map_err(|error| Failure::new(format!("“{said}” is no JSON: {error}")))
    }

    /// Opens the window with a picture, waits until it shows something and has the picture in its library, and ends it.
    fn open_window(&self) -> Result<()> {
        let display = Display::start()?;
        let mut command =
            self.debian.command(Who::Person, &["env", &display.variable(), "image-manager", "pictures/noon.png"]);
        let mut window = command.spawn().map_err(|error| not_started(&command, &error))?;
        let outcome =
            display.wait_for_window("Image Manager", &self.picture, PATIENCE).and_then(|()| self.holds_pictures(2));
        end(&mut window)?;
        outcome
    }

    /// Waits until the library has so many pictures.
    fn holds_pictures(&self, count: usize) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let there = self.app(&["list", "--json"])?.len();
            if there == count {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(Failure::new(format!("The library has {there} pictures where there should be {count}.")));
            }
            thread::sleep(Duration::from_millis(500));
        }
    }

    /// All files of the person with their hashes.
    fn persons_files(&self) -> Result<String> {
        let list = "find . -type f -print0 | sort -z | xargs -0 --no-run-if-empty sha256sum";
        output(program("sh").args(["-c", list]).current_dir(self.debian.home()))
    }
}

/// Asks a program to end, as the end of a session does, and waits for it.
fn end(child: &mut Child) -> Result<()> {
    run(program("kill").arg(child.id().to_string()))?;
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        if let Ok(Some(_)) = child.try_wait() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    let _ = child.kill();
    let _ = child.wait();
    Err(Failure::new("The app doesn't end when it is asked to."))
}

fn holds(true_of_it: bool, otherwise: impl FnOnce() -> String) -> Result<()> {
    if true_of_it { Ok(()) } else { Err(Failure::new(format!("Not so: {}.", otherwise()))) }
}
