//! Where things are: the source tree, what is built from it, and what is kept between builds.

use std::env;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// Where things are.
pub struct Tree {
    /// The folder of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
    /// Programs for tests and checks, kept outside of the tree because they take long to build.
    pub tools: PathBuf,
}

impl Tree {
    /// Finds everything from this crate's place and the environment.
    pub fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let manifest = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = manifest.ancestors().nth(2).filter(|root| root.join("tauri.conf.json").is_file());
        let root = root.ok_or_else(|| Failure::new("Run this inside the source tree, as `cargo xtask`."))?.to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        Ok(Self { root, target, tools: cache()?.join("tools") })
    }

    /// The UI's folder.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A path below the root, for people.
    pub fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

/// `~/.cache/image-manager`.
fn cache() -> Result<PathBuf> {
    env::home_dir()
        .map(|home| home.join(".cache").join("image-manager"))
        .ok_or_else(|| Failure::new("There is no home folder to keep tools in; set HOME."))
}
