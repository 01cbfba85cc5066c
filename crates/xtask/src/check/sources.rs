//! Rules that manifests can't show: which files may name what.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::failure::{Failure, Result};
use crate::tree::Tree;

/// Reports every file that names what it should not.
pub fn check(tree: &Tree) -> Result<()> {
    let unreadable = |error: io::Error| Failure::new(format!("The sources can't be read: {error}"));
    let mut found = Vec::new();

    let engine = read(&tree.root.join("crates/engine/src"), &["rs"]).map_err(unreadable)?;
    let embedding: Vec<_> = engine
        .iter()
        .filter(|(_, text)| names_service(text))
        .map(|(path, _)| tree.relative(path).display().to_string())
        .collect();
    if embedding.len() > 1 {
        found.push(format!(
            "The engine embeds account_service in one file, so that the two can be told apart; it is named in {}.",
            embedding.join(", ")
        ));
    }

    let door = tree.ui().join("src/ipc");
    for (path, text) in read(&tree.ui().join("src"), &["ts", "js", "svelte"]).map_err(unreadable)? {
        if names_tauri(&text) && !path.starts_with(&door) {
            found.push(format!(
                "{} imports @tauri-apps: the UI talks to Rust through ui/src/ipc only.",
                tree.relative(&path).display()
            ));
        }
    }

    if found.is_empty() {
        println!("Each file names only what it may.");
        return Ok(());
    }
    Err(Failure::new(found.join("\n")))
}

/// Whether code (not a comment) names the service's crate.
fn names_service(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| !line.starts_with("//") && line.contains("account_service"))
}

/// Whether code imports from tauri's packages.
fn names_tauri(text: &str) -> bool {
    text.contains("'@tauri-apps/") || text.contains("\"@tauri-apps/")
}

/// All files with one of these endings below a folder, with their text.
fn read(folder: &Path, endings: &[&str]) -> io::Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
                let text = fs::read_to_string(&path)?;
                files.push((path, text));
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_may_speak_of_the_service() {
        assert!(!names_service("//! As account_service does.\n    // account_service\nlet a = 1;"));
        assert!(names_service("fn f() {\n    account_service::serve();\n}"));
        assert!(names_service("use account_service::Service;"));
    }

    #[test]
    fn imports_of_tauri_are_found_in_both_kinds_of_quotes() {
        assert!(names_tauri("import { invoke } from '@tauri-apps/api/core';"));
        assert!(names_tauri("const m = await import(\"@tauri-apps/api/event\");"));
        assert!(!names_tauri("// @tauri-apps is imported in ipc only"));
    }
}
