//! Packages of the operating system: installed on Debian and its kin, named elsewhere.

use std::io::IsTerminal;
use std::process::Stdio;

use crate::failure::{Failure, Result};
use crate::process::{find, headline, program, run};

/// What building and running the app takes on Debian 12 or newer, or Ubuntu 24.04 or newer.
const TO_BUILD: &[&str] = &[
    "build-essential",
    "libayatana-appindicator3-1",
    "libdbus-1-dev",
    "libgtk-3-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

/// What the tests take beside it: a display, a driver for the window, a database, a keychain,
/// a clock that is wrong, and hands.
const TO_TEST: &[&str] = &[
    "dbus",
    "faketime",
    "fonts-dejavu-core",
    "gnome-keyring",
    "imagemagick",
    "libavif-bin",
    "libsecret-tools",
    "libvips-tools",
    "postgresql",
    "procps",
    "webkit2gtk-driver",
    "xclip",
    "xdotool",
    "xvfb",
];

/// What measuring takes beside building: whom to measure against.
const TO_BENCH: &[&str] = &["libvips-tools", "python3", "python3-venv"];

/// What packing for Linux takes beside building: the tools of distributions, also those that look packages over.
const TO_BUNDLE: &[&str] =
    &["appstream", "binutils", "desktop-file-utils", "dpkg-dev", "lintian", "man-db", "rpm", "xz-utils"];

/// What trying a package takes: another Debian to install it in, and a display.
const TO_TRY_PACKAGES: &[&str] = &["debootstrap", "imagemagick", "util-linux", "xdotool", "xvfb"];

/// What pkg-config calls the libraries, for systems without dpkg.
const LIBRARIES: &[&str] = &["webkit2gtk-4.1", "gtk+-3.0", "dbus-1"];

const ELSEWHERE: &str = "On Fedora:     sudo dnf install gcc pkgconf-pkg-config webkit2gtk4.1-devel gtk3-devel dbus-devel libappindicator-gtk3-devel
On Arch:       sudo pacman -S --needed base-devel webkit2gtk-4.1 gtk3 dbus libappindicator-gtk3
On openSUSE:   sudo zypper install gcc pkgconf webkit2gtk3-devel gtk3-devel dbus-1-devel libappindicator3-1";

/// Makes sure that the app can be built and run.
pub fn ensure_build() -> Result<()> {
    ensure(TO_BUILD.to_vec())
}

/// Makes sure that the tests can be run, too.
pub fn ensure_test() -> Result<()> {
    ensure([TO_BUILD, TO_TEST].concat())
}

/// Makes sure that what the app is measured against is there, or can be installed.
pub fn ensure_bench() -> Result<()> {
    ensure(TO_BENCH.to_vec())
}

/// Makes sure that the app can be packed for Linux.
///
/// # Errors
/// On a system without dpkg and apt: what the package depends on is read by Debian's tools.
pub fn ensure_bundle() -> Result<()> {
    ensure_on_debian(TO_BUNDLE.to_vec())
}

/// Makes sure that a package can be tried in another Debian.
pub fn ensure_package_trial() -> Result<()> {
    ensure_on_debian([TO_BUNDLE, TO_TRY_PACKAGES].concat())
}

fn ensure_on_debian(packages: Vec<&str>) -> Result<()> {
    if find("dpkg-query").is_none() || find("apt-get").is_none() {
        return Err(Failure::new(
            "Packages for Linux are made on Debian or Ubuntu, whose tools read what a package depends on. Here \
             `cargo xtask run --release` builds the program itself.",
        ));
    }
    ensure(packages)
}

fn ensure(packages: Vec<&str>) -> Result<()> {
    if !cfg!(target_os = "linux") {
        // macOS and Windows have a webview; Rust's installer has asked for a linker.
        return Ok(());
    }
    if find("dpkg-query").is_none() || find("apt-get").is_none() {
        return name_missing_libraries();
    }
    let missing = missing(&packages, &installed()?);
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// What dpkg says of every package it knows.
fn installed() -> Result<String> {
    let output = program("dpkg-query")
        .args(["-W", "-f=${binary:Package} ${db:Status-Status}\n"])
        .output()
        .map_err(|error| Failure::new(format!("dpkg-query can't be run: {error}")))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Which packages are not installed. dpkg says `name status` a line, the name with its architecture where there may be
/// several.
fn missing<'a>(packages: &[&'a str], listing: &str) -> Vec<&'a str> {
    let there: std::collections::HashSet<&str> = listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .map(|name| name.split(':').next().unwrap_or(name))
        .collect();
    packages.iter().copied().filter(|package| !there.contains(package)).collect()
}

fn install(packages: &[&str]) -> Result<()> {
    headline(format!("Installing system packages: {}", packages.join(" ")));
    let root = is_root();
    if !root && find("sudo").is_none() {
        return Err(Failure::new(format!(
            "These system packages are missing, and there is neither a root shell nor sudo to install them with. As \
             root, run:\n  apt-get install {}",
            packages.join(" ")
        )));
    }
    let apt = |arguments: &[&str]| {
        let mut command = if root { program("apt-get") } else { program("sudo") };
        if !root {
            // sudo may ask for a password where somebody can answer; elsewhere it fails at once.
            if std::io::stdin().is_terminal() {
                command.stdin(Stdio::inherit())
            } else {
                command.arg("-n")
            };
            command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        run(&mut command)
    };
    // A stale list of packages is the commonest reason for an install to fail.
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments)
}

/// Whether this runs as root.
pub fn is_root() -> bool {
    let id = program("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn name_missing_libraries() -> Result<()> {
    let absent: Vec<_> = LIBRARIES
        .iter()
        .copied()
        .filter(|library| !program("pkg-config").args(["--exists", library]).status().is_ok_and(|s| s.success()))
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("These libraries are missing: {}.\n{ELSEWHERE}", absent.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_fully_installed_counts() {
        let listing = "dbus installed\nlibgtk-3-dev:amd64 installed\nxvfb config-files\nxdotool-extra installed\n";
        assert_eq!(missing(&["dbus", "libgtk-3-dev", "xvfb", "xdotool"], listing), ["xvfb", "xdotool"]);
    }
}
