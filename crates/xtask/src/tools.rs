//! Programs that cargo installs, kept outside of the tree.

use std::path::PathBuf;

use crate::process::{Result, cargo, find, headline, run};
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
