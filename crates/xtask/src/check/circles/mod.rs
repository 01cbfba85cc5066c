//! Files of a crate don't import each other in circles. Those that still do are listed in `known.txt`, which only gets shorter.

mod imports;
mod modules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use imports::Imports;

use crate::failure::{Failure, Result};
use crate::tree::Tree;

/// Circles that are known, one a line: the crate, a colon, and its files.
const KNOWN: &str = include_str!("known.txt");

/// Files that lead to each other.
type Circle = BTreeSet<String>;

/// Reports every circle that isn't known, and every known one that isn't there any more or has become smaller.
pub fn check(tree: &Tree) -> Result<()> {
    let mut found = BTreeSet::new();
    for (name, root) in crates(tree)? {
        let imports = imports::of(&modules::read(&root)?);
        found.extend(circles(&imports).into_iter().map(|circle| line(&name, &circle)));
    }
    let known: BTreeSet<_> =
        KNOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect();
    let new: Vec<_> = found.difference(&known).map(|line| format!("+ {line}")).collect();
    let gone: Vec<_> = known.difference(&found).map(|line| format!("- {line}")).collect();
    if new.is_empty() && gone.is_empty() {
        println!("{} circles are known, and there is no other.", known.len());
        return Ok(());
    }
    Err(Failure::new(format!(
        "Files import each other in circles that crates/xtask/src/check/circles/known.txt does not have, or no longer do so. \
         Open what is new by moving the type or function that both need into a file of its own; take away what is gone.\n{}",
        [new, gone].concat().join("\n")
    )))
}

/// The crates of this project with the file of their library or program.
fn crates(tree: &Tree) -> Result<Vec<(String, PathBuf)>> {
    let unreadable = |error: std::io::Error| Failure::new(format!("The crates can't be listed: {error}"));
    let mut found = vec![("image-manager".to_owned(), tree.root.join("src-tauri/src/lib.rs"))];
    for entry in std::fs::read_dir(tree.root.join("crates")).map_err(unreadable)? {
        let folder = entry.map_err(unreadable)?.path();
        let root = ["src/lib.rs", "src/main.rs"].map(|root| folder.join(root)).into_iter().find(|root| root.exists());
        if let (Some(root), Some(name)) = (root, folder.file_name()) {
            found.push((name.to_string_lossy().into_owned(), root));
        }
    }
    found.retain(|(_, root)| root.exists());
    found.sort();
    Ok(found)
}

fn line(name: &str, circle: &Circle) -> String {
    format!("{name}: {}", circle.iter().cloned().collect::<Vec<_>>().join(" "))
}

fn shown(file: &Path) -> String {
    file.to_string_lossy().replace('\\', "/")
}

/// Groups of files of which each leads to every other: the strongly connected components with more than one file.
fn circles(imports: &Imports) -> Vec<Circle> {
    let reached: BTreeMap<_, _> = imports.keys().map(|file| (file.as_path(), reachable(imports, file))).collect();
    let mut circles = BTreeSet::new();
    for (file, leads_to) in &reached {
        let circle: Circle = leads_to
            .iter()
            .filter(|other| reached.get(*other).is_some_and(|back| back.contains(file)))
            .map(|file| shown(file))
            .collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

fn reachable<'a>(imports: &'a Imports, from: &Path) -> BTreeSet<&'a Path> {
    let mut seen = BTreeSet::new();
    let mut pending: Vec<&Path> = imports.get(from).into_iter().flatten().map(PathBuf::as_path).collect();
    while let Some(file) = pending.pop() {
        if seen.insert(file) {
            pending.extend(imports.get(file).into_iter().flatten().map(PathBuf::as_path));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a crate of these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let imports = imports::of(&modules::read(&folder.path().join("lib.rs")).unwrap());
        circles(&imports).iter().map(|circle| line("it", circle)).collect()
    }

    #[test]
    fn two_files_that_import_each_other_are_a_circle() {
        let lib = ("lib.rs", "mod a; mod b;");
        assert_eq!(
            found(&[
                lib,
                ("a.rs", "use crate::b::B; pub struct A(B);"),
                ("b.rs", "pub struct B; fn f(a: super::a::A) {}")
            ]),
            ["it: a.rs b.rs"]
        );
        assert_eq!(found(&[lib, ("a.rs", "use crate::b::B; pub struct A(B);"), ("b.rs", "pub struct B;")]), [""; 0]);
    }

    #[test]
    fn a_name_that_is_handed_on_is_its_own_files() {
        let handed_on = [
            ("lib.rs", "mod a; pub use a::A;"),
            ("a/mod.rs", "mod b; mod c; pub use b::A;"),
            ("a/b.rs", "use super::c::C; pub struct A(C);"),
            ("a/c.rs", "pub struct C;"),
        ];
        assert_eq!(found(&handed_on), [""; 0]);
        let back = ("a/c.rs", "pub struct C; fn f(a: crate::A) {}");
        assert_eq!(found(&[&handed_on[..3], &[back]].concat()), ["it: a/b.rs a/c.rs"]);
    }

    #[test]
    fn a_path_in_the_code_counts_like_an_import() {
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use super::b; pub fn f() { b::g(); }"),
            ("b.rs", "pub fn g() { println!(\"{}\", crate::a::f()); }"),
        ];
        assert_eq!(found(&files), ["it: a.rs b.rs"]);
    }

    #[test]
    fn tests_may_import_what_they_like() {
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; fn f(a: A) {} }"),
        ];
        assert_eq!(found(&files), [""; 0]);
    }
}
