//! Where the library lives.

use clap::{Args, Subcommand};

#[derive(Args)]
pub struct Login {
    #[command(flatten)]
    pub account: Account,
    /// Read the code of the authenticator app, or a recovery code, from the second line of standard input
    #[arg(long, requires = "password_stdin")]
    pub code_stdin: bool,
}

#[derive(Args)]
pub struct Account {
    /// The service's address
    #[arg(long, value_name = "URL")]
    pub service: String,
    /// Your name there
    #[arg(long, value_name = "U")]
    pub username: String,
    /// Read the password from standard input, its first line
    #[arg(long)]
    pub password_stdin: bool,
}

#[derive(Args)]
pub struct Register {
    #[command(flatten)]
    pub account: Account,
    /// An e-mail address for recovery
    #[arg(long)]
    pub email: String,
    /// The code of an invitation, where the service takes new accounts by invitation
    #[arg(long)]
    pub invitation: Option<String>,
}

/// Choosing a new place, or going back to a known one.
#[derive(Args)]
#[command(subcommand_negates_reqs = true)]
pub struct Use {
    #[command(subcommand)]
    pub choice: Option<Choice>,
    /// A place that was chosen before, as `places` names it; what stands before the @ is enough when it is clear
    #[arg(value_name = "NAME", required = true)]
    pub name: Option<String>,
    /// Read the bucket's secret key or the account's password from standard input, where it is not kept or is to be replaced
    #[arg(long)]
    pub secret_stdin: bool,
}

#[derive(Subcommand)]
pub enum Choice {
    /// Keep the library on this computer: no account, no network
    ThisComputer,
    /// Keep the library in a bucket of your own
    Bucket(Bucket),
}

#[derive(Args)]
pub struct Places {
    #[command(subcommand)]
    pub action: Option<PlacesAction>,
}

#[derive(Subcommand)]
pub enum PlacesAction {
    /// List them (what is done without a command)
    List,
    /// Forget a place and its key or session; its pictures stay where they are
    Forget {
        /// As `places` names it
        name: String,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args)]
pub struct Bucket {
    /// The S3 endpoint; leave it out for AWS
    #[arg(long, value_name = "URL", default_value = "", hide_default_value = true)]
    pub endpoint: String,
    /// The region, such as eu-central-1 or garage
    #[arg(long, value_name = "R")]
    pub region: String,
    /// The bucket's name
    #[arg(long, value_name = "B")]
    pub bucket: String,
    /// The access key's identifier
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    pub key_id: String,
    /// Put the bucket into the path rather than the host name
    #[arg(long)]
    pub path_style: bool,
    /// Use a store that can't put large files together: those over 16 MiB are not sent there, and wait
    #[arg(long)]
    pub without_parts: bool,
    /// Read the secret key from standard input
    #[arg(long)]
    pub secret_stdin: bool,
}
