//! What a package says of the app. Name, version, summary, licence, maintainer and address stand in the root `Cargo.toml`.

use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::process::{cargo, output, program};
use crate::tree::Tree;

/// What the app is, in paragraphs.
pub const DESCRIPTION: [&str; 3] = [
    "Drop pictures on the window, and at once their bytes are in S3 storage of your own and proven to be there, the link is on \
     the clipboard, and they are in a library that opens instantly and offline.",
    "The library lives on this computer, in a bucket of your own (AWS S3, R2, B2, Garage, MinIO and others), or in an account \
     of a service that anybody can host. If you like, ChatGPT or another model describes pictures, so that they can be found by \
     words and read by people who can't see them.",
    "Whatever the window does, the command line does as well.",
];

/// The app's identifier in catalogues of software. The same as in `tauri.conf.json`.
pub const IDENTIFIER: &str = "io.github.image-manager";

/// What a package says of the app.
pub struct Facts {
    /// The program's and the package's name.
    pub name: String,
    /// Such as `0.1.0`.
    pub version: String,
    /// One line.
    pub summary: String,
    /// By SPDX, such as `MIT`.
    pub licence: String,
    /// `Name <address>`.
    pub maintainer: String,
    /// The address of the project's page.
    pub homepage: String,
    /// When the sources were committed, in seconds since 1970: the time of all files, so that the same sources give the same
    /// package.
    pub time: u64,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    description: Option<String>,
    license: Option<String>,
    authors: Vec<String>,
    homepage: Option<String>,
}

impl Facts {
    /// Reads them.
    pub fn of(tree: &Tree) -> Result<Self> {
        let metadata = output(cargo(tree).args(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
        let time = output(program("git").args(["log", "-1", "--format=%ct"]).current_dir(&tree.root))?;
        let time = time.trim().parse().map_err(|_| Failure::new("git says no time of the last commit."))?;
        Self::read(&metadata, time)
    }

    fn read(metadata: &str, time: u64) -> Result<Self> {
        let metadata: Metadata = serde_json::from_str(metadata)
            .map_err(|error| Failure::new(format!("`cargo metadata` printed something unexpected: {error}")))?;
        let root = metadata.packages.into_iter().find(|package| package.name == "image-manager");
        let root = root.ok_or_else(|| Failure::new("Cargo.toml has no package “image-manager”."))?;
        let said = |value: Option<String>, key: &str| {
            value.ok_or_else(|| {
                Failure::new(format!("Cargo.toml doesn't say `{key}` of the app, which its packages say."))
            })
        };
        Ok(Self {
            name: root.name,
            version: root.version,
            summary: said(root.description, "description")?,
            licence: said(root.license, "license")?,
            maintainer: said(root.authors.into_iter().next(), "authors")?,
            homepage: said(root.homepage, "homepage")?,
            time,
        })
    }

    /// What of them stands for something that nobody has decided yet: names of hosts that exist nowhere (RFC 2606).
    pub fn placeholders(&self) -> Vec<&'static str> {
        let nowhere = |text: &str| {
            let host = text.trim_end_matches('>').trim_start_matches("https://");
            let host = host.rsplit('@').next().unwrap_or(host).split('/').next().unwrap_or(host);
            ["invalid", "example", "test"].iter().any(|end| host.rsplit('.').next() == Some(end))
                || host.ends_with("example.org")
                || host.ends_with("example.com")
        };
        [("homepage", &self.homepage), ("authors", &self.maintainer)]
            .into_iter()
            .filter(|(_, text)| nowhere(text))
            .map(|(key, _)| key)
            .collect()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Facts to try packing with.
    pub fn facts() -> Facts {
        Facts {
            name: "image-manager".to_owned(),
            version: "1.2.3".to_owned(),
            summary: "Drop pictures & find them".to_owned(),
            licence: "MIT".to_owned(),
            maintainer: "Anna <anna@pictures.org>".to_owned(),
            homepage: "https://pictures.org/".to_owned(),
            time: 1_700_000_000,
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let metadata = |homepage: &str| {
            format!(
                r#"{{"packages":[{{"name":"image-manager","version":"1.2.3","description":"d","license":"MIT",
                "authors":["Anna <anna@pictures.org>"],"homepage":{homepage}}}]}}"#
            )
        };
        assert_eq!(Facts::read(&metadata("\"https://pictures.org\""), 1).unwrap().version, "1.2.3");
        let Err(Failure(message)) = Facts::read(&metadata("null"), 1) else { panic!("no failure") };
        assert!(message.contains("`homepage`"), "{message}");
    }

    #[test]
    fn hosts_that_exist_nowhere_are_placeholders() {
        assert_eq!(facts().placeholders(), [""; 0]);
        let undecided = Facts {
            homepage: "https://pictures.invalid/x".to_owned(),
            maintainer: "Us <us@pictures.example>".to_owned(),
            ..facts()
        };
        assert_eq!(undecided.placeholders(), ["homepage", "authors"]);
        assert_eq!(Facts { homepage: "https://example.org".to_owned(), ..facts() }.placeholders(), ["homepage"]);
    }
}
