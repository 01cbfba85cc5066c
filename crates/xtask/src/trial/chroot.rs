//! A Debian inside a folder, with nothing in it that Debian can go without.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::process::{output, program, run};
use crate::samples;

/// The person's number and name.
const PERSON: (&str, &str) = ("1000", "anna");

/// Mounts what programs expect of a running system where only this one sees it, so that nothing stays mounted, and becomes the
/// program. Its arguments: the folder, who runs it, their home, and the program with its own.
const ENTER: &str = "set -eu
root=$1 who=$2 home=$3; shift 3
mount --rbind /proc \"$root/proc\"
mount --rbind /sys \"$root/sys\"
mount --rbind /dev \"$root/dev\"
exec chroot --userspec=\"$who\" \"$root\" env --ignore-environment --chdir=\"$home\" \
  HOME=\"$home\" LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \"$@\"
";

/// Who runs a program.
#[derive(Clone, Copy)]
pub enum Who {
    /// Who installs packages.
    Root,
    /// Who has pictures.
    Person,
}

/// The folder.
pub struct Chroot {
    /// Where it is.
    pub root: PathBuf,
}

impl Chroot {
    /// Installs a Debian from where apt on this machine has its packages, unless somewhere else is named, with a person in it who has
    /// a few pictures.
    pub fn make(folder: &Path, suite: &str, mirror: Option<&str>) -> Result<Self> {
        let debian = Self { root: folder.to_owned() };
        debian.remove()?;
        let sources = match mirror {
            Some(mirror) => {
                vec![Source { uri: mirror.to_owned(), suite: suite.to_owned(), component: "main".to_owned() }]
            }
            None => sources(suite)?,
        };
        let first = sources.iter().find(|source| source.suite == suite);
        let first = first.ok_or_else(|| {
            Failure::new(format!("apt on this machine knows no “{suite}”. Name a place that has it: --mirror URL."))
        })?;
        run(program("debootstrap").args(["--variant=minbase", suite]).arg(folder).arg(&first.uri))?;
        let lists: String = sources.iter().map(Source::line).collect();
        let written = fs::write(folder.join("etc/apt/sources.list"), lists);
        written
            .and_then(|()| fs::write(debian.entering(), ENTER))
            .map_err(|error| Failure::new(format!("{} can’t be written: {error}", folder.display())))?;
        run(&mut debian.command(Who::Root, &["apt-get", "update", "-qq"]))?;
        let (number, name) = PERSON;
        run(&mut debian.command(Who::Root, &["useradd", "--create-home", "--uid", number, name]))?;
        samples::write(&debian.home().join("pictures"))?;
        run(&mut debian.command(Who::Root, &["chown", "-R", name, &format!("/home/{name}")]))?;
        Ok(debian)
    }

    /// A program in there.
    pub fn command(&self, who: Who, words: &[&str]) -> Command {
        let (number, name) = PERSON;
        let (who, home) = match who {
            Who::Root => ("0:0".to_owned(), "/root".to_owned()),
            Who::Person => (format!("{number}:{number}"), format!("/home/{name}")),
        };
        let mut command = program("unshare");
        command.args(["--mount", "--propagation", "private", "sh"]).arg(self.entering());
        command.arg(&self.root).args([who, home]).args(words);
        command
    }

    /// The file that says how to get in, beside the folder.
    fn entering(&self) -> PathBuf {
        self.root.with_extension("sh")
    }

    /// The person's folder, from outside.
    pub fn home(&self) -> PathBuf {
        self.root.join("home").join(PERSON.1)
    }

    /// Takes it all away.
    pub fn remove(&self) -> Result<()> {
        if !self.root.exists() {
            return Ok(());
        }
        // Nothing of the machine's is mounted in there; if it were, it would stay.
        run(program("rm").args(["--recursive", "--force", "--one-file-system"]).arg(&self.root))
    }
}

/// Where apt has packages from.
#[derive(Debug, PartialEq, Eq)]
struct Source {
    uri: String,
    suite: String,
    component: String,
}

impl Source {
    fn line(&self) -> String {
        format!("deb {} {} {}\n", self.uri, self.suite, self.component)
    }
}

/// Where apt on this machine has this Debian from, with its updates.
fn sources(suite: &str) -> Result<Vec<Source>> {
    let format = "$(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)";
    let listed = output(program("apt-get").args(["indextargets", "--format", format]))?;
    Ok(listed.lines().filter_map(|line| source(line, suite)).collect())
}

fn source(line: &str, suite: &str) -> Option<Source> {
    let mut words = line.strip_prefix("Packages ")?.split(' ').map(str::to_owned);
    let (of, component, uri) = (words.next()?, words.next()?, words.next()?);
    let is_its = of.strip_prefix(suite).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    (is_its && component == "main").then_some(Source { uri, suite: of, component })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_own_sources_are_used() {
        let listed = "Packages bookworm main http://mirror/debian/\nDEP-11 bookworm main http://mirror/debian/\n\
                      Packages bookworm-security main http://mirror/security/\nPackages trixie main http://mirror/debian/\n\
                      Packages cloud main http://other/";
        let lines: Vec<_> =
            listed.lines().filter_map(|line| source(line, "bookworm")).map(|found| found.line()).collect();
        assert_eq!(
            lines,
            ["deb http://mirror/debian/ bookworm main\n", "deb http://mirror/security/ bookworm-security main\n"]
        );
    }
}
