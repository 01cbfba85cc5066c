//! The app for every other Linux: a folder that works from wherever it lies.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::changelog::Entry;
use super::facts::Facts;
use super::licences;
use super::stage::{Stage, Zsh};
use crate::failure::{Failure, Result};
use crate::process::{program, run};
use crate::tree::Tree;

/// What to do with the folder.
const NOTE: &str = include_str!("../../../../deploy/linux/INSTALL.md");

/// Packs the app into this folder.
pub fn tarball(tree: &Tree, facts: &Facts, entries: &[Entry], app: &Path, into: &Path) -> Result<PathBuf> {
    let name = format!("{}-{}-{}", facts.name, facts.version, env::consts::ARCH);
    let work = into.join("tarball");
    let stage = Stage::fill(tree, facts, entries, app, &work.join(&name), &Zsh::Elsewhere)?;
    stage.file("INSTALL.md", NOTE.as_bytes())?;
    stage.file("LICENSE", licences::OWN.as_bytes())?;
    stage.settle()?;
    let archive = into.join(format!("{name}.tar.xz"));
    let mut pack = program("tar");
    pack.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--create", "--xz", "--file"]);
    pack.arg(&archive).arg("--directory").arg(&work).arg(&name);
    let filters = if cfg!(target_arch = "x86_64") { "--x86 --lzma2=preset=9e" } else { "--lzma2=preset=9e" };
    run(pack.env("XZ_OPT", filters))?;
    fs::remove_dir_all(&work).map_err(|error| Failure::new(format!("{} can’t be removed: {error}", work.display())))?;
    Ok(archive)
}
