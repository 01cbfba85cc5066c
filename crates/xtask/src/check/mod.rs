//! `cargo xtask check`: format, lints, generated types, dependency direction, what the app goes without, what
//! says versions and names, licences.

mod circles;
mod deny;
mod direction;
mod lean;
mod sources;
mod types;

use crate::failure::Result;
use crate::process::{cargo, run};
use crate::test::Report;
use crate::tree::Tree;
use crate::{node, release, system};

/// Runs every check, and says at the end what came of each.
pub fn check(tree: &Tree) -> Result<()> {
    system::ensure_build()?;
    let mut report = Report::default();
    report.step("Rust format", || run(cargo(tree).args(["fmt", "--all", "--check"])));
    report.step("Dependency direction", || direction::check(tree));
    report.step("What the app goes without", || lean::check(tree));
    report.step("Circles of files", || circles::check(tree));
    report.step("Source rules", || sources::check(tree));
    report.step("Versions and names", || release::in_step(tree));
    report.step("UI packages and pages", || node::ensure_pages(tree));
    for (name, script) in [("UI format", "format:check"), ("UI types", "check"), ("UI lints", "lint")] {
        report.step(name, || run(node::npm(tree).args(["run", script])));
    }
    report.step("Rust lints", || {
        run(cargo(tree).args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
    });
    report.step("Generated types", || types::check(tree));
    deny::check(tree, &mut report);
    report.finish("Checks")
}
