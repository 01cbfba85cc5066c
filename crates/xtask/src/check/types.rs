//! The UI's types are generated from the engine's; this says when they are out of step.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use crate::failure::{Failure, Result};
use crate::process::{cargo, run};
use crate::tree::Tree;

/// Where the generated types stand in the tree.
const KEPT: &str = "ui/src/ipc/gen";

const REMEDY: &str = "Run `cargo test -p engine export_bindings` and commit what it writes.";

/// Generates the types into a folder of their own and compares them with those in the tree.
pub fn check(tree: &Tree) -> Result<()> {
    let fresh = tree.target.join("xtask").join("generated-types");
    let _ = fs::remove_dir_all(&fresh);
    let unreadable = |error: io::Error| Failure::new(format!("The generated types can't be read: {error}"));
    fs::create_dir_all(&fresh).map_err(unreadable)?;
    // The whole workspace, because another choice of crates would mean other features and a second build.
    run(cargo(tree)
        .args(["test", "--workspace", "--lib", "--locked", "--quiet", "export_bindings"])
        .env("TS_RS_EXPORT_DIR", &fresh))?;
    let (kept, fresh) = (read(&tree.root.join(KEPT)).map_err(unreadable)?, read(&fresh).map_err(unreadable)?);
    let found = differences(&kept, &fresh);
    if found.is_empty() {
        println!("{} types are in step.", kept.len());
        return Ok(());
    }
    Err(Failure::new(format!("{}\n{REMEDY}", found.join("\n"))))
}

fn differences(kept: &BTreeMap<String, String>, fresh: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in fresh {
        match kept.get(name) {
            None => found.push(format!("{KEPT}/{name} is missing.")),
            Some(before) if before != text => found.push(format!("{KEPT}/{name} is out of step.")),
            Some(_) => {}
        }
    }
    found.extend(
        kept.keys()
            .filter(|name| !fresh.contains_key(*name))
            .map(|name| format!("{KEPT}/{name} is of a type that is gone.")),
    );
    found
}

fn read(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if path.is_dir() {
            files.extend(read(&path)?.into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            files.insert(name, fs::read_to_string(path)?);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_gone_types_are_named() {
        let files = |entries: &[(&str, &str)]| -> BTreeMap<String, String> {
            entries.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let kept = files(&[("A.ts", "1"), ("B.ts", "1"), ("Old.ts", "1")]);
        let fresh = files(&[("A.ts", "1"), ("B.ts", "2"), ("New.ts", "1")]);
        assert_eq!(
            differences(&kept, &fresh),
            [
                "ui/src/ipc/gen/B.ts is out of step.",
                "ui/src/ipc/gen/New.ts is missing.",
                "ui/src/ipc/gen/Old.ts is of a type that is gone."
            ]
        );
        assert_eq!(differences(&kept, &kept), [""; 0]);
    }
}
