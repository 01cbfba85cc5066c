//! `cargo xtask bench NAME`: what the built programs take, beside others of their kind. One file a bench.

mod drop;
mod garage;
mod jobs;
mod login;
mod measure;
mod photos;
mod service;
mod size;
mod thumbnails;
mod upload;
pub mod whole;

use crate::failure::Result;
use crate::tree::Tree;

/// What is measured.
#[derive(clap::Subcommand)]
pub enum Bench {
    /// Ask the account service while one person's library grows from a thousand to a million pictures
    Service(service::Options),
    /// Sign in with wrong passwords as somebody who has an account and as somebody who hasn't
    Login(login::Options),
    /// Drop a folder of very many files on the window, and watch it until the last one is safe
    Drop(drop::Options),
    /// Want something done for each picture of a large library
    Jobs(jobs::Options),
    /// Build the app as it is released, and weigh it and its dependencies
    Size(size::Options),
    /// Make thumbnails of photographs, beside vipsthumbnail on the same files
    Thumbnails(thumbnails::Options),
    /// Upload a folder of photographs to a local Garage, beside s5cmd and vipsthumbnail on the same files
    Upload(upload::Options),
}

/// Measures, and prints what came of it.
pub fn bench(tree: &Tree, bench: &Bench) -> Result<()> {
    match bench {
        Bench::Service(options) => service::bench(tree, options),
        Bench::Login(options) => login::bench(tree, options),
        Bench::Drop(options) => drop::bench(tree, options),
        Bench::Jobs(options) => jobs::bench(tree, options),
        Bench::Size(options) => size::bench(tree, options),
        Bench::Thumbnails(options) => thumbnails::bench(tree, options),
        Bench::Upload(options) => upload::bench(tree, options),
    }
}
