//! The same engine from a terminal. Data goes to standard output (with `--json` one object a line), messages for people
//! to standard error. Exit status: 0 when all succeeded, 1 when something failed, 2 for wrong usage.

mod album;
mod args;
mod bucket;
mod choices;
mod cost;
mod describe;
mod descriptions;
mod doctor;
mod duplicates;
mod edit;
mod facts;
mod failure;
mod free;
mod library;
mod link;
mod output;
mod place;
mod places;
mod progress;
mod rebuild;
mod secret;
mod session;
mod settings;
mod several;
mod shell;
mod tags;
mod trash;
mod upload;
mod uploads;
mod verify;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use args::{Arguments, Command};
use failure::Failure;
use output::Output;
use session::Session;

pub use output::complain;

/// A command with everything it was given.
pub struct Invocation {
    command: Command,
    json: bool,
}

/// What is asked for.
pub enum Asked {
    /// The window, which uploads these files.
    Window(Vec<PathBuf>),
    /// One command.
    Command(Invocation),
}

/// Reads the arguments.
///
/// # Errors
/// When they make no sense, with how they would.
pub fn parse() -> Result<Asked, clap::Error> {
    invocation(std::env::args_os())
}

/// Reads arguments, of which the first is the program's name.
///
/// # Errors
/// As [`parse`].
pub fn invocation<T: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = T>) -> Result<Asked, clap::Error> {
    let arguments = args::without_as_words(arguments.into_iter().map(Into::into));
    let Arguments { command, files, json } = Arguments::try_parse_from(arguments)?;
    let wrong = |kind, message: messages::Cli| Err(Arguments::command().error(kind, message));
    match command {
        Some(_) if !files.is_empty() => wrong(ErrorKind::ArgumentConflict, messages::Cli::FilesBeforeCommand),
        Some(command) => Ok(Asked::Command(Invocation { command, json })),
        None if json => wrong(ErrorKind::MissingSubcommand, messages::Cli::JsonWithoutCommand),
        // A word that is no command is a slip more often than a file, unless there is one of that name.
        None => match files.iter().find(|file| looks_like_a_word(file)) {
            Some(word) => {
                wrong(ErrorKind::InvalidSubcommand, messages::Cli::NoSuchCommand { word: word.display().to_string() })
            }
            None => Ok(Asked::Window(files)),
        },
    }
}

/// Whether what was named is no file that is there, and doesn't look like a path or an address either.
fn looks_like_a_word(file: &Path) -> bool {
    let text = file.to_string_lossy();
    !file.exists() && !text.contains(['.', '/', '\\', ':'])
}

/// Runs a command. Touches nothing of the window's libraries.
pub fn run(invocation: Invocation) -> ExitCode {
    let out = Output::new(invocation.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(messages::Cli::NoTasks { why: error.to_string() });
            return ExitCode::FAILURE;
        }
    };
    let what_is_kept = match invocation.command {
        Command::Verify(_) => messages::Cli::KeptChecked,
        Command::Free(_) => messages::Cli::KeptMoved,
        Command::Describe(_) | Command::Descriptions(_) => messages::Cli::KeptDescribing,
        _ => messages::Cli::KeptQueued,
    };
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = dispatch(invocation.command, &out) => outcome,
            () = crate::ending::asked_for() => Err(Failure::Interrupted(what_is_kept)),
        }
    });
    // A task that waits for a server must not keep the terminal waiting.
    runtime.shutdown_background();
    let status = match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&out),
    };
    match out.trouble() {
        Some(trouble) => {
            complain(messages::Cli::OutputLost { why: trouble.to_string() });
            ExitCode::FAILURE
        }
        None => status,
    }
}

async fn dispatch(command: Command, out: &Output) -> Result<(), Failure> {
    let session = match Session::open(out).await {
        Err(Failure::Engine(error)) if matches!(command, Command::Doctor(_)) => return doctor::no_folder(out, error),
        opened => opened?,
    };
    let outcome = match command {
        Command::Upload(args) => upload::upload(&session, out, args).await,
        Command::Uploads(args) => uploads::uploads(&session, out, args).await,
        Command::List(args) => library::list(&session, out, args).await,
        Command::Search(args) => library::search(&session, out, args).await,
        Command::Show(args) => library::show(&session, out, &args.id).await,
        Command::Describe(args) => describe::describe(&session, out, args).await,
        Command::Descriptions(args) => descriptions::descriptions(&session, out, args).await,
        Command::Download(args) => library::download(&session, out, args).await,
        Command::Link(args) => link::link(&session, out, args).await,
        Command::Edit(args) => edit::edit(&session, out, args).await,
        Command::Tags(args) => tags::tags(&session, out, args).await,
        Command::Album(args) => album::album(&session, out, args).await,
        Command::Undo => edit::undo(&session, out).await,
        Command::Redo => edit::redo(&session, out).await,
        Command::History => edit::history(&session, out).await,
        Command::Delete(args) => library::delete(&session, out, &args).await,
        Command::Restore(args) => library::restore(&session, out, &args.ids).await,
        Command::Replace(args) => library::replace(&session, out, &args).await,
        Command::Duplicates(args) => duplicates::duplicates(&session, out, args).await,
        Command::Login(args) => place::login(&session, out, args).await,
        Command::Register(args) => place::register(&session, out, args).await,
        Command::Logout => place::logout(&session, out).await,
        Command::Whoami => place::whoami(&session, out).await,
        Command::Doctor(args) => doctor::doctor(&session, out, args).await,
        Command::Verify(args) => verify::verify(&session, out, args).await,
        Command::Free(args) => free::free(&session, out, args).await,
        Command::Use(args) => places::choose(&session, out, args).await,
        Command::Places(args) => places::places(&session, out, args).await,
        Command::Rebuild(args) => rebuild::rebuild(&session, out, args).await,
        Command::Settings(args) => settings::settings(&session, out, args).await,
    };
    if outcome.is_err() {
        session.tell_how_to_unlock();
    }
    session.close().await;
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Asked, clap::Error> {
        invocation(line.split(' '))
    }

    fn command(line: &str) -> Invocation {
        match parsed(line) {
            Ok(Asked::Command(invocation)) => invocation,
            _ => panic!("{line}"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_command_asks_for_the_window() {
        assert!(matches!(parsed("image-manager"), Ok(Asked::Window(files)) if files.is_empty()));
    }

    #[test]
    fn files_without_a_command_are_for_the_window() {
        for line in ["image-manager a.jpg b.jpg", "image-manager -- ./list", "image-manager https://example.com/a.png"]
        {
            assert!(matches!(parsed(line), Ok(Asked::Window(files)) if !files.is_empty()), "{line}");
        }
    }

    #[test]
    fn json_is_taken_before_and_after_the_command() {
        for line in ["image-manager --json list", "image-manager list --json", "image-manager upload --json a.png"] {
            assert!(command(line).json, "{line}");
        }
    }

    #[test]
    fn a_bucket_to_rebuild_from_is_named_whole_or_not_at_all() {
        let rebuild = |line: &str| match command(line).command {
            Command::Rebuild(args) => args,
            _ => panic!("{line}"),
        };
        assert!(rebuild("image-manager rebuild --from-bucket").named().is_none());
        let whole = "image-manager rebuild --from-bucket --user anna --region r --bucket b --key-id k --secret-stdin";
        let whole = rebuild(whole);
        assert_eq!(whole.user.as_deref(), Some("anna"));
        assert!(whole.named().is_some_and(|bucket| bucket.secret_stdin && bucket.endpoint.is_empty()));
    }

    #[test]
    fn a_place_is_chosen_by_kind_or_by_name() {
        let used = |line: &str| match command(line).command {
            Command::Use(args) => args,
            _ => panic!("{line}"),
        };
        assert!(matches!(used("image-manager use this-computer").choice, Some(args::Choice::ThisComputer)));
        let bucket = used("image-manager use bucket --region r --bucket b --key-id k --json");
        assert!(matches!(bucket.choice, Some(args::Choice::Bucket(_))) && bucket.name.is_none());
        let known = used("image-manager use holiday@s3.example.com --secret-stdin");
        assert!(known.choice.is_none() && known.secret_stdin);
        assert_eq!(known.name.as_deref(), Some("holiday@s3.example.com"));
    }

    #[test]
    fn wrong_usage_has_status_2() {
        for line in [
            "image-manager upload",
            "image-manager search",
            "image-manager link x --format pdf",
            "image-manager login --username anna",
            "image-manager use bucket --endpoint https://s3.example.com",
            "image-manager use",
            "image-manager use --secret-stdin",
            "image-manager places forget",
            "image-manager rebuild",
            "image-manager rebuild --from-bucket --bucket holiday",
            "image-manager rebuild --from-bucket --secret-stdin",
            "image-manager uploads cancel",
            "image-manager uploads move 3",
            "image-manager uploads move 3 --first --last",
            "image-manager settings uploads --limit fast",
            "image-manager settings trash",
            "image-manager settings trash --days soon",
            "image-manager doctor --endpoint https://s3.example.com",
            "image-manager verify --all abcdef",
            "image-manager free",
            "image-manager free --uploaded a.png",
            "image-manager free --yes --dry-run a.png",
            "image-manager edit abcdef",
            "image-manager edit --name x",
            "image-manager edit abcdef --favourite perhaps",
            "image-manager duplicates keep",
            "image-manager duplicates --bursts keep abcdef",
            "image-manager tags merge one",
            "image-manager tags rename one",
            "image-manager album",
            "image-manager album add holiday",
            "image-manager fly",
            "image-manager --json",
            "image-manager a.png list",
        ] {
            assert_eq!(parsed(line).err().map(|error| error.exit_code()), Some(2), "{line}");
        }
    }

    #[test]
    fn no_option_takes_a_secret_as_its_value() {
        fn check(command: &clap::Command) {
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                if name.contains("password") || name.contains("secret") || name == "key" {
                    assert!(!argument.get_action().takes_values(), "{} {name}", command.get_name());
                }
            }
            command.get_subcommands().for_each(check);
        }
        check(&Arguments::command());
    }
}
