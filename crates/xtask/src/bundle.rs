//! `cargo xtask bundle`: the app's Debian package, as it is released.
//!
//! Tauri's command line tool makes it. It packs with gzip, which nobody can change; with xz, which `dpkg` reads since 2010, the
//! same files take a third less.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::node;
use crate::process::{find, headline, program, run};
use crate::system;
use crate::tree::Tree;

/// The first file of a package, with the version of its format.
const VERSION_FILE: &str = "debian-binary";
const VERSION: &str = "2.0\n";

/// Builds the app as it is released (about 20 minutes on two cores, the first time) and packs it.
pub fn bundle(tree: &Tree) -> Result<()> {
    system::ensure_build()?;
    node::ensure_packages(tree)?;
    run(tauri(tree, &["build", "--ci", "--no-bundle"]).env("CARGO_TARGET_DIR", &tree.target))?;
    let package = deb(tree)?;
    headline(package.display());
    Ok(())
}

/// Packs what was built.
///
/// # Errors
/// When the tool fails, or a program is missing that packs.
pub fn deb(tree: &Tree) -> Result<PathBuf> {
    if find("dpkg-deb").is_none() {
        return Err(Failure::new(
            "dpkg-deb is missing, which packs for Debian. It comes with Debian's package “dpkg”.",
        ));
    }
    run(tauri(tree, &["bundle", "--ci", "--bundles", "deb"]).env("CARGO_TARGET_DIR", &tree.target))?;
    let folder = tree.target.join("release").join("bundle").join("deb");
    let package = newest(&folder)?;
    pack_anew(&package)?;
    Ok(package)
}

fn tauri(tree: &Tree, arguments: &[&str]) -> std::process::Command {
    let tool = tree.ui().join("node_modules").join("@tauri-apps").join("cli").join("tauri.js");
    let mut command = program("node");
    command.arg(tool).args(arguments).current_dir(&tree.root);
    command
}

/// The package that was made last.
fn newest(folder: &Path) -> Result<PathBuf> {
    let unreadable = |error: std::io::Error| Failure::new(format!("{} can't be read: {error}", folder.display()));
    let packages = fs::read_dir(folder).map_err(unreadable)?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    packages
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .max_by_key(|path| path.metadata().and_then(|meta| meta.modified()).ok())
        .ok_or_else(|| Failure::new(format!("{} has no package.", folder.display())))
}

/// Packs a package's files again, with xz. What calls and jumps go to is written in a way that takes less (`xz --x86`), which
/// `dpkg-deb` can read but not write: a package is an `ar` archive of three files (deb(5)).
fn pack_anew(package: &Path) -> Result<()> {
    let parts = package.with_extension("parts");
    let failed = |error: std::io::Error| Failure::new(format!("{} can’t be written: {error}", parts.display()));
    let _ = fs::remove_dir_all(&parts);
    fs::create_dir_all(&parts).map_err(failed)?;
    fs::write(parts.join(VERSION_FILE), VERSION).map_err(failed)?;
    let code: &[&str] = if cfg!(target_arch = "x86_64") { &["--x86"] } else { &[] };
    for (part, option, filters) in
        [("control.tar", "--ctrl-tarfile", [].as_slice()), ("data.tar", "--fsys-tarfile", code)]
    {
        let tar = fs::File::create(parts.join(part)).map_err(failed)?;
        run(program("dpkg-deb").arg(option).arg(package).stdout(tar))?;
        let packed = fs::File::create(parts.join(format!("{part}.xz"))).map_err(failed)?;
        let mut xz = program("xz");
        xz.arg("--stdout").args(filters).arg("--lzma2=preset=9e").arg(parts.join(part));
        run(xz.stdout(packed))?;
    }
    let anew = parts.join("package.deb");
    let mut ar = program("ar");
    ar.args(["qcD", "package.deb", VERSION_FILE, "control.tar.xz", "data.tar.xz"]).current_dir(&parts);
    run(&mut ar)?;
    fs::rename(&anew, package).map_err(failed)?;
    fs::remove_dir_all(&parts).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::output;

    /// What `Control: value` says in a package.
    fn field(package: &Path, name: &str) -> String {
        output(program("dpkg-deb").arg("--field").arg(package).arg(name)).unwrap().trim().to_owned()
    }

    #[test]
    fn a_package_that_is_packed_anew_has_the_same_files_and_facts_and_is_smaller() {
        if find("dpkg-deb").is_none() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("files");
        fs::create_dir_all(files.join("DEBIAN")).unwrap();
        fs::create_dir_all(files.join("usr").join("share")).unwrap();
        let facts = "Package: image-manager\nVersion: 1.0\nArchitecture: all\nMaintainer: Us <us@example.org>\nDepends: a\n\
                     Description: Pictures\n";
        fs::write(files.join("DEBIAN").join("control"), facts).unwrap();
        let numbers: String = (0..200_000).map(|number: u32| number.to_string()).collect();
        fs::write(files.join("usr").join("share").join("numbers"), numbers).unwrap();
        let package = folder.path().join("image-manager.deb");
        run(program("dpkg-deb").args(["--root-owner-group", "-Zgzip", "--build"]).args([&files, &package])).unwrap();
        let before =
            (fs::metadata(&package).unwrap().len(), output(program("dpkg-deb").arg("-c").arg(&package)).unwrap());
        pack_anew(&package).unwrap();
        let after =
            (fs::metadata(&package).unwrap().len(), output(program("dpkg-deb").arg("-c").arg(&package)).unwrap());
        assert_eq!((field(&package, "Depends"), &after.1), ("a".to_owned(), &before.1));
        assert!(after.0 < before.0, "{after:?} {before:?}");
    }
}
