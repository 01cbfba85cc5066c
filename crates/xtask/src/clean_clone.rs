//! The release path: what the README's command does on a clean clone, up to the compiler. Compiling and bundling take a
//! quarter of an hour and are left out; that the pages get built, in the right folder and from nothing, is what breaks.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::node;
use crate::process::{output, program, run};
use crate::tree::Tree;

/// Stands for cargo: the command line tool of Tauri runs `node build …`, and this is that file. It makes the program that
/// the tool looks for afterwards.
const INSTEAD_OF_CARGO: &str = r#"
const fs = require("node:fs");
const path = require("node:path");
const folder = path.join(process.env.CARGO_TARGET_DIR, "debug");
fs.mkdirSync(folder, { recursive: true });
for (const end of ["", ".exe"]) fs.writeFileSync(path.join(folder, "image-manager" + end), "", { mode: 0o755 });
"#;

/// Runs Tauri's command line tool on a copy of the sources in which nothing is installed and nothing is built.
pub fn check(tree: &Tree) -> Result<()> {
    node::ensure_packages(tree)?;
    let clone = tree.target.join("xtask").join("clean-clone");
    let failed = |error: std::io::Error| Failure::new(format!("{} can't be filled: {error}", clone.display()));
    if clone.exists() {
        fs::remove_dir_all(&clone).map_err(failed)?;
    }
    for file in sources(tree)? {
        copy(&tree.root.join(&file), &clone.join(&file)).map_err(failed)?;
    }
    fs::write(clone.join("build"), INSTEAD_OF_CARGO).map_err(failed)?;
    let tool = tree.ui().join("node_modules").join("@tauri-apps").join("cli").join("tauri.js");
    let mut build = program("node");
    build.arg(tool).args(["build", "--ci", "--debug", "--no-bundle", "--runner", "node"]);
    run(build.current_dir(&clone).env("CARGO_TARGET_DIR", clone.join("target")))?;
    if !clone.join("ui").join("dist").join("index.html").is_file() {
        return Err(Failure::new("`tauri build` succeeded on a clean clone, but has built no pages."));
    }
    fs::remove_dir_all(&clone).map_err(failed)
}

/// The files of a clone with the changes that aren't committed yet.
fn sources(tree: &Tree) -> Result<Vec<PathBuf>> {
    let mut git = program("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]).current_dir(&tree.root);
    let listed = output(&mut git)?;
    let files = listed.split('\0').filter(|file| !file.is_empty()).map(PathBuf::from);
    Ok(files.filter(|file| tree.root.join(file).is_file()).collect())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(drop)
}
