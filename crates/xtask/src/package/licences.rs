//! The app's licence, and those of what others wrote and the app contains: each asks that its text goes along.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::process::{cargo, output, program};
use crate::tree::Tree;

/// The app's own licence.
pub const OWN: &str = include_str!("../../../../LICENSE");

/// Packages that the pages are compiled with and that stay in them, although the lock file takes them for tools.
const COMPILED_IN: [&str; 1] = ["svelte"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// What is known of one package, whether cargo's or npm's.
#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// Of the manifest; its folder has the texts.
    manifest_path: PathBuf,
    /// Absent for this project's own.
    source: Option<String>,
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    #[serde(default)]
    version: String,
    license: Option<String>,
    #[serde(default)]
    dev: bool,
}

/// All texts, each once, with the packages that it holds for.
pub fn texts(tree: &Tree) -> Result<String> {
    let mut packages = crates(tree)?;
    packages.extend(pages(tree)?);
    Ok(write(&packages))
}

/// The crates that the program is made from on this system.
fn crates(tree: &Tree) -> Result<Vec<Package>> {
    let mut list = cargo(tree);
    list.args(["tree", "--package", "image-manager", "--edges", "normal", "--locked", "--prefix", "none"]);
    let listed = output(list.args(["--format", "{p}"]))?;
    let used: BTreeSet<(&str, &str)> = listed.lines().filter_map(name_and_version).collect();
    let here = output(program("rustc").args(["--print", "host-tuple"]))?;
    let mut metadata = cargo(tree);
    metadata.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", here.trim()]);
    let metadata = output(&mut metadata)?;
    let metadata: Metadata = serde_json::from_str(&metadata)
        .map_err(|error| Failure::new(format!("`cargo metadata` printed something unexpected: {error}")))?;
    let used = |package: &Package| used.contains(&(package.name.as_str(), package.version.as_str()));
    Ok(metadata.packages.into_iter().filter(|package| package.source.is_some() && used(package)).collect())
}

/// `serde v1.0.0 (proc-macro)` → `serde`, `1.0.0`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

/// The packages that the window's pages are made from.
fn pages(tree: &Tree) -> Result<Vec<Package>> {
    let path = tree.ui().join("package-lock.json");
    let unreadable = |why: String| Failure::new(format!("{} can't be read: {why}", path.display()));
    let text = fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
    let lock: Lock = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    let packages = lock.packages.into_iter().filter_map(|(place, locked)| {
        let (_, name) = place.rsplit_once("node_modules/")?;
        let is_part = !locked.dev || COMPILED_IN.contains(&name);
        is_part.then(|| Package {
            name: name.to_owned(),
            version: locked.version,
            license: locked.license,
            manifest_path: tree.ui().join(&place).join("package.json"),
            source: Some(place.clone()),
        })
    });
    Ok(packages.collect())
}

fn write(packages: &[Package]) -> String {
    let mut of_text: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut without: BTreeSet<String> = BTreeSet::new();
    for package in packages {
        let licence = package.license.as_deref().unwrap_or("see its text");
        let said = format!("{} {} ({licence})", package.name, package.version);
        let texts = package.manifest_path.parent().map(texts_in).unwrap_or_default();
        if texts.is_empty() {
            without.insert(said.clone());
        }
        for text in texts {
            of_text.entry(text).or_default().insert(said.clone());
        }
    }
    let mut written = "Image Manager contains what others wrote. These are their licences.\n".to_owned();
    for (text, packages) in by_first_package(of_text) {
        written.push_str(&format!("\n{}\n", "=".repeat(78)));
        packages.iter().for_each(|package| written.push_str(&format!("{package}\n")));
        written.push_str(&format!("\n{}\n", text.trim()));
    }
    if !without.is_empty() {
        written.push_str(&format!("\n{}\nThese came without a text and name their licence only:\n", "=".repeat(78)));
        without.iter().for_each(|package| written.push_str(&format!("{package}\n")));
    }
    written
}

fn by_first_package(of_text: BTreeMap<String, BTreeSet<String>>) -> Vec<(String, BTreeSet<String>)> {
    let mut texts: Vec<_> = of_text.into_iter().collect();
    texts.sort_by(|(_, left), (_, right)| left.first().cmp(&right.first()));
    texts
}

/// What stands in files such as LICENSE-MIT, COPYING and NOTICE of a folder.
fn texts_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let is_text = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT"]
                .iter()
                .any(|word| name.starts_with(word))
            && !name.ends_with(".RS")
    };
    let mut paths: Vec<_> = entries.filter(is_text).collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read_to_string(path).ok()).map(|text| text.replace('\r', "")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_once_with_all_that_it_holds_for() {
        let folder = tempfile::tempdir().unwrap();
        let package = |name: &str, text: Option<&str>| {
            let place = folder.path().join(name);
            fs::create_dir_all(&place).unwrap();
            if let Some(text) = text {
                fs::write(place.join("LICENSE-MIT"), text).unwrap();
            }
            Package {
                name: name.to_owned(),
                version: "1.0.0".to_owned(),
                license: Some("MIT".to_owned()),
                manifest_path: place.join("Cargo.toml"),
                source: Some(String::new()),
            }
        };
        let texts = write(&[package("a", Some("Do.\r\n")), package("b", Some("Do.\n")), package("c", None)]);
        assert_eq!(texts.matches("Do.").count(), 1);
        assert!(texts.contains("a 1.0.0 (MIT)\nb 1.0.0 (MIT)\n\nDo."), "{texts}");
        assert!(texts.ends_with("name their licence only:\nc 1.0.0 (MIT)\n"), "{texts}");
        assert_eq!(name_and_version("serde v1.0.0 (proc-macro)"), Some(("serde", "1.0.0")));
    }
}
