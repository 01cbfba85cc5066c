//! The UI's tool chain: Node, npm, and when to run them again.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::failure::{Failure, Result};
use crate::process::{headline, output, program, run};
use crate::tree::Tree;

/// The oldest Node that the UI's tools take.
const OLDEST: (u32, u32) = (20, 19);

/// What the built pages depend on, below `ui`.
const SOURCES: &[&str] = &[
    "index.html",
    "messages",
    "package-lock.json",
    "project.inlang/settings.json",
    "public",
    "src",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

/// Made from `messages`, so it is no source.
const GENERATED: &str = "paraglide";

/// npm in the UI's folder.
pub fn npm(tree: &Tree) -> Command {
    let mut command = program(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(tree.ui());
    command
}

/// Makes sure that the UI's packages are those of the lock file.
pub fn ensure_packages(tree: &Tree) -> Result<()> {
    check_version()?;
    let lock = fs::read(tree.ui().join("package-lock.json"))
        .map_err(|error| Failure::new(format!("ui/package-lock.json can't be read: {error}")))?;
    // Beside the packages that it speaks of, so that they go together.
    let stamp = tree.ui().join("node_modules").join(".installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    headline("Installing the UI's packages");
    run(npm(tree).args(["ci", "--no-audit", "--no-fund"]))?;
    write(&stamp, &lock)
}

/// Makes sure that the pages in `ui/dist` are built from the sources as they are.
pub fn ensure_pages(tree: &Tree) -> Result<()> {
    ensure_packages(tree)?;
    let stamp = tree.target.join("xtask").join("pages");
    if let (Ok(before), Some(now)) = (fs::read_to_string(&stamp), fingerprint(tree))
        && before == now
    {
        return Ok(());
    }
    headline("Building the UI");
    run(npm(tree).args(["run", "build"]))?;
    match fingerprint(tree) {
        Some(now) => write(&stamp, now.as_bytes()),
        None => Err(Failure::new("The UI was built, but ui/dist/index.html is not there.")),
    }
}

/// A number for the sources together with the page they were built into; `None` when there is no page.
fn fingerprint(tree: &Tree) -> Option<String> {
    let ui = tree.ui();
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(ui.join("dist").join("index.html")).ok()?);
    for source in SOURCES {
        digest(&ui.join(source), &mut hasher).ok()?;
    }
    Some(format!("{:016x}", hasher.finish()))
}

/// Names and contents, in an order that doesn't depend on the disk. What isn't there counts for nothing.
fn digest(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(|entry| entry.file_name());
        for entry in entries {
            if entry.file_name() != GENERATED {
                digest(&entry.path(), hasher)?;
            }
        }
    } else if path.is_file() {
        hasher.write(path.to_string_lossy().as_bytes());
        hasher.write(&[0]);
        hasher.write(&fs::read(path)?);
        hasher.write(&[0]);
    }
    Ok(())
}

fn write(path: &Path, contents: &[u8]) -> Result<()> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, contents));
    written.map_err(|error| Failure::new(format!("{} can't be written: {error}", path.display())))
}

fn check_version() -> Result<()> {
    let said = output(program("node").arg("--version")).map_err(|_| {
        Failure::new(format!(
            "Node is missing. The UI is built with Node {}.{} or newer: https://nodejs.org/en/download",
            OLDEST.0, OLDEST.1
        ))
    })?;
    match version(&said) {
        Some(version) if version >= OLDEST => Ok(()),
        _ => Err(Failure::new(format!(
            "Node {} is too old. The UI is built with Node {}.{} or newer: https://nodejs.org/en/download",
            said.trim(),
            OLDEST.0,
            OLDEST.1
        ))),
    }
}

/// `v20.19.1` → (20, 19).
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().trim_start_matches('v').split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("v20.19.1\n"), Some((20, 19)));
        assert!(version("v9.11.2").unwrap() < OLDEST);
        assert!(version("v22.0.0").unwrap() > OLDEST);
        assert_eq!(version("node"), None);
    }

    #[test]
    fn names_and_contents_count_but_generated_files_do_not() {
        let dir = std::env::temp_dir().join(format!("xtask-digest-{}", std::process::id()));
        let number = || {
            let mut hasher = DefaultHasher::new();
            digest(&dir, &mut hasher).unwrap();
            hasher.finish()
        };
        fs::create_dir_all(dir.join(GENERATED)).unwrap();
        fs::write(dir.join("a"), "1").unwrap();
        let first = number();
        fs::write(dir.join(GENERATED).join("x"), "1").unwrap();
        assert_eq!(number(), first);
        fs::write(dir.join("a"), "2").unwrap();
        let second = number();
        assert_ne!(second, first);
        fs::rename(dir.join("a"), dir.join("b")).unwrap();
        assert_ne!(number(), second);
        fs::remove_dir_all(dir).unwrap();
    }
}
