//! `search`.

use std::ffi::OsString;

use clap::{Args, Command, ValueEnum};

#[derive(Args)]
#[command(after_help = SEARCH_HELP)]
pub struct Search {
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// In which order, of those that are found equally well
    #[arg(long, value_enum, default_value_t = SearchOrder::Newest)]
    pub sort: SearchOrder,
    /// Words, phrases, and filters
    #[arg(required = true, value_name = "QUERY")]
    pub words: Vec<String>,
}

const SEARCH_HELP: &str = "\
Words must all be found, in names, tags, album names, descriptions, alternative texts, or text in pictures. What has them as its name or a tag comes first.
  '\"a phrase\"'   whole words next to each other       -word   without it
  'a OR b'       one of them; 'a b OR c' is 'a b' or c  (…)     what belongs together
  name: tag: album: description: alt: text: camera: lens: place:   words there; tag:'\"old town\"' is all of a tag
  by:person|model   type:png   rating:>=4   size:>5mb   width:>4000   height:<600
  on:2024   after:2024-05   before:2024-05-06
  is:favourite|described|undescribed|damaged|duplicate|animated|trashed   has:gps|text|alt|link|album";

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum SearchOrder {
    /// By the date taken, newest first
    Newest,
    /// By the date taken, oldest first
    Oldest,
    /// By the date added, newest first
    Added,
    /// By name
    Name,
    /// Largest first
    Size,
    /// Best rated first
    Rating,
}

/// Puts what a search is to leave out, as in `search beach -dog`, and all else that begins with a dash and is no option of
/// `search`, into parentheses: it means the same there, and nothing that can be searched for is an error.
pub fn without_as_words(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    let is_option = |argument: &OsString| argument.as_encoded_bytes().starts_with(b"-");
    let command = arguments.iter().skip(1).position(|argument| !is_option(argument)).map(|at| at + 1);
    let Some(command) = command.filter(|at| arguments[*at] == "search") else { return arguments };
    let options = options();
    for argument in arguments[command + 1..].iter_mut() {
        let Some(text) = argument.to_str() else { continue };
        if text == "--" {
            break;
        }
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        if text.len() > 1 && text.starts_with('-') && !options.iter().any(|option| option == name) {
            *argument = format!("({text})").into();
        }
    }
    arguments
}

/// What every command takes.
const OF_ALL_COMMANDS: [&str; 5] = ["-h", "--help", "-V", "--version", "--json"];

/// What `search` takes, as it is typed: `-h`, `--limit`, …
fn options() -> Vec<String> {
    let search = Search::augment_args(Command::new("search"));
    let typed = search.get_arguments().flat_map(|option| {
        let short = option.get_short().map(|letter| format!("-{letter}"));
        let long = option.get_long().map(|name| format!("--{name}"));
        short.into_iter().chain(long)
    });
    typed.chain(OF_ALL_COMMANDS.map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::{Arguments, Command as Subcommand};
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Search, clap::Error> {
        let arguments = ["image-manager"].iter().chain(arguments).map(OsString::from);
        match Arguments::try_parse_from(without_as_words(arguments))?.command {
            Some(Subcommand::Search(search)) => Ok(search),
            _ => panic!("no search"),
        }
    }

    #[test]
    fn what_is_left_out_is_no_option() {
        let search = parsed(&["--json", "search", "beach", "-dog", "--limit", "3", "-tag:\"old town\"", "-"]).unwrap();
        assert_eq!(search.words, ["beach", "(-dog)", "(-tag:\"old town\")", "-"]);
        assert_eq!((search.limit, search.sort), (Some(3), SearchOrder::Newest));
        assert_eq!(parsed(&["search", "--sort", "rating", "--", "-dog"]).unwrap().words, ["-dog"]);
        assert_eq!(parsed(&["search", "-- cafe"]).unwrap().words, ["(-- cafe)"]);
        assert_eq!(parsed(&["search", "--foo", "--limit=3"]).unwrap().words, ["(--foo)"]);
        assert!(["-h", "--help", "-V", "--version"].iter().all(|option| parsed(&["search", option]).is_err()));
        assert!(parsed(&["search", "beach", "--sort", "deleted"]).is_err());
    }

    #[test]
    fn what_every_command_takes_is_known() {
        use clap::CommandFactory;
        let mut program = Arguments::command();
        program.build();
        let search = program.find_subcommand("search").unwrap();
        let long = search.get_arguments().filter_map(|option| option.get_long()).map(|name| format!("--{name}"));
        let known = options();
        for option in long {
            assert!(known.contains(&option), "{option}");
        }
    }

    #[test]
    fn other_commands_keep_their_options() {
        let arguments = ["image-manager", "list", "-x", "search"].map(OsString::from);
        assert_eq!(without_as_words(arguments.clone()), arguments);
    }
}
