//! A package for Fedora, openSUSE and their kin, made by rpm's own tool. Which libraries it needs is read from the program, by
//! the libraries' names, so that it doesn't matter what a distribution calls their packages.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::changelog::{Entry, wrap};
use super::facts::{DESCRIPTION, Facts};
use super::licences;
use super::stage::{Stage, Zsh};
use crate::failure::{Failure, Result};
use crate::process::{program, run};
use crate::tree::Tree;

/// Loaded by its name while the app runs, so that no tool sees it: the tray icon's library. Either is enough.
const LOADED_BY_NAME: &str = "(libayatana-appindicator3.so.1()(64bit) or libappindicator3.so.1()(64bit))";

/// Packs the app into this folder.
pub fn rpm(tree: &Tree, facts: &Facts, entries: &[Entry], app: &Path, into: &Path) -> Result<PathBuf> {
    let work = into.join("rpm");
    let failed = |error: std::io::Error| Failure::new(format!("{} can’t be written: {error}", work.display()));
    if work.exists() {
        fs::remove_dir_all(&work).map_err(failed)?;
    }
    let stage = Stage::fill(tree, facts, entries, app, &work.join("files").join("usr"), &Zsh::Elsewhere)?;
    stage.file(&format!("share/licenses/{}/LICENSE", facts.name), licences::OWN.as_bytes())?;
    stage.settle()?;
    let spec = work.join(format!("{}.spec", facts.name));
    fs::write(&spec, self::spec(facts, &stage.files()?)).map_err(failed)?;
    let mut build = program("rpmbuild");
    build.args(["-bb", "--quiet", "--target", env::consts::ARCH]);
    build.arg("--define").arg(format!("_topdir {}", work.display()));
    build.arg("--define").arg(format!("staged {}", work.join("files").display()));
    build.arg("--define").arg(format!("_rpmdir {}", into.display()));
    build.args(["--define", "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm"]);
    run(build.arg(&spec).env("SOURCE_DATE_EPOCH", facts.time.to_string()))?;
    fs::remove_dir_all(&work).map_err(failed)?;
    Ok(into.join(format!("{}-{}-1.{}.rpm", facts.name, facts.version, env::consts::ARCH)))
}

/// What rpm's tool works by.
fn spec(facts: &Facts, files: &[PathBuf]) -> String {
    let Facts { name, version, summary, licence, homepage, maintainer, .. } = facts;
    let description: Vec<String> = DESCRIPTION.iter().map(|text| wrap(text, "", "")).collect();
    let description = description.join("\n");
    let listed: String = files
        .iter()
        .map(|file| {
            let kind = match file.starts_with("share/licenses") {
                true => "%license ",
                false if file.starts_with("share/doc") || file.starts_with("share/man") => "%doc ",
                false => "",
            };
            format!("{kind}/usr/{}\n", file.display())
        })
        .collect();
    format!(
        "# The program is finished: nothing is stripped, compressed or looked through again.\n\
         %global debug_package %{{nil}}\n\
         %global __os_install_post %{{nil}}\n\
         %global _build_id_links none\n\
         %global _binary_payload w9.xzdio\n\
         %global _buildhost localhost\n\
         %global use_source_date_epoch_as_buildtime 1\n\
         Name: {name}\nVersion: {version}\nRelease: 1\nSummary: {summary}\nLicense: {licence}\nURL: {homepage}\n\
         Packager: {maintainer}\nGroup: Productivity/Graphics/Other\nRequires: {LOADED_BY_NAME}\nRecommends: xdg-utils\n\n\
         %description\n{description}\n\
         %install\nmkdir -p %{{buildroot}}\ncp -a %{{staged}}/. %{{buildroot}}/\n\n\
         %files\n%defattr(-,root,root)\n{listed}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::facts::tests::facts;
    use crate::process::{find, output};

    #[test]
    fn the_description_of_the_package_is_one_that_rpm_reads() {
        let files = ["bin/image-manager", "share/licenses/image-manager/LICENSE", "share/man/man1/image-manager.1.gz"];
        let text = spec(&facts(), &files.map(PathBuf::from));
        assert!(text.contains("\n%license /usr/share/licenses/"), "{text}");
        assert!(text.contains("\n%doc /usr/share/man/man1/image-manager.1.gz\n"), "{text}");
        if find("rpmspec").is_some() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("image-manager.spec");
            fs::write(&file, text).unwrap();
            let mut query = program("rpmspec");
            query.args(["--query", "--queryformat", "%{name} %{version} %{license}", "--define", "staged /none"]);
            assert_eq!(output(query.arg(file)).unwrap(), "image-manager 1.2.3 MIT");
        }
    }
}
