//! `cargo xtask bundle`: the app as it is released, in the packages of the system that this runs on.
//!
//! Tauri's command line tool builds it everywhere, and makes the installers for Windows and macOS. What it makes for Linux lacks
//! most of what a distribution asks for, so that is packed here.

use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::node;
use crate::package::Packing;
use crate::process::{headline, program, run};
use crate::system;
use crate::tree::Tree;

/// What can be asked of `bundle`.
#[derive(clap::Args)]
pub struct Options {
    /// Pack this program, which was built before by this command, in place of building one (Linux only)
    #[arg(long, value_name = "FILE")]
    app: Option<PathBuf>,
    /// For Tauri's tool: a file like tauri.conf.json with settings for this time alone, such as who signs
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

/// Builds the app as it is released (about 20 minutes on two cores, the first time) and packs it.
pub fn bundle(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_build()?;
    node::ensure_packages(tree)?;
    if !cfg!(target_os = "linux") {
        let kinds = if cfg!(windows) { "nsis,msi" } else { "dmg" };
        let mut build = tauri(tree, &["build", "--ci", "--bundles", kinds]);
        if let Some(settings) = &options.settings {
            build.arg("--config").arg(std::path::absolute(settings).unwrap_or_else(|_| settings.clone()));
        }
        return run(&mut build);
    }
    system::ensure_bundle()?;
    let app = match &options.app {
        Some(app) => app.clone(),
        None => build(tree)?,
    };
    for package in Packing::of(tree, &app)?.all()? {
        headline(package.display());
    }
    Ok(())
}

/// The Debian package of a program that is built.
pub fn deb(tree: &Tree, app: &Path) -> Result<PathBuf> {
    system::ensure_bundle()?;
    Packing::of(tree, app)?.deb()
}

/// Builds the program as it is released, and says where it is.
pub fn build(tree: &Tree) -> Result<PathBuf> {
    run(&mut tauri(tree, &["build", "--ci", "--no-bundle"]))?;
    Ok(tree.target.join("release").join("image-manager"))
}

fn tauri(tree: &Tree, arguments: &[&str]) -> std::process::Command {
    let tool = tree.ui().join("node_modules").join("@tauri-apps").join("cli").join("tauri.js");
    let mut command = program("node");
    command.arg(tool).args(arguments).current_dir(&tree.root).env("CARGO_TARGET_DIR", &tree.target);
    command
}
