//! `account-service`: reads the environment and serves, or does what an operator asks for.

mod cli;

use std::io::IsTerminal;
use std::process::ExitCode;

use account_service::Config;
use account_service::config::LogFormat;
use clap::{Parser, Subcommand};
use machine::log::{WithoutSecrets, without_inner_life};
use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// The Image Manager account service. It is configured by environment variables or a .env file; with none it serves from
/// SQLite and a store of its own in ./data, on 127.0.0.1:5000.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (the default)
    Serve,
    /// Bring the database's schema up to date, which `serve` does by itself, and say what was missing
    Migrate,
    /// Accounts: who there is, who may sign in, how much they may keep
    #[command(subcommand)]
    User(cli::user::Command),
    /// Make a code that lets one person register, where REGISTRATION=invitation
    Invite(cli::invite::Arguments),
    /// Remove what nobody needs: objects without a row, multipart uploads that were given up
    Gc(cli::maintain::GcArguments),
    /// Compare database and bucket, and tell every difference; exit status 1 when there are any, 2 when it couldn't be
    /// done
    Check(cli::maintain::CheckArguments),
}

fn main() -> ExitCode {
    if let Some(ended) = decoding::serve_if_asked() {
        return ended;
    }
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Serve);
    let config = Config::from_env();
    let format = config.as_ref().map(|config| config.log_format).unwrap_or_default();
    // What an operator asks for is answered on standard output; the log tells only what goes wrong.
    start_log(format, if matches!(command, Command::Serve) { "info,sea_orm_migration=warn" } else { "warn" });
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            tracing::error!("{error}");
            return ExitCode::from(2);
        }
    };
    match command {
        Command::Serve => cli::serve::serve(config).await,
        Command::Migrate => cli::maintain::migrate(config).await,
        Command::User(command) => cli::user::run(config, command).await,
        Command::Invite(arguments) => cli::invite::run(config, arguments).await,
        Command::Gc(arguments) => cli::maintain::gc(config, arguments).await,
        Command::Check(arguments) => cli::maintain::check(config, arguments).await,
    }
}

fn start_log(format: LogFormat, level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let filter = filter.and(without_inner_life());
    let log = tracing_subscriber::fmt::layer().with_writer(WithoutSecrets(std::io::stderr));
    let log = match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(log).init();
}
