//! `account-service invite`

use std::process::ExitCode;
use std::time::Duration;

use account_service::Config;
use clap::Args;
use serde_json::json;

#[derive(Args)]
pub struct Arguments {
    /// For how many days it is good
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// How many to make: each is good for one person
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: u32,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Makes invitations and prints them: the codes on standard output, what they are on standard error.
pub async fn run(config: Config, arguments: Arguments) -> ExitCode {
    let open = config.registration;
    let operator = match super::open(config).await {
        Ok(operator) => operator,
        Err(status) => return status,
    };
    let good_for = Duration::from_secs(u64::from(arguments.days) * 24 * 60 * 60);
    let mut status = ExitCode::SUCCESS;
    let mut end = None;
    for _ in 0..arguments.count {
        match operator.invite(good_for).await {
            Ok(invitation) if arguments.json => {
                super::print_json(&json!({ "code": invitation.code, "expires_at": invitation.expires_at }));
            }
            Ok(invitation) => {
                println!("{}", invitation.code);
                end = Some(invitation.expires_at);
            }
            Err(error) => {
                eprintln!("{}", error.message);
                status = ExitCode::FAILURE;
                break;
            }
        }
    }
    operator.close().await;
    if let Some(end) = end {
        eprintln!("Good once, until {end}. Whoever registers enters it as the invitation code.");
    }
    if open != account_service::config::Registration::Invitation {
        eprintln!(
            "Whoever registers is asked for it where the service runs with REGISTRATION=invitation. This command was not \
             given that, so it can’t say whether yours does."
        );
    }
    status
}
