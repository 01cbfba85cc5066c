//! `cargo xtask bench size`: what the app weighs as it is released, and which of its dependencies weigh the most.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::bundle;
use crate::failure::{Failure, Result};
use crate::node;
use crate::process::{cargo, find, headline, output, program, run};
use crate::system;
use crate::tree::Tree;

/// What can be asked of `bench size`.
#[derive(clap::Args)]
pub struct Options {
    /// How many dependencies are named
    #[arg(long, default_value_t = 25)]
    largest: usize,
}

/// Builds the app and its Debian package as they are released (about 20 minutes on two cores, the first time), and prints their
/// sizes in MB of 1,000,000 bytes.
pub fn bench(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_build()?;
    node::ensure_packages(tree)?;
    run(program("npm").args(["run", "--silent", "build"]).current_dir(tree.ui()))?;
    headline("The app as it is released");
    // With its symbols, by which code is told apart; they are taken off afterwards, as the release profile does.
    let mut build = cargo(tree);
    build.args(["build", "--release", "--bin", "image-manager", "--features", "tauri/custom-protocol"]);
    run(build.env("CARGO_PROFILE_RELEASE_STRIP", "none").env("CARGO_TARGET_DIR", &tree.target))?;
    let app = tree.target.join("release").join("image-manager");
    let listed = output(program("nm").args(["--print-size", "--demangle", "--defined-only"]).arg(&app))?;
    run(program("strip").arg(&app))?;

    let size = size_of(&app)?;
    headline(format!("{:.1} MB", mb(size)));
    let by_crate = by_crate(&listed);
    let code: u64 = by_crate.iter().map(|(_, bytes)| bytes).sum();
    println!("{:.1} MB of it are code and constants that have a name, by the crate that they are of:", mb(code));
    for (name, bytes) in by_crate.iter().take(options.largest) {
        println!("{:8.2} MB  {name}", mb(*bytes));
    }
    if find("dpkg-deb").is_some() {
        headline(format!("{:.1} MB as a Debian package", mb(size_of(&bundle::deb(tree, &app)?)?)));
    }
    Ok(())
}

fn size_of(path: &Path) -> Result<u64> {
    fs::metadata(path).map(|meta| meta.len()).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} can’t be read: {error}", path.display()))
}

#[expect(clippy::cast_precision_loss, reason = "sizes of programs are far below 2^52")]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Bytes by crate, the most first, of what `nm` lists: address, size, kind and name.
fn by_crate(listed: &str) -> Vec<(String, u64)> {
    let mut sizes = BTreeMap::<String, u64>::new();
    for line in listed.lines() {
        let mut words = line.splitn(4, ' ').skip(1);
        let (Some(size), Some(_), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
        // What has no size has three words, the last of which is its name.
        let Ok(size) = u64::from_str_radix(size, 16) else { continue };
        *sizes.entry(crate_of(name).to_owned()).or_default() += size;
    }
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    sizes
}

/// The crate that a demangled name is of: the first that it names, or for code of Rust's own library the one that it was made
/// for, as `core::ptr::drop_in_place<engine::Engine>` was.
fn crate_of(name: &str) -> &str {
    const RUSTS_OWN: [&str; 4] = ["core", "alloc", "std", "hashbrown"];
    let mut own = None;
    for (at, _) in name.match_indices("::") {
        let begin = name[..at].rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |before| before + 1);
        // A part in the middle of a path is no crate.
        let is_first = begin < at && !name[..begin].ends_with("::");
        if is_first && !RUSTS_OWN.contains(&&name[begin..at]) {
            return &name[begin..at];
        }
        if is_first {
            own.get_or_insert(&name[begin..at]);
        }
    }
    own.unwrap_or("(C, assembly and tables)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_of_the_crate_that_it_names_or_was_made_for() {
        for (name, expected) in [
            ("engine::sync::pull", "engine"),
            ("core::ptr::drop_in_place<engine::Engine>", "engine"),
            ("<alloc::vec::Vec<T> as core::fmt::Debug>::fmt", "alloc"),
            ("<aws_sdk_s3::Client as core::clone::Clone>::clone", "aws_sdk_s3"),
            ("std::rt::lang_start", "std"),
            ("sqlite3_step", "(C, assembly and tables)"),
        ] {
            assert_eq!(crate_of(name), expected, "{name}");
        }
        let listed = "0001 0010 t engine::a\n0002 0020 t engine::b\n0003 0008 t sqlite3_step\n0004 T no_size::at_all\n";
        assert_eq!(by_crate(listed), [("engine".to_owned(), 48), ("(C, assembly and tables)".to_owned(), 8)]);
    }
}
