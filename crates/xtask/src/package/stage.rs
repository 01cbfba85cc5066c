//! The files that every Linux package has, laid out as they will lie below `/usr`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap_complete::Shell;

use super::changelog::Entry;
use super::facts::{Facts, IDENTIFIER};
use super::{desktop, licences, manual, metainfo};
use crate::failure::{Failure, Result};
use crate::process::{output, program, run};
use crate::tree::Tree;

/// The sizes of the icon, in pixels, that a theme may have.
const SIZES: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];

/// Where zsh looks for completions: Debian has a folder of its own for those of packages.
pub enum Zsh {
    /// `vendor-completions`
    Debian,
    /// `site-functions`
    Elsewhere,
}

/// A folder that becomes `/usr`, or what stands for it.
pub struct Stage {
    /// The folder.
    pub usr: PathBuf,
    time: u64,
}

impl Stage {
    /// Lays out the app's files in an empty folder.
    pub fn fill(tree: &Tree, facts: &Facts, entries: &[Entry], app: &Path, usr: &Path, zsh: &Zsh) -> Result<Self> {
        let stage = Self { usr: usr.to_owned(), time: facts.time };
        let name = &facts.name;
        if usr.exists() {
            fs::remove_dir_all(usr).map_err(|error| stage.unwritable(&error))?;
        }
        let read = |path: &Path| {
            fs::read(path).map_err(|error| Failure::new(format!("{} can’t be read: {error}", path.display())))
        };
        stage.program(&format!("bin/{name}"), &read(app)?)?;
        stage.file(&format!("share/applications/{name}.desktop"), desktop::entry(facts).as_bytes())?;
        let about = metainfo::metainfo(facts, entries);
        stage.file(&format!("share/metainfo/{IDENTIFIER}.metainfo.xml"), about.as_bytes())?;
        let icons = tree.root.join("icons");
        for size in SIZES {
            let icon = read(&icons.join(format!("{size}x{size}.png")))?;
            stage.file(&format!("share/icons/hicolor/{size}x{size}/apps/{name}.png"), &icon)?;
        }
        let icon = read(&icons.join("icon.svg"))?;
        stage.file(&format!("share/icons/hicolor/scalable/apps/{name}.svg"), &icon)?;
        let zsh = match zsh {
            Zsh::Debian => "vendor-completions",
            Zsh::Elsewhere => "site-functions",
        };
        stage.file(&format!("share/bash-completion/completions/{name}"), &manual::completion(Shell::Bash))?;
        stage.file(&format!("share/zsh/{zsh}/_{name}"), &manual::completion(Shell::Zsh))?;
        stage.file(&format!("share/fish/vendor_completions.d/{name}.fish"), &manual::completion(Shell::Fish))?;
        let pages = usr.join("share/man/man1");
        fs::create_dir_all(&pages).and_then(|()| manual::pages(&pages)).map_err(|error| stage.unwritable(&error))?;
        stage.compress(&pages)?;
        let texts = licences::texts(tree)?;
        let texts = stage.file(&format!("share/doc/{name}/third-party-licences"), texts.as_bytes())?;
        stage.compress(&texts)?;
        Ok(stage)
    }

    /// Writes a file that everybody may read.
    pub fn file(&self, path: &str, contents: &[u8]) -> Result<PathBuf> {
        let file = self.usr.join(path);
        let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, contents));
        written.and_then(|()| allow(&file, 0o644)).map_err(|error| self.unwritable(&error))?;
        Ok(file)
    }

    fn program(&self, path: &str, contents: &[u8]) -> Result<()> {
        let file = self.file(path, contents)?;
        allow(&file, 0o755).map_err(|error| self.unwritable(&error))
    }

    /// Compresses a file, or all files of a folder, as manual pages and documents are, without a time.
    pub fn compress(&self, path: &Path) -> Result<()> {
        let files = if path.is_dir() {
            let entries = fs::read_dir(path).map_err(|error| self.unwritable(&error))?;
            entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
        } else {
            vec![path.to_owned()]
        };
        for file in &files {
            allow(file, 0o644).map_err(|error| self.unwritable(&error))?;
        }
        output(program("gzip").args(["--best", "--no-name", "--force"]).args(&files)).map(drop)
    }

    /// All files, below the folder, in order.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let mut folders = vec![self.usr.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(|error| self.unwritable(&error))? {
                let path = entry.map_err(|error| self.unwritable(&error))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(below) = path.strip_prefix(&self.usr) {
                    files.push(below.to_owned());
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// Folders as everybody may read them, and everything at the time of the sources.
    pub fn settle(&self) -> Result<()> {
        let time = format!("@{}", self.time);
        let root = self.usr.parent().unwrap_or(&self.usr);
        run(program("find").arg(root).args(["-type", "d", "-exec", "chmod", "0755", "{}", "+"]))?;
        run(program("find").arg(root).args(["-exec", "touch", "--no-dereference", "--date", &time, "{}", "+"]))
    }

    fn unwritable(&self, error: &io::Error) -> Failure {
        Failure::new(format!("{} can’t be written: {error}", self.usr.display()))
    }
}

#[cfg(unix)]
fn allow(file: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn allow(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}
