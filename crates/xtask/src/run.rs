//! `cargo xtask run`: from a fresh machine to the window.

use std::env;
use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::process::{cargo, headline, program, run as execute};
use crate::tree::Tree;
use crate::{node, samples, system};

/// What can be asked of `run`.
#[derive(clap::Args)]
pub struct Options {
    /// Build it optimised, as it is released
    #[arg(long)]
    release: bool,
    /// For the app: a command of its command line in place of the window
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Installs what is missing, builds, and opens the window; without a display does the main job in the terminal.
pub fn run(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_build()?;
    node::ensure_pages(tree)?;
    let app = build(tree, options.release)?;
    if !options.arguments.is_empty() {
        return execute(program(&app).args(&options.arguments));
    }
    if has_display() {
        headline("Opening the window");
        return execute(&mut program(&app));
    }
    without_window(tree, &app)
}

/// Builds the app and says where it is.
pub fn build(tree: &Tree, release: bool) -> Result<PathBuf> {
    headline("Building the app");
    let mut command = cargo(tree);
    command.args(["build", "--bin", "image-manager"]);
    // As tests choose features, so that neither builds anew what the other has built. What is released is chosen by itself: it goes
    // without what only a hosted service needs.
    command.arg(if release { "--release" } else { "--workspace" });
    execute(&mut command)?;
    let profile = if release { "release" } else { "debug" };
    Ok(tree.target.join(profile).join(format!("image-manager{}", env::consts::EXE_SUFFIX)))
}

/// Whether a window could be seen. Only Linux runs without.
fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// The main job from the command line: pictures go in, are verified, and can be listed.
fn without_window(tree: &Tree, app: &Path) -> Result<()> {
    headline("There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set)");
    println!("So the app shows in this terminal what the window would do, with sample pictures.");
    let folder = tree.target.join("sample-pictures");
    let count = samples::write(&folder)?;
    println!("Made {count} sample pictures in {}", folder.display());
    headline("Uploading them");
    execute(program(app).arg("upload").arg(&folder))?;
    headline("The library");
    execute(program(app).arg("list"))?;
    headline("Where it lives");
    execute(program(app).arg("whoami"))?;
    execute(program(app).arg("settings"))?;
    println!("\nThe pictures are stored and verified. `{} --help` names the other commands.", app.display());
    Ok(())
}
