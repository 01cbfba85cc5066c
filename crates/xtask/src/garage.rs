//! Garage, the S3 server that tests run against beside the embedded store.

use std::path::PathBuf;

use crate::failure::Result;
use crate::tools::installed;
use crate::tree::Tree;

/// Makes sure that Garage is there, and says where.
pub fn ensure(tree: &Tree) -> Result<PathBuf> {
    const ARGUMENTS: [&str; 7] =
        ["garage", "--version", "2.5.0", "--locked", "--no-default-features", "--features", "bundled-libs,sqlite"];
    installed(tree, "garage", &ARGUMENTS)
}
