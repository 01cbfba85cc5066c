//! `account-service user …`

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use account_api::ErrorDetail;
use account_service::Config;
use account_service::operator::{Operator, Person, Quota};
use clap::{Args, Subcommand};
use secrecy::SecretString;

#[derive(Subcommand)]
pub enum Command {
    /// Make an account; the password is asked for
    Add(AddArguments),
    /// Who has an account, and what they use
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Close an account: nobody can sign in to it, its sessions end, its links lead nowhere. Everything in it is kept
    Disable {
        /// The user's name
        name: String,
    },
    /// Say how much an account may hold, or with nothing else said, tell it
    Quota {
        /// The user's name
        name: String,
        /// Bytes: a number, also with K, M, G or T (of 1024), `none` for no limit, `default` for what holds for everyone
        #[arg(long, value_parser = quota)]
        bytes: Option<Quota>,
        /// Pictures: a number, `none` or `default`
        #[arg(long, value_parser = quota)]
        pictures: Option<Quota>,
    },
    /// Make a link that sets a new password, once, within a day, for somebody who can't get in any more
    ResetLink {
        /// The user's name or e-mail address
        name: String,
        /// Using the link also switches two-factor sign-in off
        #[arg(long)]
        lift_second_factor: bool,
    },
    /// Remove an account and all of it, for good: pictures, thumbnails, journal, links, sessions
    Remove {
        /// The user's name
        name: String,
        /// Don't ask for the name once more
        #[arg(long)]
        yes: bool,
    },
    /// Open a closed account again
    Enable {
        /// The user's name
        name: String,
    },
}

#[derive(Args)]
pub struct AddArguments {
    /// The user's name: letters, digits, dots, underscores and hyphens
    name: String,
    /// Where mail to the user goes; without it, NAME@localhost
    #[arg(long)]
    email: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Does it, and says what came of it.
pub async fn run(config: Config, command: Command) -> ExitCode {
    match command {
        Command::Add(arguments) => add(config, arguments).await,
        Command::List { json } => {
            with_operator(config, async |operator| {
                list(&operator.users().await?, json);
                Ok(())
            })
            .await
        }
        Command::Disable { name } => with_operator(config, async |operator| disable(operator, &name).await).await,
        Command::Remove { name, yes } => remove(config, &name, yes).await,
        Command::Enable { name } => with_operator(config, async |operator| enable(operator, &name).await).await,
        Command::Quota { name, bytes, pictures } => {
            with_operator(config, async |operator| set_quota(operator, &name, bytes, pictures).await).await
        }
        // Needs neither the bucket nor an open service.
        Command::ResetLink { name, lift_second_factor } => said(reset_link(&config, &name, lift_second_factor).await),
    }
}

/// Opens the service's database and bucket for one deed.
async fn with_operator(config: Config, act: impl AsyncFnOnce(&Operator) -> Result<(), ErrorDetail>) -> ExitCode {
    let operator = match super::open(config).await {
        Ok(operator) => operator,
        Err(status) => return status,
    };
    let done = act(&operator).await;
    operator.close().await;
    said(done)
}

fn said(done: Result<(), ErrorDetail>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", error.message);
            ExitCode::FAILURE
        }
    }
}

async fn reset_link(config: &Config, account: &str, lift_second_factor: bool) -> Result<(), ErrorDetail> {
    let link = account_service::reset_link(config, account, lift_second_factor).await?;
    println!("{}", link.url);
    eprintln!("Give this link to {account}. It is good once, until {}.", link.expires_at);
    Ok(())
}

async fn add(config: Config, AddArguments { name, email, password_stdin }: AddArguments) -> ExitCode {
    // Before anything is opened: whoever is asked may take their time.
    let password = match password(password_stdin) {
        Ok(password) => password,
        Err(message) => {
            eprintln!("{}", machine::in_words(&message));
            return ExitCode::from(2);
        }
    };
    with_operator(config, async |operator| {
        let email = email.unwrap_or_else(|| format!("{}@localhost", name.trim()));
        let person = operator.add_user(&name, &email, password).await?;
        println!("{} has an account now.", person.username);
        Ok(())
    })
    .await
}

async fn remove(config: Config, name: &str, yes: bool) -> ExitCode {
    if !yes && !confirmed(name) {
        eprintln!("Nothing was removed. Type the name of the account to confirm, or say --yes.");
        return ExitCode::from(2);
    }
    with_operator(config, async |operator| {
        let gone = operator.remove_user(name).await?;
        let pictures = of(gone.pictures, "picture", "pictures");
        println!("{} is removed, with {pictures} of {}.", gone.username, size(gone.bytes));
        Ok(())
    })
    .await
}

/// Whether somebody at a terminal types the name once more.
fn confirmed(name: &str) -> bool {
    if !std::io::stdin().is_terminal() {
        return false;
    }
    eprint!("This removes the account {name} and everything in it for good. Type its name to confirm: ");
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).is_ok() && typed.trim() == name.trim()
}

async fn disable(operator: &Operator, name: &str) -> Result<(), ErrorDetail> {
    let person = operator.set_disabled(name, true).await?;
    println!("{} can’t sign in any more. Everything in the account is kept.", person.username);
    Ok(())
}

async fn enable(operator: &Operator, name: &str) -> Result<(), ErrorDetail> {
    let person = operator.set_disabled(name, false).await?;
    println!("{} can sign in again.", person.username);
    Ok(())
}

async fn set_quota(
    operator: &Operator,
    name: &str,
    bytes: Option<Quota>,
    pictures: Option<Quota>,
) -> Result<(), ErrorDetail> {
    let person = operator.set_quota(name, bytes, pictures).await?;
    println!("{}", usage(&person));
    Ok(())
}

/// `anna: 3.0 GiB of 20.0 GiB, 1 picture (no limit).`
fn usage(person: &Person) -> String {
    let bytes = match person.quota_bytes {
        Some(most) => format!("{} of {}", size(person.bytes), size(most)),
        None => format!("{} (no limit)", size(person.bytes)),
    };
    let pictures = match person.quota_pictures {
        Some(most) => format!("{} of {}", person.pictures, of(most, "picture", "pictures")),
        None => format!("{} (no limit)", of(person.pictures, "picture", "pictures")),
    };
    format!("{}: {bytes}, {pictures}.", person.username)
}

/// So many of something.
pub fn of(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn list(people: &[Person], json: bool) {
    if json {
        return people.iter().for_each(super::print_json);
    }
    let width = people.iter().map(|person| person.username.chars().count()).max().unwrap_or_default().max(4);
    println!("{:width$}  {:8}  {:>9}  {:>10}  {:10}  EMAIL", "NAME", "STATE", "PICTURES", "BYTES", "LAST USED");
    for person in people {
        let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
        let last = person.last_used_at.as_deref().and_then(|at| at.get(..10)).unwrap_or("never");
        let Person { username, pictures, email, .. } = person;
        println!("{username:width$}  {state:8}  {pictures:>9}  {:>10}  {last:10}  {email}", size(person.bytes));
    }
}

/// In the largest unit that fits.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// `none`, `default`, `5000`, `20G`.
fn quota(text: &str) -> Result<Quota, String> {
    let problem = || format!("“{text}” is no quota: write a number such as 20G, none or default");
    let text = text.trim().to_ascii_lowercase();
    match &*text {
        "none" => return Ok(Quota::Unlimited),
        "default" => return Ok(Quota::Default),
        _ => {}
    }
    let (number, unit) = match text.strip_suffix(['k', 'm', 'g', 't']) {
        Some(number) => (number, &text[number.len()..]),
        None => (&*text, ""),
    };
    let power = "kmgt".find(unit).filter(|_| !unit.is_empty()).map_or(0, |place| place as u32 + 1);
    let number: u64 = number.parse().map_err(|_| problem())?;
    number.checked_mul(1024_u64.pow(power)).map(Quota::AtMost).ok_or_else(problem)
}

fn password(from_stdin: bool) -> Result<SecretString, String> {
    if from_stdin {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(|error| unread(&error))?;
        return Ok(SecretString::from(text.trim_end_matches(['\r', '\n'])));
    }
    if !std::io::stdin().is_terminal() {
        return Err("There is no terminal to ask for the password on. Give it with --password-stdin.".to_owned());
    }
    let asked = rpassword::prompt_password("Password: ")
        .and_then(|password| Ok((password, rpassword::prompt_password("The same again: ")?)));
    match asked {
        Ok((password, again)) if password == again => Ok(SecretString::from(password)),
        Ok(_) => Err("The two are not the same; nothing was done.".to_owned()),
        Err(error) => Err(unread(&error)),
    }
}

fn unread(error: &std::io::Error) -> String {
    format!("The password can’t be read: {}.", machine::why(error))
}
