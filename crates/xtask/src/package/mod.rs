//! Packages for Linux from a program that is built: the same files in a `.deb`, an `.rpm` and a tarball.

pub mod changelog;
mod deb;
mod desktop;
mod facts;
mod licences;
mod manual;
mod metainfo;
mod rpm;
mod stage;
mod tarball;
mod types;

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::process::{headline, output, program, run};
use crate::tree::Tree;

use changelog::Entry;
pub use facts::{Facts, IDENTIFIER};

/// What is packed: a program, and what is said of it.
pub struct Packing<'a> {
    tree: &'a Tree,
    /// What the packages say.
    pub facts: Facts,
    entries: Vec<Entry>,
    app: PathBuf,
    into: PathBuf,
}

impl<'a> Packing<'a> {
    /// Makes ready to pack this program, into `bundle` beside it unless somewhere else.
    ///
    /// # Errors
    /// When the program isn't of the version that the sources are at, or something isn't said that packages say.
    pub fn of(tree: &'a Tree, app: &Path) -> Result<Self> {
        let facts = Facts::of(tree)?;
        let said = output(program(app).arg("--version"))?;
        if said.trim() != format!("{} {}", facts.name, facts.version) {
            return Err(Failure::new(format!(
                "{} says that it is “{}”, but Cargo.toml is at version {}: build it again.",
                app.display(),
                said.trim(),
                facts.version
            )));
        }
        let entries = changelog::read(tree, &facts)?;
        let into = tree.target.join("release").join("bundle").join("linux");
        fs::create_dir_all(&into).map_err(|error| unwritable(&into, &error))?;
        Ok(Self { tree, facts, entries, app: app.to_owned(), into })
    }

    /// The Debian package.
    pub fn deb(&self) -> Result<PathBuf> {
        deb::deb(self.tree, &self.facts, &self.entries, &self.app, &self.into)
    }

    /// The same as another version, to try what an update does.
    pub fn deb_of_version(self, version: &str, into: &Path) -> Result<PathBuf> {
        fs::create_dir_all(into).map_err(|error| unwritable(into, &error))?;
        let facts = Facts { version: version.to_owned(), ..self.facts };
        deb::uncompressed(self.tree, &facts, &self.entries, &self.app, into)
    }

    /// Everything, looked over by the tools that distributions look with, and the sums of all files.
    pub fn all(&self) -> Result<Vec<PathBuf>> {
        let deb = self.deb()?;
        headline("Looking the package over");
        run(program("lintian").args(["--fail-on", "error", "--allow-root", "--tag-display-limit", "0"]).arg(&deb))?;
        look_over(&deb)?;
        let rpm = rpm::rpm(self.tree, &self.facts, &self.entries, &self.app, &self.into)?;
        let tarball = tarball::tarball(self.tree, &self.facts, &self.entries, &self.app, &self.into)?;
        let packages = vec![deb, rpm, tarball];
        let names = packages.iter().filter_map(|package| package.file_name());
        let sums = output(program("sha256sum").args(names).current_dir(&self.into))?;
        let list = self.into.join("SHA256SUMS");
        fs::write(&list, sums).map_err(|error| unwritable(&list, &error))?;
        Ok(packages)
    }
}

/// Has the entry for menus and the description for catalogues looked over, as they are in the package.
fn look_over(deb: &Path) -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| Failure::new(format!("No folder can be made: {error}")))?;
    run(program("dpkg-deb").arg("--extract").arg(deb).arg(folder.path()))?;
    let share = folder.path().join("usr/share");
    run(program("desktop-file-validate").arg(share.join("applications/image-manager.desktop")))?;
    let description = share.join("metainfo").join(format!("{}.metainfo.xml", IDENTIFIER));
    run(program("appstreamcli").args(["validate", "--no-net"]).arg(description))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} can’t be written: {error}", path.display()))
}
