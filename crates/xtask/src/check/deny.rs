//! Licences, banned crates and sources by cargo-deny; known vulnerabilities where their database can be reached.

use std::time::Duration;

use crate::process::{program, run, succeeds_within};
use crate::test::Report;
use crate::tools::installed;
use crate::tree::Tree;

const VERSION: &str = "0.20.2";

/// How long fetching the database of advisories may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs cargo-deny.
pub fn check(tree: &Tree, report: &mut Report) {
    let mut found = None;
    report.step("cargo-deny", || {
        found = Some(installed(tree, "cargo-deny", &["cargo-deny", "--version", VERSION, "--locked"])?);
        Ok(())
    });
    let Some(cargo_deny) = found else { return };
    let deny = |arguments: &[&str]| {
        let mut command = program(&cargo_deny);
        command.current_dir(&tree.root).args(["--log-level", "error"]).args(arguments);
        command
    };
    report.step("Licences, bans and sources", || run(&mut deny(&["--locked", "check", "licenses", "bans", "sources"])));
    if matches!(succeeds_within(&mut deny(&["fetch", "db"]), PATIENCE), Ok(true)) {
        report.step("Advisories", || run(&mut deny(&["--locked", "check", "--disable-fetch", "advisories"])));
    } else {
        report.note("Advisories were NOT checked: their database can't be reached from here.");
    }
}
