//! Who may import whom: shell → engine → {catalogue, pictures, describe, account-api, account-service};
//! account-service → {account-api, describe, pictures}; catalogue and pictures → account-api (what is on the wire about a
//! picture is declared once); these and the engine may import `names`, which knows of text only; whoever speaks to a network
//! imports `network`, because who goes through which proxy is decided once for all of them; whoever writes to the disk
//! imports `machine`, because who may read files is decided once, too; what the app says in its own words stands in
//! `messages`, which whoever says something of his own to people imports; pictures → jpeg; the others import nothing of this
//! project.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::process::{cargo, output};
use crate::tree::Tree;

/// What each crate may depend on, among the crates of this project.
const ALLOWED: &[(&str, &[&str])] = &[
    (ROOT, &["decoding", "engine", "machine", "messages"]),
    (
        "engine",
        &[
            "account-api",
            "account-service",
            "catalogue",
            "decoding",
            "describe",
            "machine",
            "messages",
            "names",
            "network",
            "pictures",
        ],
    ),
    ("account-service", &["account-api", "decoding", "describe", "machine", "names", "network", "pictures"]),
    ("account-api", &[]),
    ("catalogue", &["account-api", "machine", "names"]),
    ("decoding", &["account-api", "pictures"]),
    ("describe", &["messages", "names", "network"]),
    ("jpeg", &[]),
    ("machine", &[]),
    ("messages", &[]),
    ("names", &[]),
    ("network", &[]),
    ("pictures", &["account-api", "jpeg"]),
    (TESTKIT, &["account-api"]),
    ("xtask", &[]),
];

const ROOT: &str = "image-manager";
/// For tests only.
const TESTKIT: &str = "testkit";

/// The part of `cargo metadata` that matters here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// A crate of this project.
#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// Absent for a normal one, else `dev` or `build`.
    kind: Option<String>,
}

/// Reads the manifests and reports every violation.
pub fn check(tree: &Tree) -> Result<()> {
    let text = output(cargo(tree).args(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let metadata: Metadata = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("`cargo metadata` printed something unexpected: {error}")))?;
    let found = violations(&metadata.packages);
    if found.is_empty() {
        println!("{} crates keep to it.", metadata.packages.len());
        return Ok(());
    }
    Err(Failure::new(found.join("\n")))
}

fn violations(packages: &[Package]) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut found = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        let Some(may) = allowed.get(name) else {
            found.push(format!(
                "{name}: a new crate. Say what it may import, in crates/xtask/src/check/direction.rs and in the design."
            ));
            continue;
        };
        for dependency in &package.dependencies {
            let on = dependency.name.as_str();
            let dev = dependency.kind.as_deref() == Some("dev");
            if is_tauri(on) && name != ROOT {
                found.push(format!("{name} depends on {on}: only the shell ({ROOT}) knows of tauri."));
            } else if !allowed.contains_key(on) {
                continue;
            } else if on == TESTKIT && !dev {
                found.push(format!("{name} depends on {TESTKIT}, which is for tests: make it a dev-dependency."));
            } else if !dev && !may.contains(&on) {
                found.push(format!("{name} depends on {on}: {}", rule(name, may)));
            } else if dev && name != ROOT && on != TESTKIT && !may.contains(&on) {
                found.push(format!("{name}'s tests depend on {on}: test them together in tests/integration instead."));
            }
        }
    }
    found
}

fn is_tauri(name: &str) -> bool {
    matches!(name, "tauri" | "wry" | "tao") || name.starts_with("tauri-")
}

fn rule(name: &str, may: &[&str]) -> String {
    if may.is_empty() {
        format!("{name} imports no crate of this project.")
    } else {
        format!("of this project's crates it may import {} only.", may.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind)| Dependency { name: (*name).to_owned(), kind: kind.map(str::to_owned) })
            .collect();
        Package { name: name.to_owned(), dependencies }
    }

    fn said(name: &str, on: &str, kind: Option<&str>) -> Vec<String> {
        violations(&[package(name, &[(on, kind)])])
    }

    #[test]
    fn the_designs_arrows_are_fine() {
        for (name, on) in [
            ("image-manager", "engine"),
            ("image-manager", "tauri"),
            ("engine", "catalogue"),
            ("engine", "account-service"),
            ("account-service", "pictures"),
            ("catalogue", "rusqlite"),
            ("catalogue", "account-api"),
            ("catalogue", "machine"),
        ] {
            assert_eq!(said(name, on, None), [""; 0], "{name} → {on}");
        }
        assert_eq!(said("pictures", "testkit", Some("dev")), [""; 0]);
        assert_eq!(said("image-manager", "catalogue", Some("dev")), [""; 0]);
    }

    #[test]
    fn arrows_that_point_elsewhere_are_named() {
        for (name, on) in [
            ("image-manager", "catalogue"),
            ("account-service", "engine"),
            ("catalogue", "account-service"),
            ("pictures", "describe"),
            ("machine", "engine"),
            ("xtask", "engine"),
        ] {
            let said = said(name, on, None);
            assert_eq!(said.len(), 1, "{name} → {on}");
            assert!(said[0].starts_with(&format!("{name} depends on {on}: ")), "{}", said[0]);
        }
    }

    #[test]
    fn only_the_shell_knows_of_tauri() {
        for on in ["tauri", "tauri-build", "tauri-plugin-dialog", "wry"] {
            assert_eq!(said("engine", on, None).len(), 1, "{on}");
            assert_eq!(said("engine", on, Some("dev")).len(), 1, "{on}");
        }
    }

    #[test]
    fn the_test_kit_is_for_tests() {
        assert_eq!(said("engine", "testkit", None).len(), 1);
        assert_eq!(said("engine", "testkit", Some("build")).len(), 1);
    }

    #[test]
    fn a_new_crate_has_to_be_placed() {
        assert_eq!(said("helper", "serde", None).len(), 1);
    }
}
