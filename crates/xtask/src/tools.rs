//! Programs that cargo and pip install, kept outside of the tree.

use std::path::PathBuf;

use crate::failure::Result;
use crate::process::{cargo, find, headline, run};
use crate::tree::Tree;

/// Finds a program that was installed before, or installs it. What it is built in is removed again.
pub fn installed(tree: &Tree, program: &str, arguments: &[&str]) -> Result<PathBuf> {
    let kept = tree.tools.join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    if kept.is_file() {
        return Ok(kept);
    }
    if let Some(found) = find(program) {
        return Ok(found);
    }
    headline(format!("Installing {program} into {} (once)", tree.tools.display()));
    let build = tree.tools.join(format!("build-{program}"));
    let outcome = run(cargo(tree)
        // Not in the tree, whose lock file and settings are no business of the tool's.
        .current_dir(std::env::temp_dir())
        .arg("install")
        .arg("--root")
        .arg(&tree.tools)
        .args(arguments)
        .env("CARGO_TARGET_DIR", &build));
    let _ = std::fs::remove_dir_all(&build);
    outcome.map(|()| kept)
}

/// Finds a program that pip has installed into an environment of its own before, or installs it there.
pub fn from_pypi(tree: &Tree, program: &str) -> Result<PathBuf> {
    let environment = tree.tools.join(format!("python-{program}"));
    let kept = environment.join("bin").join(program);
    if !kept.is_file() {
        headline(format!("Installing {program} into {} (once)", environment.display()));
        run(crate::process::program("python3").args(["-m", "venv"]).arg(&environment))?;
        run(crate::process::program(environment.join("bin").join("pip")).args(["install", "--quiet", program]))?;
    }
    Ok(kept)
}
