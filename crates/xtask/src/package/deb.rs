//! A package for Debian, Ubuntu and their kin. What it depends on is read from the program by Debian's own tool. It is packed
//! with xz in a way of its own, which `dpkg` reads since 2010: with `dpkg-deb` the same files take a fifth more.

use std::fs;
use std::path::{Path, PathBuf};

use super::changelog::{self, Entry, wrap};
use super::facts::{DESCRIPTION, Facts};
use super::licences;
use super::stage::{Stage, Zsh};
use crate::failure::{Failure, Result};
use crate::process::{output, program, run};
use crate::tree::Tree;

/// What is loaded by its name while the app runs, so that no tool sees it: the tray icon's library. Either is enough.
const LOADED_BY_NAME: &str = "libayatana-appindicator3-1 | libappindicator3-1";
/// What the app goes without, less comfortably: a keychain, and the program that opens links.
const SUGGESTED: &str = "gnome-keyring | kwalletmanager | keepassxc";
const RECOMMENDED: &str = "xdg-utils";

/// The first file of a package, with the version of its format.
const VERSION_FILE: &str = "debian-binary";
const VERSION: &str = "2.0\n";

/// Packs the app into this folder.
pub fn deb(tree: &Tree, facts: &Facts, entries: &[Entry], app: &Path, into: &Path) -> Result<PathBuf> {
    let package = uncompressed(tree, facts, entries, app, into)?;
    pack_anew(&package, facts.time)?;
    Ok(package)
}

/// The package with its files as they are, which takes seconds.
pub fn uncompressed(tree: &Tree, facts: &Facts, entries: &[Entry], app: &Path, into: &Path) -> Result<PathBuf> {
    let architecture = output(program("dpkg").arg("--print-architecture"))?;
    let architecture = architecture.trim();
    let root = into.join("deb");
    let failed = |error: std::io::Error| Failure::new(format!("{} can’t be written: {error}", root.display()));
    if root.exists() {
        fs::remove_dir_all(&root).map_err(failed)?;
    }
    let stage = Stage::fill(tree, facts, entries, app, &root.join("usr"), &Zsh::Debian)?;
    let documents = format!("share/doc/{}", facts.name);
    let changes =
        stage.file(&format!("{documents}/changelog.Debian"), changelog::debian(entries, facts)?.as_bytes())?;
    stage.compress(&changes)?;
    stage.file(&format!("{documents}/copyright"), copyright(facts).as_bytes())?;
    stage.file(&format!("share/lintian/overrides/{}", facts.name), overrides(facts).as_bytes())?;
    let depends = format!("{}, {LOADED_BY_NAME}", linked(&root, facts)?);
    let control = root.join("DEBIAN");
    fs::create_dir_all(&control).map_err(failed)?;
    let sums = sums(&root, &stage)?;
    fs::write(control.join("md5sums"), sums).map_err(failed)?;
    let facts_of_it = control_file(facts, architecture, &depends, size(&stage)?);
    fs::write(control.join("control"), facts_of_it).map_err(failed)?;
    stage.settle()?;
    let package = into.join(format!("{}_{}-1_{architecture}.deb", facts.name, facts.version));
    let mut build = program("dpkg-deb");
    build.args(["--root-owner-group", "-Znone", "--build"]).args([&root, &package]);
    run(build.env("SOURCE_DATE_EPOCH", facts.time.to_string()))?;
    fs::remove_dir_all(&root).map_err(failed)?;
    Ok(package)
}

/// The file `control` (deb-control(5)).
fn control_file(facts: &Facts, architecture: &str, depends: &str, kib: u64) -> String {
    let Facts { name, version, summary, maintainer, homepage, .. } = facts;
    let description: Vec<String> = DESCRIPTION.iter().map(|text| wrap(text, " ", " ")).collect();
    format!(
        "Package: {name}\nVersion: {version}-1\nArchitecture: {architecture}\nMaintainer: {maintainer}\n\
         Installed-Size: {kib}\nDepends: {depends}\nRecommends: {RECOMMENDED}\nSuggests: {SUGGESTED}\nSection: graphics\n\
         Priority: optional\nHomepage: {homepage}\nDescription: {summary}\n{}",
        description.join(" .\n")
    )
}

/// The packages of the libraries that the program is linked with, each with the version that it needs.
fn linked(root: &Path, facts: &Facts) -> Result<String> {
    // The tool reads the name of a package from the sources of one.
    let sources = tempfile::tempdir().map_err(|error| Failure::new(format!("No folder can be made: {error}")))?;
    let control = sources.path().join("debian").join("control");
    let written = fs::create_dir_all(sources.path().join("debian"))
        .and_then(|()| fs::write(control, format!("Source: {0}\n\nPackage: {0}\nArchitecture: any\n", facts.name)));
    written.map_err(|error| Failure::new(format!("A file can't be written: {error}")))?;
    let mut read = program("dpkg-shlibdeps");
    read.arg("-O").arg("-e").arg(root.join("usr/bin").join(&facts.name)).current_dir(sources.path());
    let said = output(&mut read)?;
    match said.trim().strip_prefix("shlibs:Depends=") {
        Some(packages) if !packages.is_empty() => Ok(packages.to_owned()),
        _ => Err(Failure::new(format!("dpkg-shlibdeps doesn't say what the program is linked with: {said}"))),
    }
}

/// KiB on a disk, as Debian counts: files by whole KiB, and one for each folder is not worth counting.
fn size(stage: &Stage) -> Result<u64> {
    let mut kib = 0;
    for file in stage.files()? {
        let path = stage.usr.join(file);
        let meta =
            fs::metadata(&path).map_err(|error| Failure::new(format!("{} can’t be read: {error}", path.display())))?;
        kib += meta.len().div_ceil(1024);
    }
    Ok(kib)
}

fn sums(root: &Path, stage: &Stage) -> Result<String> {
    let files = stage.files()?;
    output(program("md5sum").args(files.iter().map(|file| Path::new("usr").join(file))).current_dir(root))
}

/// Who has which rights (Debian's machine-readable form).
fn copyright(facts: &Facts) -> String {
    let mut lines = licences::OWN.trim().lines().skip_while(|line| !line.starts_with("Copyright"));
    let holder = lines.next().unwrap_or_default().trim_start_matches("Copyright (c) ").to_owned();
    let text: String =
        lines.skip(1).map(|line| if line.is_empty() { " .\n".to_owned() } else { format!(" {line}\n") }).collect();
    format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: Image Manager\n\
         Source: {}\n\
         Comment: The program contains libraries by others; their licences are in third-party-licences.gz.\n \
         This software is based in part on the work of the Independent JPEG Group.\n\n\
         Files: *\nCopyright: {holder}\nLicense: Expat\n{text}",
        facts.homepage
    )
}

/// What Debian's checker is asked to let pass, each with its reason.
fn overrides(facts: &Facts) -> String {
    let mut text =
        "# This package isn't part of Debian, where nobody has asked for it.\ninitial-upload-closes-no-bugs\n"
            .to_owned();
    if facts.placeholders().contains(&"authors") {
        text.push_str(
            "# Nobody has decided yet where letters go; nothing is released before (cargo xtask release).\nbogus-mail-host\n",
        );
    }
    text
}

/// Packs a package's files again, with xz. What calls and jumps go to is written in a way that takes less (`xz --x86`), which
/// `dpkg-deb` can read but not write: a package is an `ar` archive of three files (deb(5)).
fn pack_anew(package: &Path, time: u64) -> Result<()> {
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
    run(ar.env("SOURCE_DATE_EPOCH", time.to_string()))?;
    fs::rename(&anew, package).map_err(failed)?;
    fs::remove_dir_all(&parts).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::facts::tests::facts;
    use crate::process::find;

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
        fs::write(files.join("DEBIAN").join("control"), control_file(&facts(), "all", "a", 7)).unwrap();
        let numbers: String = (0..200_000).map(|number: u32| number.to_string()).collect();
        fs::write(files.join("usr").join("share").join("numbers"), numbers).unwrap();
        let package = folder.path().join("image-manager.deb");
        run(program("dpkg-deb").args(["--root-owner-group", "-Zgzip", "--build"]).args([&files, &package])).unwrap();
        let before =
            (fs::metadata(&package).unwrap().len(), output(program("dpkg-deb").arg("-c").arg(&package)).unwrap());
        pack_anew(&package, 1).unwrap();
        let after =
            (fs::metadata(&package).unwrap().len(), output(program("dpkg-deb").arg("-c").arg(&package)).unwrap());
        assert_eq!((field(&package, "Depends"), &after.1), ("a".to_owned(), &before.1));
        assert!(after.0 < before.0, "{after:?} {before:?}");
        assert_eq!(
            (field(&package, "Version"), field(&package, "Section")),
            ("1.2.3-1".to_owned(), "graphics".to_owned())
        );
        assert!(field(&package, "Description").starts_with("Drop pictures & find them\n Drop pictures on"));
    }

    #[test]
    fn the_licence_is_told_in_debians_form() {
        let copyright = copyright(&facts());
        assert!(
            copyright.contains("Copyright: 2") && copyright.contains("\nLicense: Expat\n Permission is hereby granted")
        );
        assert!(copyright.contains("\n .\n The above copyright notice"), "{copyright}");
    }

    #[test]
    fn only_what_nobody_has_decided_yet_is_let_pass() {
        assert!(!overrides(&facts()).contains("bogus-mail-host"));
        let undecided = Facts { maintainer: "Us <us@pictures.invalid>".to_owned(), ..facts() };
        assert!(overrides(&undecided).contains("bogus-mail-host"));
    }
}
