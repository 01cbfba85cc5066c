//! `cargo xtask release VERSION`: makes the sources ready to be released as this version, and says what comes next. The version stands
//! in one place, the root `Cargo.toml`; what each version brought in another, the changelog.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::package::{Facts, IDENTIFIER, changelog};
use crate::process::{cargo, headline, output, program, run};
use crate::tree::Tree;

/// What can be asked of `release`.
#[derive(clap::Args)]
pub struct Options {
    /// Three numbers, such as 0.2.0: installers for Windows take no others
    version: String,
    /// Change nothing; only say whether the sources are ready to be released as this version
    #[arg(long)]
    check: bool,
}

/// Makes the sources ready, or says what is missing.
pub fn release(tree: &Tree, options: &Options) -> Result<()> {
    let wanted = numbers(&options.version)
        .ok_or_else(|| Failure::new(format!("“{}” is no version: three numbers, such as 0.2.0.", options.version)))?;
    if !options.check {
        prepare(tree, &options.version, wanted)?;
    }
    in_step(tree)?;
    is_released(tree, &options.version)?;
    headline(format!("Ready to be released as {}", options.version));
    if !options.check {
        println!(
            "Look the changes over, then:\n  git commit -am \"Version {0}\"\n  git tag v{0}\n  git push origin HEAD v{0}\n\
             The tag has .github/workflows/release.yml build everything and make a draft of the release.",
            options.version
        );
    }
    Ok(())
}

fn prepare(tree: &Tree, version: &str, wanted: [u64; 3]) -> Result<()> {
    let changed = output(program("git").args(["status", "--porcelain"]).current_dir(&tree.root))?;
    if !changed.trim().is_empty() {
        return Err(Failure::new(format!(
            "These changes aren't committed yet; a release begins from what is:\n{changed}"
        )));
    }
    let facts = Facts::of(tree)?;
    decided(&facts)?;
    let changelog = read(tree, changelog::FILE)?;
    let manifest = read(tree, "Cargo.toml")?;
    let (changelog, manifest) = (
        changelog::released_as(&changelog, version, output(program("date").args(["-u", "+%Y-%m-%d"]))?.trim())?,
        set_version(&manifest, &facts.version, version, wanted)?,
    );
    write(tree, changelog::FILE, &changelog)?;
    write(tree, "Cargo.toml", &manifest)?;
    // The lock file names the version of each crate of the workspace, too.
    run(cargo(tree).args(["update", "--workspace", "--offline", "--quiet"]))
}

/// Fails when something that packages say stands for something that nobody has decided.
fn decided(facts: &Facts) -> Result<()> {
    let open = facts.placeholders();
    if open.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "Packages would say what nobody has decided yet. Set in the root Cargo.toml, under [workspace.package]: {}.",
        open.join(", ")
    )))
}

/// Everything that says a version, a name or a summary says the same. Part of `cargo xtask check`.
pub fn in_step(tree: &Tree) -> Result<()> {
    let facts = Facts::of(tree)?;
    changelog::read(tree, &facts)?;
    let mut found = Vec::new();
    for file in ["ui/package.json", "ui/package-lock.json", "tauri.conf.json"] {
        if json(tree, file)?.get("version").is_some() {
            found.push(format!("{file} says a version, which only the root Cargo.toml does."));
        }
    }
    let conf = json(tree, "tauri.conf.json")?;
    for (place, said, expected) in [
        ("/identifier", "the app's identifier", IDENTIFIER),
        ("/bundle/shortDescription", "Cargo.toml's description", &facts.summary),
        ("/bundle/license", "Cargo.toml's license", &facts.licence),
    ] {
        if conf.pointer(place).and_then(Value::as_str) != Some(expected) {
            found.push(format!("tauri.conf.json: {place} isn't {said}, “{expected}”."));
        }
    }
    let flatpak = format!("deploy/flatpak/{IDENTIFIER}.yml");
    if !read(tree, &flatpak)?.lines().any(|line| line == format!("id: {IDENTIFIER}")) {
        found.push(format!("{flatpak} has another identifier than {IDENTIFIER}."));
    }
    found.extend(manifests(tree)?);
    if found.is_empty() { Ok(()) } else { Err(Failure::new(found.join("\n"))) }
}

/// Manifests of crates that say a version of their own.
fn manifests(tree: &Tree) -> Result<Vec<String>> {
    let crates = tree.root.join("crates");
    let unreadable = |error: std::io::Error| Failure::new(format!("{} can't be read: {error}", crates.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(&crates).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path().join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&file) else { continue };
        if !text.lines().any(|line| line == "version.workspace = true") {
            found.push(format!("{} doesn't take its version from the workspace.", tree.relative(&file).display()));
        }
    }
    Ok(found)
}

/// Whether the sources are those of this version, with its day.
fn is_released(tree: &Tree, version: &str) -> Result<()> {
    let facts = Facts::of(tree)?;
    decided(&facts)?;
    if facts.version != version {
        return Err(Failure::new(format!("Cargo.toml is at version {}, not at {version}.", facts.version)));
    }
    if changelog::newest_release(&read(tree, changelog::FILE)?) != Some(version) {
        return Err(Failure::new(format!("{} doesn't have {version} as its newest version.", changelog::FILE)));
    }
    Ok(())
}

/// `1.2.3` as numbers.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let parts: Vec<u64> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let numbers: [u64; 3] = parts.try_into().ok()?;
    // Neither `01` nor `+1`.
    (numbers.map(|number| number.to_string()).join(".") == version).then_some(numbers)
}

fn set_version(manifest: &str, now: &str, version: &str, wanted: [u64; 3]) -> Result<String> {
    if numbers(now).is_none_or(|now| now > wanted) {
        return Err(Failure::new(format!("{version} is older than {now}, which Cargo.toml is at.")));
    }
    let line = format!("[workspace.package]\nversion = \"{now}\"\n");
    if manifest.matches(&line).count() != 1 {
        return Err(Failure::new("The root Cargo.toml doesn't begin [workspace.package] with its version."));
    }
    Ok(manifest.replace(&line, &format!("[workspace.package]\nversion = \"{version}\"\n")))
}

fn read(tree: &Tree, file: &str) -> Result<String> {
    fs::read_to_string(tree.root.join(file)).map_err(|error| Failure::new(format!("{file} can't be read: {error}")))
}

fn write(tree: &Tree, file: impl AsRef<Path>, text: &str) -> Result<()> {
    let file = file.as_ref();
    fs::write(tree.root.join(file), text)
        .map_err(|error| Failure::new(format!("{} can't be written: {error}", file.display())))
}

fn json(tree: &Tree, file: &str) -> Result<Value> {
    serde_json::from_str(&read(tree, file)?).map_err(|error| Failure::new(format!("{file} is no JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_three_numbers() {
        assert_eq!(numbers("1.20.3"), Some([1, 20, 3]));
        for wrong in ["1.2", "1.2.3.4", "v1.2.3", "1.2.3-rc1", "1.02.3", "1.2.+3", ""] {
            assert_eq!(numbers(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_version_is_set_in_one_place_and_never_back() {
        let manifest =
            "[workspace.package]\nversion = \"0.9.0\"\n\n[workspace.dependencies]\nother = { version = \"0.9.0\" }\n";
        let set = |version: &str| set_version(manifest, "0.9.0", version, numbers(version).unwrap());
        assert_eq!(set("0.10.0").unwrap(), manifest.replacen("0.9.0", "0.10.0", 1));
        assert!(set("0.9.0").is_ok());
        assert!(set("0.8.9").is_err());
    }

    #[test]
    fn these_sources_are_in_step() {
        in_step(&Tree::find().unwrap()).unwrap();
    }
}
