//! `cargo xtask bench drop`: a folder of very many files dropped on the real window at once, until the last one is safe; how
//! long a key waits for its answer meanwhile, and how much memory the page has in the end, beside that of opening the library.
//!
//! The measuring is done by `tests/e2e/drop/`, with what the tests of the window are made of. Linux only, as they are.

use std::path::PathBuf;

use crate::failure::Result;
use crate::process::{cargo, headline};
use crate::tree::Tree;
use crate::{node, process, run, system};

/// What can be asked of `bench drop`.
#[derive(clap::Args)]
pub struct Options {
    /// How many files
    #[arg(long, default_value_t = 100_000)]
    files: u32,
    /// Put pictures into the library from another process instead of dropping files: of what is shown, without what is sent
    #[arg(long)]
    put: bool,
    /// The app, if it shouldn't be built as it is released (about 20 minutes on two cores, the first time)
    #[arg(long)]
    app: Option<PathBuf>,
}

/// Measures, and prints how long the window keeps a person waiting, at rest and meanwhile, and the memory it takes.
pub fn bench(tree: &Tree, options: &Options) -> Result<()> {
    system::ensure_test()?;
    node::ensure_pages(tree)?;
    let app = match &options.app {
        Some(app) => app.clone(),
        None => run::build(tree, true)?,
    };
    headline("A folder of very many files, dropped on the window");
    // Of the workspace, as for the tests, so that nothing is built in another way than there.
    let mut helper = cargo(tree);
    process::run(helper.args(["build", "--workspace", "--locked", "--bin", "drag-source"]))?;
    let mut command = cargo(tree);
    command.args(["bench", "--profile", "dev", "--workspace", "--locked", "--bench", "drop", "--"]);
    command.arg(options.files.to_string()).args(options.put.then_some("--put"));
    process::run(command.env("IMAGE_MANAGER_APP", app))
}
