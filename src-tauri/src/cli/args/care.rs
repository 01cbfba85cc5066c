//! What can be typed to examine the place, to ask the store again, and to free local copies.

use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub struct Doctor {
    /// The S3 endpoint of a bucket to try; leave it out for AWS
    #[arg(long, value_name = "URL", requires = "bucket")]
    pub endpoint: Option<String>,
    /// Its region, such as eu-central-1 or garage
    #[arg(long, value_name = "R", requires = "bucket")]
    pub region: Option<String>,
    /// Its name
    #[arg(long, value_name = "B", requires = "key_id")]
    pub bucket: Option<String>,
    /// The access key's identifier
    #[arg(long, value_name = "K", requires = "bucket", allow_hyphen_values = true)]
    pub key_id: Option<String>,
    /// Put the bucket into the path rather than the host name
    #[arg(long, requires = "bucket")]
    pub path_style: bool,
    /// Try it as a store that can't put large files together
    #[arg(long, requires = "bucket")]
    pub without_parts: bool,
    /// Read the secret key from standard input
    #[arg(long, requires = "bucket")]
    pub secret_stdin: bool,
}

#[derive(Args)]
pub struct Verify {
    /// All pictures; the same as naming none
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// Download the bytes and compare their SHA-256, too
    #[arg(long, visible_alias = "bytes")]
    pub deep: bool,
    /// Begin with the first picture, although an interrupted check could go on
    #[arg(long, conflicts_with = "ids")]
    pub restart: bool,
    /// Pictures' ids, or the beginnings of them
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
}

#[derive(Args)]
pub struct Free {
    /// Don't ask before files are moved
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Only say what would become of each file
    #[arg(long)]
    pub dry_run: bool,
    /// The files that were uploaded from this computer
    #[arg(long, conflicts_with = "paths")]
    pub uploaded: bool,
    /// Files, or folders with files
    #[arg(value_name = "PATH", required_unless_present = "uploaded")]
    pub paths: Vec<PathBuf>,
}
