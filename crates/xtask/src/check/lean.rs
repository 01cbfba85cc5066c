//! What only a service for people elsewhere needs isn't part of the app, although the app runs the service inside itself.

use std::collections::BTreeSet;

use crate::failure::{Failure, Result};
use crate::process::{cargo, output};
use crate::tree::Tree;

/// Crates that the app goes without: mail, PostgreSQL, metrics, documents of an API, and configuration from a file of
/// variables.
const HOSTED_ONLY: [&str; 5] = ["dotenvy", "lettre", "prometheus-client", "sqlx-postgres", "utoipa"];

/// Reads which crates the app is built from, on every system.
pub fn check(tree: &Tree) -> Result<()> {
    let mut list = cargo(tree);
    list.args(["tree", "--package", "image-manager", "--edges", "normal", "--target", "all", "--locked"]);
    let listed = output(list.args(["--prefix", "none", "--format", "{p}"]))?;
    let found = hosted_only(&listed);
    if found.is_empty() {
        println!("The app goes without {}.", HOSTED_ONLY.join(", "));
        return Ok(());
    }
    Err(Failure::new(format!(
        "The app is built with {}, which only a hosted service needs. The feature `hosted` of account-service brings such \
         crates in, and the engine goes without it; `cargo tree --package image-manager --edges normal --invert {}` shows the \
         way that one came in.",
        found.join(", "),
        found[0]
    )))
}

/// Of crates with their versions, one a line, those that the app goes without.
fn hosted_only(listed: &str) -> Vec<&'static str> {
    let names: BTreeSet<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    HOSTED_ONLY.into_iter().filter(|name| names.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_of_the_service_is_found_by_its_whole_name() {
        assert_eq!(hosted_only("image-manager v0.1.0 (/src)\nutoipa-gen v6.0.1\nsqlx-sqlite v0.9.0"), [""; 0]);
        assert_eq!(hosted_only("lettre v0.11.23\nserde v1.0.0\nutoipa v6.0.0 (*)"), ["lettre", "utoipa"]);
    }
}
