//! What can be asked of `account-service` on a command line, one file an area.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line")]

pub mod invite;
pub mod maintain;
pub mod serve;
pub mod user;

use std::process::ExitCode;

use account_service::Config;
use account_service::operator::Operator;

/// Opens database and store for one command; says why it can't.
async fn open(config: Config) -> Result<Operator, ExitCode> {
    Operator::open(config).await.map_err(|error| {
        eprintln!("{}", machine::in_words(&error.to_string()));
        ExitCode::FAILURE
    })
}

/// One JSON object on a line.
fn print_json(value: &impl serde::Serialize) {
    println!("{}", serde_json::to_string(value).unwrap_or_default());
}
